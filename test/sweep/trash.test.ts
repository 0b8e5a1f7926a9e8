import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { heldTrash } from '../../src/sweep/trash.ts';
import { purgeOf, restoreOf, stateOf, sweepOf } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { sweepVolume } from './volume.ts';

const NONE = { runs: 0, bytes: 0, diskBytes: 0 };
const UNTAGGED = { mode: 'untagged' } as const;

it('no state folder, no runs: nothing', () => {
  expect(heldTrash(join(temporaryFolder('trash'), '.regsweep'))).toEqual(NONE);
});

it('a run holds what it moved, until it is restored or purged', async () => {
  const { root } = sweepVolume();
  const { run, bytes, diskBytes } = await sweepOf(root, UNTAGGED);
  expect(heldTrash(stateOf(root))).toEqual({ runs: 1, bytes, diskBytes });
  await restoreOf(root, run);
  expect(heldTrash(stateOf(root))).toEqual(NONE);
  const again = await sweepOf(root, UNTAGGED);
  expect(heldTrash(stateOf(root))).toMatchObject({ runs: 1 });
  await purgeOf(root, [again.run ?? '']);
  expect(heldTrash(stateOf(root))).toEqual(NONE);
});

it('a run without trash holds nothing', async () => {
  const { root } = sweepVolume();
  await sweepOf(root, { ...UNTAGGED, options: { trash: false } });
  expect(heldTrash(stateOf(root))).toEqual(NONE);
});

it('of a run that was cut off the files are measured, and none behind a symbolic link', async () => {
  const { root } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  const folder = join(stateOf(root), 'runs', run ?? '');
  rmSync(join(folder, 'run.json'));
  rmSync(join(folder, 'trash'), { recursive: true });
  const elsewhere = temporaryFolder('elsewhere');
  writeFileSync(join(elsewhere, 'data'), 'x'.repeat(9000));
  mkdirSync(join(folder, 'trash/blobs'), { recursive: true });
  writeFileSync(join(folder, 'trash/blobs/data'), 'x'.repeat(5000));
  symlinkSync(elsewhere, join(folder, 'trash/folder'));
  expect(heldTrash(stateOf(root))).toMatchObject({ runs: 1, bytes: 5000 });
});
