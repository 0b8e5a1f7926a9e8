import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureTrash } from '../../src/scan/trash.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NONE = { runs: 0, bytes: 0, diskBytes: 0 };

function withRuns(): { readonly root: string; readonly runs: string } {
  const root = temporaryFolder('trash');
  const runs = join(root, '.regsweep', 'runs');
  mkdirSync(runs, { recursive: true });
  return { root, runs };
}

it('no state folder, no runs, or a file in their place: nothing', () => {
  expect(measureTrash(temporaryFolder('trash'))).toEqual(NONE);
  expect(measureTrash(withRuns().root)).toEqual(NONE);
  const root = temporaryFolder('trash');
  mkdirSync(join(root, '.regsweep'));
  writeFileSync(join(root, '.regsweep', 'runs'), 'no folder');
  expect(measureTrash(root)).toEqual(NONE);
  const other = temporaryFolder('trash');
  writeFileSync(join(other, '.regsweep'), 'no folder');
  expect(measureTrash(other)).toEqual(NONE);
});

it('counts each run that holds something, and the bytes of all files in its trash, however deep', () => {
  const { root, runs } = withRuns();
  const files = [join(runs, '1/trash/data'), join(runs, '1/trash/a/b/data'), join(runs, '2/trash/data')];
  for (const [place, file] of files.entries()) {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, 'x'.repeat(5000 * (place + 1)));
  }
  // Purged, and restored: remembered, and nothing in them.
  mkdirSync(join(runs, '3'));
  writeFileSync(join(runs, '3/run.json'), '{}');
  mkdirSync(join(runs, '4/trash/repositories'), { recursive: true });
  writeFileSync(join(runs, '1/journal.ndjson'), 'no trash');
  writeFileSync(join(runs, 'stray'), 'no run');
  const diskBytes = files.reduce((sum, file) => sum + statSync(file).blocks * 512, 0);
  expect(measureTrash(root)).toEqual({ runs: 2, bytes: 30_000, diskBytes });
});

it('symbolic links are not followed: what lies behind is not in the trash', () => {
  const { root, runs } = withRuns();
  const elsewhere = temporaryFolder('elsewhere');
  writeFileSync(join(elsewhere, 'data'), 'x'.repeat(9000));
  mkdirSync(join(runs, '1/trash'), { recursive: true });
  mkdirSync(join(runs, '3'));
  symlinkSync(elsewhere, join(runs, '2'));
  symlinkSync(elsewhere, join(runs, '3/trash'));
  symlinkSync(elsewhere, join(runs, '1/trash/folder'));
  symlinkSync(join(elsewhere, 'data'), join(runs, '1/trash/file'));
  expect(measureTrash(root)).toEqual(NONE);
});
