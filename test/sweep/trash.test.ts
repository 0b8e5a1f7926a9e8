import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

it('what a restore leaves there, because something stands in its place by now, is held until it is purged', async () => {
  const { root } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  const blobs = join(stateOf(root), 'runs', run ?? '', 'trash/blobs');
  const left = readdirSync(blobs, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('/data')) ?? '';
  const place = join(root, 'docker/registry/v2/blobs', left);
  mkdirSync(dirname(place), { recursive: true });
  copyFileSync(join(blobs, left), place);
  const { size, blocks } = statSync(place);
  expect((await restoreOf(root, run)).stays).toHaveLength(1);
  expect(heldTrash(stateOf(root))).toEqual({ runs: 1, bytes: size, diskBytes: blocks * 512 });
  await purgeOf(root, [run ?? '']);
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
