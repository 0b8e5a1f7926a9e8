/** Asks of one image whether it could be pulled. */
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { BlobHasher } from '../scan/hash-file.ts';
import { HashingState } from '../scan/hashing-state.ts';
import { checkPull, type Pull, type PullReference } from '../scan/pull.ts';
import { Volume } from '../scan/volume.ts';

/** `root`: the registry root. `data`: hashes its config and layers, too. */
export function checkImage(root: string, wanted: PullReference, data: boolean): Pull {
  const volume = new Volume(`${root}/${LAYOUT_FOLDER}`);
  const hasher = new BlobHasher(volume, new HashingState());
  return checkPull(volume, wanted, data ? (digest) => hasher.check(digest) : undefined);
}
