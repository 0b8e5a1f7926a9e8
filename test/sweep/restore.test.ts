/** What a restore gives back, and what it may not touch. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  blobData,
  blobFolder,
  layerFolder,
  layerLink,
  REVISIONS,
  repositoryFolder,
  revisionFolder,
  revisionLink,
  tagCurrentLink,
  tagFolder,
  tagIndexEntryLink,
} from '../../src/layout/paths.ts';
import { AppError } from '../../src/shared/errors.ts';
import { runsOlderThan } from '../../src/sweep/purge.ts';
import { listRuns } from '../../src/sweep/runs.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { planOf, purgeOf, putBackOf, restoreOf, stateOf, sweepOf } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { brokenThings, wholeOf } from '../support/whole.ts';
import { comparable, sweepVolume } from './volume.ts';

const UNTAGGED = { mode: 'untagged', tags: ['team/app:gone'] } as const;

function runFile(root: string, run: string | null, name: string): string {
  return join(stateOf(root), 'runs', run ?? '', name);
}

test('the tree is what it was, byte for byte, with modes and times', async () => {
  const { root, tree, old } = sweepVolume();
  chmodSync(tree.path(blobData(old.digest)), 0o640);
  chmodSync(tree.path(revisionFolder('app', old.digest)), 0o2750);
  const before = comparable(root);
  const { run, actionsDone } = await sweepOf(root, UNTAGGED);
  expect(comparable(root)).not.toEqual(before);
  const outcome = await restoreOf(root, run);
  expect(outcome).toMatchObject({
    already: false,
    restored: actionsDone,
    stays: [],
    leftOut: [],
    failed: [],
    stopped: null,
  });
  expect(comparable(root)).toEqual(before);
  expect(listRuns(stateOf(root))).toMatchObject([{ run, state: 'restored' }]);
});

test('a second restore does nothing and says so', async () => {
  const { root } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  await restoreOf(root, run);
  const before = comparable(root);
  expect(await restoreOf(root, run)).toMatchObject({ already: true, restored: 0 });
  expect(comparable(root)).toEqual(before);
});

test.each([
  ['comes back with its mode and its time', false],
  ['that a killed restore had begun to make gets its mode and its time', true],
])('a folder that went empty %s', async (_what, isBegun) => {
  const { root, tree } = sweepVolume();
  const { actions } = await planOf(root);
  const empty = actions.filter(({ kind }) => kind === 'empty-directory').map(({ path }) => tree.path(path));
  for (const [index, path] of empty.entries()) {
    chmodSync(path, 0o2775);
    // Of half of all milliseconds the nearest double lies below.
    utimesSync(path, 0, 1_793_054_374.0005 + index / 1000);
  }
  const states = (): readonly unknown[] =>
    empty.map((path) => [statSync(path).mode, Math.trunc(statSync(path).mtimeMs)]);
  const before = states();
  const { run } = await sweepOf(root);
  for (const path of empty) expect(existsSync(path)).toBe(false);
  if (isBegun) for (const path of empty) mkdirSync(path, { recursive: true, mode: 0o700 });
  await restoreOf(root, run);
  expect(states()).toEqual(before);
});

describe('a run that did not end', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('died before its class %i: restored like any other', async (dies) => {
    const { root } = sweepVolume();
    const before = comparable(root);
    let classes = 0;
    const askAgain = (): Promise<void> =>
      ++classes === dies ? Promise.reject(new Error('killed')) : Promise.resolve();
    await expect(sweepOf(root, { ...UNTAGGED, ports: { askAgain } })).rejects.toThrow('killed');
    const [run] = listRuns(stateOf(root));
    // As a process that was killed leaves it: nobody wrote down that it ended.
    const record = runFile(root, run?.run ?? '', 'run.json');
    writeFileSync(
      record,
      readFileSync(record, 'utf8')
        .replace(/"endedAt":"[^"]*"/, '"endedAt":null')
        .replace('"state":"trash"', '"state":"partial"'),
    );
    expect(listRuns(stateOf(root))).toMatchObject([{ state: 'partial' }]);
    expect(await restoreOf(root, run?.run ?? '')).toMatchObject({ leftOut: [], failed: [] });
    expect(comparable(root)).toEqual(before);
  });

  test('died while it wrote its journal: there is nothing to put back', async () => {
    const { root } = sweepVolume();
    const { run } = await sweepOf(root);
    await restoreOf(root, run);
    rmSync(runFile(root, run, 'run.json'));
    const journal = runFile(root, run, 'journal.ndjson');
    truncateSync(journal, statSync(journal).size - 10);
    expect(await restoreOf(root, run)).toMatchObject({ restored: 0, already: false });
  });

  test('a journal that was cut short later is refused, and nothing is changed', async () => {
    const { root } = sweepVolume();
    const { run } = await sweepOf(root);
    const journal = runFile(root, run, 'journal.ndjson');
    truncateSync(journal, statSync(journal).size - 10);
    const before = comparable(root);
    await expect(restoreOf(root, run)).rejects.toMatchObject({ code: 'plan-invalid' });
    expect(comparable(root)).toEqual(before);
  });

  test('a journal with another byte in it is refused', async () => {
    const { root } = sweepVolume();
    const { run } = await sweepOf(root);
    const journal = runFile(root, run, 'journal.ndjson');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"layer-link"', '"layer-lynk"'));
    await expect(restoreOf(root, run)).rejects.toMatchObject({ code: 'plan-invalid' });
  });
});

test('a tag that was pushed since stays, and its old revision comes back by digest', async () => {
  const { root, tree, many } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  const pushed = image({ layers: [layer('pushed since')], name: 'since' });
  tree.push('team/app', 'gone', pushed);
  const outcome = await restoreOf(root, run);
  expect(outcome.stays).toEqual([tagCurrentLink('team/app', 'gone')]);
  expect(outcome).toMatchObject({ leftOut: [], failed: [] });
  expect(readFileSync(tree.path(tagCurrentLink('team/app', 'gone')), 'utf8')).toBe(pushed.digest);
  expect(existsSync(tree.path(tagIndexEntryLink('team/app', 'gone', many.digest)))).toBe(true);
  expect(existsSync(tree.path(revisionLink('team/app', many.digest)))).toBe(true);
  expect(brokenThings(root).filter((line) => line.startsWith('team/app'))).toEqual([]);
});

test('an image that was pushed again meanwhile stays as it was pushed', async () => {
  const { root, tree, old } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  tree.push('app', 'again', old);
  const times = statSync(tree.path(blobData(old.digest))).mtimeMs;
  expect(await restoreOf(root, run)).toMatchObject({ leftOut: [], failed: [] });
  expect(statSync(tree.path(blobData(old.digest))).mtimeMs).toBe(times);
  expect(brokenThings(root).filter((line) => /^app:(v1|again): /.test(line))).toEqual([]);
});

test('what a later run took comes back from its trash', async () => {
  const { root, old, kept, tree } = sweepVolume();
  const shared = old.layers[0]?.digest ?? old.digest;
  const before = comparable(root);
  const first = await sweepOf(root, UNTAGGED);
  const second = await sweepOf(root, { mode: 'untagged', tags: ['app:v1', 'team/app/api:v1'] });
  expect(existsSync(tree.path(blobData(shared)))).toBe(false);
  expect(await restoreOf(root, first.run)).toMatchObject({ leftOut: [], failed: [] });
  expect(existsSync(tree.path(blobData(shared)))).toBe(true);
  expect(existsSync(tree.path(layerLink('app', shared)))).toBe(true);
  expect(existsSync(tree.path(revisionLink('app', kept.digest)))).toBe(false);
  expect(await restoreOf(root, second.run)).toMatchObject({ leftOut: [], failed: [] });
  expect(comparable(root)).toEqual(before);
});

describe('what a run took alone comes back whole, though later runs took what it needs:', () => {
  test('a tag, of which the image went', async () => {
    const { root, many } = sweepVolume();
    const planned = await planOf(root, UNTAGGED);
    const before = brokenThings(root);
    const first = await sweepOf(root, { planned, actions: planned.actions.filter(({ kind }) => kind === 'tag') });
    expect((await sweepOf(root, { mode: 'untagged' })).actionsDone).toBeGreaterThan(many.children.length);
    expect(await restoreOf(root, first.run)).toMatchObject({ leftOut: [], failed: [], stays: [] });
    expect(wholeOf(root).tags.has('team/app:gone')).toBe(true);
    expect(brokenThings(root).filter((line) => !before.includes(line))).toEqual([]);
  });

  test('an image, of which another repository kept the blobs', async () => {
    const tree = createTree(join(temporaryFolder('restore'), 'registry'));
    const shared = image({ layers: [layer('shared')], name: 'shared' });
    for (const repository of ['app', 'other']) tree.push(repository, 'v1', shared);
    const first = await sweepOf(tree.root, { mode: 'untagged', tags: ['app:v1'] });
    await sweepOf(tree.root, { mode: 'untagged', tags: ['other:v1'] });
    expect(existsSync(tree.path(blobData(shared.digest)))).toBe(false);
    expect(await restoreOf(tree.root, first.run)).toMatchObject({ leftOut: [], failed: [] });
    expect([...wholeOf(tree.root).tags.keys()]).toEqual(['app:v1']);
    expect(brokenThings(tree.root)).toEqual([]);
  });

  test('a layer link, of which the blob went; and not where that was purged', async () => {
    for (const isPurged of [false, true]) {
      const { root, tree, garbage } = sweepVolume();
      const planned = await planOf(root);
      const link = planned.actions.filter(({ path }) => path === layerFolder('app', garbage));
      const first = await sweepOf(root, { planned, actions: link });
      const second = await sweepOf(root);
      const before = brokenThings(root);
      if (isPurged) await purgeOf(root, [second.run ?? '']);
      expect((await restoreOf(root, first.run)).leftOut).toHaveLength(isPurged ? 1 : 0);
      expect(existsSync(tree.path(layerLink('app', garbage)))).toBe(!isPurged);
      expect(brokenThings(root)).toEqual(before);
    }
  });
});

test('an image of which a later run was purged is left out, named, and stays in the trash', async () => {
  const { root, old, many, tree } = sweepVolume();
  const shared = old.layers[0]?.digest ?? old.digest;
  const first = await sweepOf(root, UNTAGGED);
  const second = await sweepOf(root, { mode: 'untagged', tags: ['app:v1', 'team/app/api:v1'] });
  await purgeOf(root, [second.run ?? '']);
  const outcome = await restoreOf(root, first.run);
  expect(outcome.leftOut).toContainEqual({
    path: revisionFolder('app', old.digest),
    digest: old.digest,
    missing: shared,
  });
  expect(existsSync(tree.path(revisionLink('app', old.digest)))).toBe(false);
  expect(existsSync(tree.path(blobData(old.layers[1]?.digest ?? shared)))).toBe(false);
  expect(existsSync(runFile(root, first.run, `trash/${revisionFolder('app', old.digest)}/link`))).toBe(true);
  // The other image of the run has all that it needs.
  expect(existsSync(tree.path(revisionLink('team/app', many.digest)))).toBe(true);
  expect(brokenThings(root).filter((line) => line.startsWith('team/app'))).toEqual([]);
  expect(listRuns(stateOf(root))).toMatchObject([{ state: 'trash' }, { state: 'purged' }]);
});

test('an image comes back whose blobs stayed behind a symbolic link', async () => {
  const { root, tree, old } = sweepVolume();
  const [, own] = old.layers;
  for (const digest of [old.digest, own?.digest ?? old.digest]) {
    const elsewhere = join(temporaryFolder('elsewhere'), 'blob');
    renameSync(tree.path(blobFolder(digest)), elsewhere);
    symlinkSync(elsewhere, tree.path(blobFolder(digest)));
  }
  const before = comparable(root);
  const { run } = await sweepOf(root, UNTAGGED);
  expect(existsSync(tree.path(revisionLink('app', old.digest)))).toBe(false);
  expect(await restoreOf(root, run)).toMatchObject({ leftOut: [], failed: [] });
  expect(comparable(root)).toEqual(before);
});

test('what was absent already when the run was made is not asked for', async () => {
  const { root, tree, old, kept } = sweepVolume();
  const [, own] = old.layers;
  rmSync(tree.path(blobFolder(own?.digest ?? old.digest)), { recursive: true });
  const before = comparable(root);
  const { run } = await sweepOf(root, UNTAGGED);
  expect(existsSync(tree.path(revisionLink('app', old.digest)))).toBe(false);
  expect(existsSync(tree.path(revisionLink('app', kept.digest)))).toBe(true);
  expect(await restoreOf(root, run)).toMatchObject({ leftOut: [], failed: [] });
  expect(comparable(root)).toEqual(before);
});

test('neither is what was an empty folder among the blobs, and stayed one', async () => {
  const { root, tree } = sweepVolume();
  const shared = layer('shared, without data');
  tree.push('app', 'kept', image({ name: 'kept', layers: [shared] }));
  tree.push('app', undefined, image({ name: 'goes', layers: [shared] }));
  rmSync(tree.path(blobData(shared.digest)));
  const before = comparable(root);
  const { run } = await sweepOf(root, UNTAGGED);
  expect(await restoreOf(root, run)).toMatchObject({ leftOut: [], failed: [] });
  expect(comparable(root)).toEqual(before);
});

test('a folder in the trash that was lost takes its image with it, and no other', async () => {
  const { root, tree, old, many } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  rmSync(runFile(root, run, `trash/${blobFolder(old.config.digest)}`), { recursive: true });
  const outcome = await restoreOf(root, run);
  expect(outcome.leftOut).toContainEqual({
    path: revisionFolder('app', old.digest),
    digest: old.digest,
    missing: old.config.digest,
  });
  expect(existsSync(tree.path(revisionLink('app', old.digest)))).toBe(false);
  expect(existsSync(tree.path(tagFolder('team/app', 'gone')))).toBe(true);
  expect(existsSync(tree.path(revisionLink('team/app', many.digest)))).toBe(true);
});

test('a way that is no folder any more fails for what lies on it, and nothing is put elsewhere', async () => {
  const { root, tree, old } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  const elsewhere = join(root, '..', 'elsewhere');
  mkdirSync(elsewhere);
  const revisions = tree.path(`${repositoryFolder('app')}/${REVISIONS}`);
  renameSync(revisions, join(root, '..', 'aside'));
  symlinkSync(elsewhere, revisions);
  const outcome = await restoreOf(root, run);
  expect(outcome.failed).toMatchObject([{ path: revisionFolder('app', old.digest), errno: 'ENOTDIR' }]);
  expect(existsSync(join(elsewhere, 'sha256'))).toBe(false);
  expect(listRuns(stateOf(root))).toMatchObject([{ state: 'trash' }]);
});

test('asks again that nobody writes, and stops when somebody may', async () => {
  const { root } = sweepVolume();
  const { run } = await sweepOf(root, UNTAGGED);
  const before = comparable(root);
  const askAgain = (): Promise<void> => Promise.reject(new AppError('registry-writable', 'it lists PUT'));
  expect(await restoreOf(root, run, { askAgain })).toMatchObject({ stopped: 'registry-writable', restored: 0 });
  expect(comparable(root)).toEqual(before);
});

test('stopped on its way, it can be taken up again', async () => {
  const { root } = sweepVolume();
  const before = comparable(root);
  const { run } = await sweepOf(root, UNTAGGED);
  const controller = new AbortController();
  let classes = 0;
  const askAgain = (): Promise<void> => {
    if (++classes === 4) controller.abort();
    return Promise.resolve();
  };
  expect(await restoreOf(root, run, { askAgain, signal: controller.signal })).toMatchObject({ stopped: 'signal' });
  expect(await restoreOf(root, run)).toMatchObject({ failed: [], stopped: null });
  expect(comparable(root)).toEqual(before);
});

describe('a purge', () => {
  test('that was stopped leaves a run that cannot be restored, and goes on when it is run again', async () => {
    const { root } = sweepVolume();
    const { run } = await sweepOf(root, UNTAGGED);
    writeFileSync(runFile(root, run, 'purging'), '');
    await expect(restoreOf(root, run)).rejects.toMatchObject({ code: 'refused' });
    expect(listRuns(stateOf(root))).toMatchObject([{ state: 'purged' }]);
    expect((await purgeOf(root, [run ?? ''])).runs).toMatchObject([{ already: false, failed: [] }]);
    expect(existsSync(runFile(root, run, 'trash'))).toBe(false);
    await expect(restoreOf(root, run)).rejects.toMatchObject({ code: 'refused' });
  });

  test('of what is older takes runs that ended before then, and none twice', async () => {
    const { root } = sweepVolume();
    const ended = Date.parse('2026-01-10T00:00:00Z');
    const { run } = await sweepOf(root, { ports: { now: () => ended } });
    await sweepOf(root, { ...UNTAGGED, ports: { now: () => ended + 86_400_000 } });
    expect(runsOlderThan(stateOf(root), ended)).toEqual([]);
    expect(runsOlderThan(stateOf(root), ended + 1)).toEqual([run]);
    await purgeOf(root, [run ?? '']);
    expect(runsOlderThan(stateOf(root), ended + 1)).toEqual([]);
  });

  test('follows no link out of the trash', async () => {
    const { root } = sweepVolume();
    const { run } = await sweepOf(root, UNTAGGED);
    const canary = join(root, '..', 'canary');
    mkdirSync(canary);
    writeFileSync(join(canary, 'file'), 'alive');
    symlinkSync(canary, runFile(root, run, 'trash/blobs/link'));
    await purgeOf(root, [run ?? '']);
    expect(existsSync(runFile(root, run, 'trash'))).toBe(false);
    expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('alive');
  });
});

test('without trash there is nothing to restore, and an unknown run is none', async () => {
  const { root } = sweepVolume();
  const { run } = await sweepOf(root, { options: { trash: false } });
  await expect(restoreOf(root, run)).rejects.toMatchObject({ code: 'refused' });
  await expect(restoreOf(root, '20200101T000000Z-0000')).rejects.toMatchObject({ code: 'run-missing' });
});

describe('a registry that wrote while we swept', () => {
  test('a pushed manifest gets back the blobs and links that it names', async () => {
    const { root, tree, old } = sweepVolume();
    const planned = await planOf(root, UNTAGGED);
    const { run } = await sweepOf(root, { ...UNTAGGED, planned });
    // A push that was told "already exists" of every blob writes the manifest and its links alone.
    tree.putBlob(old.bytes);
    tree.revision('app', old.digest);
    tree.tag('app', 'pushed', old.digest);
    expect(brokenThings(root).some((line) => line.startsWith('app:pushed: '))).toBe(true);
    const { paths, failed } = await putBackOf(root, run, planned);
    expect(failed).toEqual([]);
    expect(paths).toContain(blobFolder(old.config.digest));
    expect(paths).toContain(layerFolder('app', old.config.digest));
    expect(brokenThings(root).filter((line) => line.startsWith('app:'))).toEqual([]);
  });

  test('a tag alone gets back its index, the children of that and all their layers', async () => {
    const { root, tree, many } = sweepVolume();
    const planned = await planOf(root, UNTAGGED);
    const { run } = await sweepOf(root, { ...UNTAGGED, planned });
    tree.tag('team/app', 'pushed', many.digest);
    expect((await putBackOf(root, run, planned)).failed).toEqual([]);
    expect(brokenThings(root).filter((line) => line.startsWith('team/app'))).toEqual([]);
    for (const child of many.children) expect(existsSync(tree.path(revisionLink('team/app', child.digest)))).toBe(true);
  });

  test('with nobody about nothing is put back', async () => {
    const { root } = sweepVolume();
    const planned = await planOf(root, UNTAGGED);
    const { run } = await sweepOf(root, { ...UNTAGGED, planned });
    expect(await putBackOf(root, run, planned)).toEqual({ paths: [], failed: [] });
  });
});
