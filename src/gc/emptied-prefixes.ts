/** The folders `blobs/<alg>/<2 hex>` that hold no blob any more once a plan is done. */
import { dirname } from 'node:path/posix';
import { blobFolder } from '../layout/paths.ts';
import { BLOB_STORED, type EmptyFolder, type Inventory } from '../inventory/inventory.ts';
import { flagAt } from '../shared/columns.ts';

/** `emptied`: folders that go already; `held`: those with something in them that stays. */
export function emptiedPrefixes(
  inventory: Inventory,
  going: Uint32Array,
  emptied: Iterable<EmptyFolder>,
  held: ReadonlySet<string>,
): readonly string[] {
  const losing = new Map<number | string, string>();
  for (const { kind, path } of emptied) if (kind === 'blob') losing.set(keyOf(dirname(path)), dirname(path));
  const goes = new Uint8Array(inventory.digests.size);
  for (const id of going) {
    goes[id] = 1;
    const prefix = prefixOf(inventory, id);
    if (!losing.has(prefix)) losing.set(prefix, dirname(blobFolder(inventory.digests.digest(id))));
  }
  for (let id = 0; id < goes.length && losing.size > 0; id++) {
    if (goes[id] === 1 || (flagAt(inventory.blobs.flags, id) & BLOB_STORED) === 0) continue;
    losing.delete(prefixOf(inventory, id));
  }
  return [...losing.values()].filter((path) => !held.has(path));
}

/** Names the two-digit folder of a blob: of sha256, nearly all there are, by its first byte, without spelling it. */
function prefixOf({ digests }: Inventory, id: number): number | string {
  return digests.isSha256(id) ? digests.firstByte(id) : keyOf(dirname(blobFolder(digests.digest(id))));
}

const SHA256_PREFIX = /^blobs\/sha256\/([0-9a-f]{2})$/;

function keyOf(path: string): number | string {
  const [, digits] = SHA256_PREFIX.exec(path) ?? [];
  return digits === undefined ? path : Number.parseInt(digits, 16);
}
