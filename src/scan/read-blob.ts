import type { Digest } from '../layout/digest.ts';
import { blobData, LAYOUT_FOLDER } from '../layout/paths.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { Volume } from './volume.ts';

/**
 * The bytes of a blob below a registry root; `undefined` where they cannot be read, are more than `limit`, or are not what
 * the digest says.
 */
export function readBlob(root: string, digest: Digest, limit: number): Uint8Array | undefined {
  const read = new Volume(`${root}/${LAYOUT_FOLDER}`).read(blobData(digest), limit);
  return read.ok && matchesDigest(read.content, digest) === true ? read.content : undefined;
}
