import { lstatSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../src/layout/digest.ts';
import { digestBytes } from './content.ts';
import { copyFixture, FIXTURE_ROOT, FIXTURE_TIMES } from './fixture.ts';
import { readFixtureTimes, writeFixtureTimes } from './fixture-times.ts';
import { garbageCollect, hasRealRegistry } from './real-registry.ts';
import { snapshot } from './snapshot.ts';
import { temporaryFolder } from './temporary.ts';

describe('copyFixture', () => {
  it('gives the copy the times and the empty folders that the registry left', async () => {
    const root = await copyFixture();
    const again = join(temporaryFolder('times'), 'times.json');
    writeFixtureTimes(root, again);
    expect(readFixtureTimes(again)).toEqual(readFixtureTimes(FIXTURE_TIMES));
  });

  it('copies every file of the original and no other', async () => {
    const root = await copyFixture();
    const files = (folder: string): [string, string][] =>
      [...snapshot(folder)].filter(([, line]) => line.startsWith('file '));
    expect(files(root)).toEqual(files(FIXTURE_ROOT));
  });
});

describe('fixtures/registry', () => {
  it('is whole: the list beside it names every file', () => {
    const listed = Object.keys(readFixtureTimes(FIXTURE_TIMES).files).sort();
    const present = [...snapshot(FIXTURE_ROOT)].filter(([, line]) => line.startsWith('file ')).map(([path]) => path);
    expect(present.sort()).toEqual(listed);
  });

  it('has true digests, and links of 71 bytes without a newline', () => {
    let blobs = 0;
    let links = 0;
    for (const [path, line] of snapshot(FIXTURE_ROOT)) {
      if (!line.startsWith('file ')) continue;
      const bytes = readFileSync(join(FIXTURE_ROOT, path));
      if (basename(path) === 'link') {
        links += 1;
        expect(bytes.length, path).toBe(71);
        expect(parseDigest(bytes.toString()), path).toBeDefined();
      } else if (path.includes('/blobs/')) {
        blobs += 1;
        expect(digestBytes(bytes), path).toBe(`sha256:${basename(dirname(path))}`);
      }
    }
    expect(blobs).toBeGreaterThan(50);
    expect(links).toBeGreaterThan(blobs);
  });

  it('is small', () => {
    const bytes = [...snapshot(FIXTURE_ROOT)].map(([path]) => lstatSync(join(FIXTURE_ROOT, path)));
    const total = bytes.filter((stat) => stat.isFile()).reduce((sum, stat) => sum + stat.size, 0);
    expect(total + statSync(FIXTURE_TIMES).size).toBeLessThan(300_000);
  });
});

describe.skipIf(!hasRealRegistry())('what the real collector makes of fixtures/registry', () => {
  it('is that the deleted image and the layer of the broken push go', async () => {
    const result = await garbageCollect(FIXTURE_ROOT, { dryRun: true });
    expect(result.exitCode).toBe(0);
    expect(result.eligibleBlobs).toHaveLength(4);
  });

  it('is that much more goes with -m: the overwritten builds', async () => {
    const result = await garbageCollect(FIXTURE_ROOT, { dryRun: true, deleteUntagged: true });
    expect(result.exitCode).toBe(0);
    expect(result.eligibleBlobs.length).toBeGreaterThan(4 + 4 * 3);
  });
});
