/** Blobs are hashed by any number of threads, whatever becomes of them meanwhile. */
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BlobCheck } from '../../src/inventory/blob-checks.ts';
import { DigestTable } from '../../src/inventory/digest-table.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { blobData, LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import { BlobHasher } from '../../src/scan/hash-file.ts';
import { hashBlobs } from '../../src/scan/hashing.ts';
import { HashingState } from '../../src/scan/hashing-state.ts';
import { Volume } from '../../src/scan/volume.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { digestBytes } from '../support/content.ts';
import { at, write } from '../support/damage-site.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Around the size of the buffer, and around that of a batch. */
const SIZES = [0, 1, 1000, 262_143, 262_144, 262_145, 524_288, 1_000_001, 9_000_000];

let root: string;
let entry: URL;
const digests: Digest[] = [];

function bytesOf(size: number, seed = 1): Buffer {
  return Buffer.alloc(size, `${seed} ${size} `);
}

beforeAll(async () => {
  root = join(temporaryFolder('hashing'), 'registry');
  for (const size of SIZES) {
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const digest = digestBytes(bytesOf(size), algorithm);
      write(root, blobData(digest), bytesOf(size));
      digests.push(digest);
    }
  }
  const outfile = join(temporaryFolder('thread'), 'hash-worker.mjs');
  await build({ entryPoints: ['src/scan/hash-worker.ts'], outfile, bundle: true, platform: 'node', format: 'esm' });
  entry = pathToFileURL(outfile);
});

const NOWHERE = new URL('file:///nowhere/hash-worker.js');

async function hashAll(
  of: readonly Digest[],
  thread: URL,
  more: { threads?: number; until?: number; signal?: AbortSignal; now?: () => number } = {},
): Promise<{ finished: boolean; checks: ReadonlyMap<Digest, BlobCheck> }> {
  const table = new DigestTable();
  const ids = of.map((digest) => table.intern(digest));
  const checks = new Map<Digest, BlobCheck>();
  const { signal = new AbortController().signal, now = () => Date.now(), ...given } = more;
  const request = { base: join(root, LAYOUT_FOLDER), digests: table, ids, bytesOf: () => 1_000_000, ...given };
  const take = (id: number, check: BlobCheck): void => void checks.set(table.digest(id), check);
  const finished = await hashBlobs(request, { progress: noProgress, signal, now, take }, thread);
  return { finished, checks };
}

describe('blobs', () => {
  it('of any size and algorithm are right, in the calling thread as in others', async () => {
    for (const [thread, threads] of [
      [NOWHERE, 1],
      [entry, 1],
      [entry, 3],
    ] as const) {
      const { finished, checks } = await hashAll(digests, thread, { threads });
      expect(finished).toBe(true);
      expect(checks.size).toBe(digests.length);
      expect(new Set([...checks.values()].map(({ state }) => state))).toEqual(new Set(['right']));
    }
  });

  it('are wrong where one bit is', async () => {
    const wrong = SIZES.filter((size) => size > 0).map((size) => {
      const bytes = bytesOf(size, 2);
      const digest = digestBytes(bytes);
      bytes.writeUInt8(bytes.readUInt8(size - 1) ^ 128, size - 1);
      write(root, blobData(digest), bytes);
      return digest;
    });
    const { checks } = await hashAll(wrong, entry);
    for (const digest of wrong) expect(checks.get(digest)?.state).toBe('wrong');
  });

  it('that are gone, or something else, or unreadable, are told as that', async () => {
    const [gone, folder, loop, linked] = ['gone', 'folder', 'loop', 'linked'].map((text) =>
      digestBytes(Buffer.from(text)),
    );
    if (gone === undefined || folder === undefined || loop === undefined || linked === undefined)
      throw new Error('four');
    mkdirSync(at(root, blobData(folder)), { recursive: true });
    for (const digest of [loop, linked]) write(root, blobData(digest), '');
    for (const digest of [loop, linked]) rmSync(at(root, blobData(digest)));
    symlinkSync('data', at(root, blobData(loop)));
    writeFileSync(join(root, 'elsewhere'), 'linked');
    symlinkSync(join(root, 'elsewhere'), at(root, blobData(linked)));
    const { finished, checks } = await hashAll([gone, folder, loop, linked], entry);
    expect(finished).toBe(true);
    expect(checks.get(gone)).toEqual({ state: 'missing', bytes: 0 });
    expect(checks.get(folder)).toEqual({ state: 'not-a-file', bytes: 0 });
    expect(checks.get(loop)).toEqual({ state: 'failed', bytes: 0, errno: 'ELOOP' });
    expect(checks.get(linked)?.state).toBe('right');
  });
});

it('a file that is cut off while it is read has changed, which is no proof of damage', () => {
  const bytes = bytesOf(4_000_000, 3);
  const digest = digestBytes(bytes);
  write(root, blobData(digest), bytes);
  const state = new HashingState();
  const cut = Object.assign(Object.create(state) as HashingState, {
    addBytes: () => truncateSync(at(root, blobData(digest)), 300_000),
  });
  const hasher = new BlobHasher(new Volume(join(root, LAYOUT_FOLDER)), cut);
  expect(hasher.check(digest).state).toBe('changed');
});

describe('an end before the end', () => {
  it('comes with a signal', async () => {
    const { finished, checks } = await hashAll(digests, entry, { signal: AbortSignal.abort() });
    expect(finished).toBe(false);
    expect(checks.size).toBe(0);
  });

  it('comes with the time, in the calling thread too, and what was done until then counts', async () => {
    let asked = 0;
    const { finished, checks } = await hashAll(digests, NOWHERE, { until: 1, now: () => asked++ });
    expect(finished).toBe(false);
    expect(checks.size).toBeGreaterThan(0);
    expect(checks.size).toBeLessThan(digests.length);
    for (const { state } of checks.values()) expect(state).toBe('right');
  });
});

it('a thread that fails is a failure, and no silence', async () => {
  const broken = join(temporaryFolder('thread'), 'broken.mjs');
  writeFileSync(broken, "throw new Error('no')");
  await expect(hashAll(digests, pathToFileURL(broken))).rejects.toMatchObject({ code: 'scan-failed' });
});
