/**
 * Signatures of schema 1 manifests: registries before 2.6 kept them as blobs, with links below the revision (distribution,
 * `registry/storage/signaturestore.go` at 2.5). Only such revisions have them, so nobody else's folder is looked into.
 */
import { digestOf, type Digest } from '../layout/digest.ts';
import { LINK, revisionFolder, SIGNATURES } from '../layout/paths.ts';
import type { FollowingBuilder } from './following.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import type { Steps } from './steps.ts';

/** Lists the signatures of every revision that may have some, once manifests have told which those are. */
export function* readSignatures(
  reading: Reading,
  builder: FollowingBuilder,
  repositories: readonly RepositoryPlace[],
): Steps<void> {
  for (const { row, repository: id, digest } of builder.revisionsWithSignatures()) {
    const repository = repositories[id];
    if (repository === undefined) throw new RangeError(`no repository has number ${id}`);
    yield* readRevision(reading, builder, { repository, row, digest: builder.digests.digest(digest) });
  }
}

interface Signed {
  readonly repository: RepositoryPlace;
  readonly row: number;
  readonly digest: Digest;
}

function* readRevision(reading: Reading, builder: FollowingBuilder, { repository, row, digest }: Signed): Steps<void> {
  const path = revisionFolder(repository.name, digest);
  const entries = yield* reading.entries(path, nameOf(repository));
  const entry = entries.find(({ name }) => name === SIGNATURES);
  const top = entry && (yield* reading.asFolder(path, entry, repository.throughLink, repository));
  if (top === undefined) return;
  for (const algorithm of yield* reading.folders(top.path, top.throughLink, repository)) {
    for (const folder of yield* reading.folders(algorithm.path, algorithm.throughLink, repository)) {
      const throughLink = yield* readSignature(reading, builder, { repository, row, digest }, algorithm.name, folder);
      if (throughLink) builder.revisionUntouchable(row);
    }
  }
}

/** Whether anything of it is a symbolic link. A link counts by its folder; what its content names besides is kept, too. */
function* readSignature(
  reading: Reading,
  builder: FollowingBuilder,
  { repository, row }: Signed,
  algorithm: string,
  folder: Folder,
): Steps<boolean> {
  const signature = digestOf(algorithm, folder.name);
  if (signature === undefined) {
    reading.problem('unknown-entry', 'warning', folder.path, 'is not named by a digest', nameOf(repository));
    return folder.throughLink;
  }
  const link = yield* reading.link(`${folder.path}/${LINK}`, repository);
  if (link.state === 'missing') return folder.throughLink;
  const file = link.found ? link.file : { time: NaN, diskBytes: NaN, throughLink: false };
  const id = builder.digests.intern(signature);
  builder.signatureLink(row, id, file);
  if (link.found && link.digest !== undefined && link.digest !== signature) {
    builder.alias(id, builder.digests.intern(link.digest));
  }
  return folder.throughLink || file.throughLink;
}
