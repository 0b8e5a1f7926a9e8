/**
 * Digests that stand for blobs stored under another one: the registry keeps content under its sha256 and leaves a link
 * under the digest that the client gave (distribution, `registry/storage/linkedblobstore.go`, `linkBlob`).
 */
import type { DigestId, DigestTable } from './digest-table.ts';
import type { Alias } from './inventory.ts';

/** Of each stand-in the blob that it stands for. A sha256 link whose content disagrees is damage: it stands for nothing. */
export function standInsOf({
  aliases,
  digests,
}: {
  readonly aliases: readonly Alias[];
  readonly digests: DigestTable;
}): ReadonlyMap<DigestId, DigestId> {
  return new Map(aliases.filter(({ from }) => !digests.isSha256(from)).map(({ from, to }) => [from, to]));
}
