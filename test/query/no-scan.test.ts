/** `--no-scan` answers from the index: it says what the scan said, to the byte. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import { damage } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { openedOf, viewOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';

/**
 * Told by the scan and by what follows from the rows; with and without a repository, a tag, a digest, bytes. In an order in
 * which each still finds what it damages.
 */
const TOGETHER = [
  'blobs-md5',
  'layer-blob-without-data',
  'layer-link-to-nowhere',
  'manifest-child-missing',
  'manifest-layer-missing',
  'tag-index-entry-to-nowhere',
  'upload-without-startedat',
  'tag-left-after-removal-by-hand',
  'tag-current-newline',
  'repository-name-with-control-characters',
] as const;

const FIELDS = ['code', 'severity', 'path', 'repository', 'tag', 'digest', 'message', 'bytes'];

describe('a report of a damaged registry', () => {
  it.each([false, true])('is the same without a scan (every blob stat-ed: %s)', async (diskUsage) => {
    const root = await copyFixture();
    for (const name of TOGETHER) damage(name).inflict(root);
    const database = join(temporaryFolder('index'), 'index.sqlite');
    const now = Date.now();
    const scanned = viewOf(await openedOf(root, { request: { database, diskUsage }, now }), { now });
    const read = viewOf(await openedOf(root, { request: { database, noScan: true }, now }), { now });
    expect(renderJson(read)).toBe(renderJson(scanned));
    expect(new Set(scanned.problems.flatMap((problem) => Object.keys(problem)))).toEqual(new Set(FIELDS));
    for (const problem of scanned.problems) {
      expect(Object.keys(problem)).toEqual(FIELDS.filter((field) => field in problem));
    }
  });
});
