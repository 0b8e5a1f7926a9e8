/** Hashes blobs in threads, as many as keep the processors busy while others wait for the disk. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BlobCheck } from '../inventory/blob-checks.ts';
import type { DigestId, DigestTable } from '../inventory/digest-table.ts';
import type { Digest } from '../layout/digest.ts';
import { AppError } from '../shared/errors.ts';
import type { Progress } from '../shared/progress.ts';
import { BlobHasher } from './hash-file.ts';
import type { HashingThreadOptions } from './hash-worker.ts';
import { HashingState } from './hashing-state.ts';
import { Volume } from './volume.ts';

export interface HashingRequest {
  /** The absolute path of `docker/registry/v2`. */
  readonly base: string;
  readonly digests: DigestTable;
  /** In the order in which they are begun. */
  readonly ids: readonly DigestId[];
  /** Bytes, as far as they are known. */
  readonly bytesOf: (id: DigestId) => number;
  /** So many threads; absent: as many as are worth while. */
  readonly threads?: number | undefined;
  /** Epoch milliseconds: ends there, whatever is left. */
  readonly until?: number | undefined;
}

export interface HashingPorts {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Takes what came of a blob, in no order. Of what was not done it does not hear. */
  readonly take: (id: DigestId, check: BlobCheck) => void;
}

/** A batch is sent whole: so many bytes, or so many files. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_FILES = 128;
/** A thread has the next batch there when it ends one. */
const AHEAD = 2;
const MAX_THREADS = 16;
const LOOKED_EVERY_MS = 100;

/** The compiled thread, where it lies beside this code, as it does in the package. */
const ENTRY = new URL('./hash-worker.js', import.meta.url);

/** True once all are hashed; false where a signal or the time ended it. Throws `scan-failed` where a thread fails. */
export async function hashBlobs(request: HashingRequest, ports: HashingPorts, entry: URL = ENTRY): Promise<boolean> {
  const state = new HashingState();
  const stop = (): void => state.stopNow();
  if (ports.signal.aborted) stop();
  ports.signal.addEventListener('abort', stop, { once: true });
  const total = request.ids.reduce((sum, id) => sum + request.bytesOf(id), 0);
  ports.progress.start('Hashing blobs', 'bytes', total);
  const look = (): void => {
    ports.progress.update(state.hashedBytes, total);
    if (request.until !== undefined && ports.now() >= request.until) stop();
  };
  look();
  const timer = setInterval(look, LOOKED_EVERY_MS);
  try {
    const work = new Batches(request, ports, state);
    if (existsSync(entry)) await hashInThreads(request, work, state, entry);
    else await hashHere(request, work, state, look);
    return work.isDone;
  } finally {
    clearInterval(timer);
    ports.signal.removeEventListener('abort', stop);
    ports.progress.stop();
  }
}

interface Batch {
  readonly ids: readonly DigestId[];
  readonly digests: readonly Digest[];
}

/** Gives out what is to be hashed, and takes what came of it. */
class Batches {
  private given = 0;
  private done = 0;

  constructor(
    private readonly request: HashingRequest,
    private readonly ports: HashingPorts,
    private readonly state: HashingState,
  ) {}

  get isDone(): boolean {
    return this.done === this.request.ids.length;
  }

  next(): Batch | undefined {
    const { ids, bytesOf, digests } = this.request;
    if (this.state.isStopped || this.given === ids.length) return undefined;
    const from = this.given;
    for (let bytes = 0; this.given < ids.length && this.given - from < BATCH_FILES && bytes < BATCH_BYTES;) {
      bytes += bytesOf(ids[this.given++] ?? 0);
    }
    const batch = ids.slice(from, this.given);
    return { ids: batch, digests: batch.map((id) => digests.digest(id)) };
  }

  take({ ids }: Batch, checks: readonly BlobCheck[]): void {
    for (const [place, id] of ids.entries()) {
      const check = checks[place];
      if (check === undefined || check.state === 'not-done') continue;
      this.done++;
      this.ports.take(id, check);
    }
  }
}

/** As from sources, where no thread is compiled: in the calling thread, which looks around between two batches. */
async function hashHere({ base }: HashingRequest, work: Batches, state: HashingState, look: () => void): Promise<void> {
  const hasher = new BlobHasher(new Volume(base), state);
  for (let batch = work.next(); batch !== undefined; batch = work.next()) {
    const checks = batch.digests.map((digest) => hasher.check(digest));
    work.take(batch, checks);
    look();
    await new Promise((resume) => setImmediate(resume));
  }
}

async function hashInThreads(request: HashingRequest, work: Batches, state: HashingState, entry: URL): Promise<void> {
  const options: HashingThreadOptions = { base: request.base, memory: state.memory };
  // Twice as many as there are processors: while one waits for the disk another hashes.
  const threads = Math.min(MAX_THREADS, request.threads ?? availableParallelism() * 2);
  const workers: Worker[] = [];
  try {
    await Promise.all(
      Array.from({ length: threads }, () => {
        const worker = new Worker(entry, { workerData: options });
        workers.push(worker);
        return feed(worker, work);
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Resolves once there is nothing more to give out and all that this thread was given is back. */
function feed(worker: Worker, work: Batches): Promise<void> {
  const sent: Batch[] = [];
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void =>
      reject(new AppError('scan-failed', 'a hashing thread failed', undefined, { cause }));
    const send = (): void => {
      while (sent.length < AHEAD) {
        const batch = work.next();
        if (batch === undefined) break;
        sent.push(batch);
        worker.postMessage(batch.digests);
      }
      if (sent.length === 0) resolve();
    };
    worker.on('message', (checks: readonly BlobCheck[]) => {
      const batch = sent.shift();
      if (batch === undefined) return;
      try {
        work.take(batch, checks);
        send();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    worker.on('error', failed);
    worker.on('exit', (status) => failed(new Error(`it ended with ${status}`)));
    send();
  });
}
