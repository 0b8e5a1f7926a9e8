/** A hashing thread: checks the blobs that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BlobCheck } from '../inventory/blob-checks.ts';
import type { Digest } from '../layout/digest.ts';
import { BlobHasher } from './hash-file.ts';
import { HashingState } from './hashing-state.ts';
import { Volume } from './volume.ts';

export interface HashingThreadOptions {
  /** The absolute path of `docker/registry/v2`. */
  readonly base: string;
  readonly memory: SharedArrayBuffer;
}

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');

const { base, memory } = workerData as HashingThreadOptions;
const hasher = new BlobHasher(new Volume(base), new HashingState(memory));

port.on('message', (digests: readonly Digest[]) => {
  const checks: readonly BlobCheck[] = digests.map((digest) => hasher.check(digest));
  port.postMessage(checks);
});
