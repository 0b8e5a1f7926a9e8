/** Volumes on which the registry's own collector would not come to an end, and what comes close to that. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import { collectedRegistry } from '../support/collected-registry.ts';
import { damage } from '../support/damage.ts';
import { predicted } from '../support/predicted-run.ts';
import { writeRegistryConfig, hasRealRegistry } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

it('waits for ever for a FIFO that is named as a link', () => {
  const root = collectedRegistry();
  const { path } = damage('revision-link-is-fifo').inflict(root);
  const { ending, gone } = predicted(root, { deleteUntagged: false });
  expect(ending).toMatchObject({ kind: 'endless', path: `${LAYOUT_FOLDER}/${path}` });
  expect(gone.blobs).toEqual([]);
});

it.skipIf(!hasRealRegistry())('and so does the real one', () => {
  const root = collectedRegistry();
  damage('revision-link-is-fifo').inflict(root);
  const run = (): unknown =>
    execFileSync('timeout', ['1', 'docker-registry', 'garbage-collect', writeRegistryConfig(root)], {
      stdio: 'ignore',
    });
  expect(run).toThrow(expect.objectContaining({ status: 124 }));
});

it('never opens a device', () => {
  const root = collectedRegistry();
  const { path } = damage('revision-link-missing').inflict(root);
  symlinkSync('/dev/zero', join(root, LAYOUT_FOLDER, path));
  expect(predicted(root, { deleteUntagged: false }).ending).toMatchObject({ kind: 'endless' });
});

it('gives a walk up that symbolic links make grow without measure', () => {
  const tree = createTree(join(temporaryFolder('rounds'), 'registry'));
  const levels = Array.from({ length: 30 }, (_, level) => tree.path(`repositories/level${level}`));
  for (const [level, path] of levels.entries()) {
    mkdirSync(path);
    const below = `../level${level + 1}`;
    for (const name of ['a', 'b', 'c']) symlinkSync(below, join(path, name));
  }
  writeFileSync(tree.path('repositories/level30'), '');
  const { ending } = predicted(tree.root, { deleteUntagged: false, roundsLimit: 2000 });
  const message = 'it would go round symbolic links again and again: given up after 2000 entries';
  expect(ending).toMatchObject({ kind: 'endless', message });
});

it('reads no more of a link than a link can be', () => {
  const root = collectedRegistry();
  const { path } = damage('revision-link-empty').inflict(root);
  writeFileSync(join(root, LAYOUT_FOLDER, path), `sha256:${'a'.repeat(3 * 1024 * 1024)}`);
  const { ending } = predicted(root, { deleteUntagged: false });
  expect(ending).toMatchObject({
    kind: 'abort',
    message: expect.stringContaining('invalid checksum digest length') as string,
  });
});
