/** Uploads of which not all can be seen: something may still be written there. */
import { readdirSync, utimesSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { uploadFolder } from '../../src/layout/paths.ts';
import { buildReport } from '../../src/query/report.ts';
import { Volume, type Stated } from '../../src/scan/volume.ts';
import { seededBytes } from '../support/content.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const UUID = '0b9c8f0e-6b1c-4f6e-8c53-9a4d5e1f2a33';
const FOLDER = uploadFolder('app', UUID);
const BEGAN = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
const LONG_AFTER = BEGAN.getTime() + 1000 * 3_600_000;

/** An upload of long ago with one more file. */
function treeWith(file: string): Tree {
  const tree = createTree(temporaryFolder('uploads'));
  tree.upload('app', { uuid: UUID, bytes: seededBytes('piece', 500), startedAt: BEGAN });
  tree.write(`${FOLDER}/${file}`, 'fresh');
  const folder = tree.path(FOLDER);
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    utimesSync(`${folder}/${entry}`, BEGAN, BEGAN);
  }
  return tree;
}

async function reportOf(tree: Tree) {
  const now = LONG_AFTER;
  const opened = await openedOf(tree.root, { now });
  return buildReport(opened, { mode: 'revisions', minAgeSeconds: 0, uploadsOlderThanSeconds: 3600, now });
}

/** What a stat of the upload's `data` gives; of every other file it gives what is there. */
function whereDataIs(answer: Stated): void {
  vi.spyOn(Volume.prototype, 'state').mockImplementation(function (this: Volume, path) {
    if (path === `${FOLDER}/data`) return answer;
    const read = this.read(path, 1000);
    if (!read.ok) throw new Error(`${path} cannot be read`);
    return { ok: true, state: read.state };
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a folder of an upload', () => {
  it('that is deeper than any of the registry keeps it: what lies there is not looked at', async () => {
    const tree = treeWith('hashstates/a/b/c/d/e/file');
    const report = await reportOf(tree);
    expect(report.reclaimable.uploads.count).toBe(0);
    expect(report.totals.uploads).toBe(1);
    const path = `${FOLDER}/hashstates/a/b/c/d`;
    expect(report.problems).toMatchObject([{ code: 'unknown-entry', severity: 'warning', path, repository: 'app' }]);
  });

  it('that is as deep as is looked at does not', async () => {
    const report = await reportOf(treeWith('hashstates/a/b/c/file'));
    expect(report.reclaimable.uploads.count).toBe(1);
    expect(report.problems).toEqual([]);
  });
});

it.each([
  ['EACCES', 'permission-denied'],
  ['EIO', 'io-error'],
])('a file of an upload that cannot be looked at (%s) makes the scan incomplete', async (errno, code) => {
  const tree = treeWith('hashstates/sha256/1');
  whereDataIs({ ok: false, missing: false, errno });
  const report = await reportOf(tree);
  expect(report.complete).toBe(false);
  expect(report.problems).toMatchObject([{ code, severity: 'error', path: `${FOLDER}/data`, repository: 'app' }]);
});

it('a file of an upload that has gone meanwhile is nothing', async () => {
  const tree = treeWith('hashstates/sha256/1');
  whereDataIs({ ok: false, missing: true });
  expect(await reportOf(tree)).toMatchObject({ complete: true, problems: [] });
});
