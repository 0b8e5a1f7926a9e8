/** Hashes blobs one after the other, with one buffer of fixed size, whatever their size. */
import { createHash, hash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';
import type { BlobCheck } from '../inventory/blob-checks.ts';
import { digestAlgorithm, digestHex, type Digest } from '../layout/digest.ts';
import { blobData } from '../layout/paths.ts';
import type { HashingState } from './hashing-state.ts';
import type { FileState, Volume } from './volume.ts';

/** Bytes. It stays in the processor's second cache between being read and being hashed. */
const BUFFER_BYTES = 256 * 1024;

export class BlobHasher {
  private readonly buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

  constructor(
    private readonly volume: Volume,
    private readonly state: HashingState,
  ) {}

  /** Never throws for what it meets on the volume. `digest` is of a registered algorithm (`isRegisteredAlgorithm`). */
  check(digest: Digest): BlobCheck {
    if (this.state.isStopped) return NOT_DONE;
    const checked = this.volume.withFile(blobData(digest), (file, state) => this.checkOpened(digest, file, state));
    if (!('ok' in checked)) return checked;
    if (checked.missing) return { state: 'missing', bytes: 0 };
    const { errno } = checked;
    return errno === 'not-a-file' ? { state: 'not-a-file', bytes: 0 } : { state: 'failed', bytes: 0, errno };
  }

  private checkOpened(digest: Digest, file: number, state: FileState): BlobCheck {
    const algorithm = digestAlgorithm(digest);
    const first = this.fill(file);
    const isAll = first === state.bytes;
    const found = isAll
      ? hash(algorithm, this.buffer.subarray(0, first), 'hex')
      : this.hashFrom(algorithm, file, first, state.bytes);
    if (found === undefined) return NOT_DONE;
    if (isAll) this.state.addBytes(first);
    if (found === digestHex(digest)) return { state: 'right', bytes: state.bytes };
    return { state: hasChanged(file, state) ? 'changed' : 'wrong', bytes: state.bytes };
  }

  /** Goes on behind what the buffer holds, to where the file ended when it was opened; `undefined` where it has to stop. */
  private hashFrom(algorithm: string, file: number, first: number, end: number): string | undefined {
    const sum = createHash(algorithm);
    let read = 0;
    for (let got = first; got > 0; got = read < end ? this.fill(file) : 0) {
      if (this.state.isStopped) return undefined;
      sum.update(this.buffer.subarray(0, got));
      read += got;
      this.state.addBytes(got);
    }
    return sum.digest('hex');
  }

  private fill(file: number): number {
    return readSync(file, this.buffer, 0, BUFFER_BYTES, null);
  }
}

const NOT_DONE: BlobCheck = { state: 'not-done', bytes: 0 };

function hasChanged(file: number, before: FileState): boolean {
  const { size, mtimeMs } = fstatSync(file);
  return size !== before.bytes || mtimeMs !== before.time;
}
