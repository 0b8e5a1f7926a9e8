/** What a sweep takes, what it leaves, and that nothing that is kept has lost anything. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/gc/action.ts';
import {
  blobData,
  blobFolder,
  layerFolder,
  layerLink,
  LAYERS,
  repositoryFolder,
  revisionFolder,
  revisionLink,
  REVISIONS,
  tagFolder,
  TAGS,
} from '../../src/layout/paths.ts';
import { AppError } from '../../src/shared/errors.ts';
import { arm } from '../../src/sweep/arm.ts';
import { listRuns } from '../../src/sweep/runs.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { planOf, purgeOf, stateOf, sweepOf } from '../support/sweep-of.ts';
import { brokenThings } from '../support/whole.ts';
import { comparable, sweepVolume } from './volume.ts';

const UUID = '8f2c8d1e-4d6b-4c31-9a58-0c7d4be8a001';
const UNTAGGED = { mode: 'untagged', tags: ['team/app:gone'] } as const;

describe.each([
  ['into the trash', true],
  ['at once', false],
])('%s', (_name, trash) => {
  test('all that a plan names goes, and nothing that is kept breaks', async () => {
    const { root, tree, old, kept, many, garbage } = sweepVolume();
    const before = brokenThings(root);
    const { actions } = await planOf(root, UNTAGGED);
    expect(new Set(actions.map(({ kind }) => kind)).size).toBe(8);
    const outcome = await sweepOf(root, { ...UNTAGGED, options: { trash } });
    expect(outcome).toMatchObject({
      actionsDone: actions.length,
      gone: 0,
      skipped: [],
      failed: [],
      dropped: 0,
      left: 0,
      stopped: null,
    });
    for (const { path } of actions) expect(existsSync(tree.path(path)), path).toBe(false);
    for (const digest of [garbage, old.digest, many.digest])
      expect(existsSync(tree.path(blobFolder(digest)))).toBe(false);
    expect(existsSync(tree.path(revisionLink('app', kept.digest)))).toBe(true);
    expect(brokenThings(root).filter((line) => !before.includes(line))).toEqual([]);
    const left = (await planOf(root, { mode: 'untagged' })).actions;
    expect(left.filter(({ kind }) => kind !== 'empty-directory')).toEqual([]);
  });

  test('an entry that has vanished is no error', async () => {
    const { root, tree, garbage } = sweepVolume();
    const outcome = await sweepOf(root, {
      options: { trash },
      between: () => {
        rmSync(tree.path(blobFolder(garbage)), { recursive: true });
        rmSync(tree.path(layerFolder('app', garbage)), { recursive: true });
      },
    });
    expect(outcome).toMatchObject({ gone: 2, skipped: [], failed: [] });
  });

  test.each([
    ['a blob of another size', (path: string) => writeFileSync(path, 'other bytes')],
    ['a blob that was written since', (path: string) => utimesSync(path, new Date(), new Date())],
    ['a blob with something beside it', (path: string) => writeFileSync(`${path}.note`, 'mine')],
  ])('%s has changed and stays', async (_what, change) => {
    const { root, tree, garbage } = sweepVolume();
    const outcome = await sweepOf(root, { options: { trash }, between: () => change(tree.path(blobData(garbage))) });
    expect(outcome.skipped).toMatchObject([{ path: blobFolder(garbage), kind: 'blob' }]);
    expect(existsSync(tree.path(blobData(garbage)))).toBe(true);
  });

  test('a folder goes whole, with what a registry left beside its file when it died', async () => {
    const { root, tree, garbage } = sweepVolume();
    const strays = [`${blobData(garbage)}.${UUID}.tmp`, `${layerLink('app', garbage)}.${UUID}.tmp`];
    const between = (): void => strays.forEach((stray) => tree.write(stray, 'half'));
    const outcome = await sweepOf(root, { options: { trash }, between });
    expect(outcome).toMatchObject({ skipped: [], failed: [] });
    for (const folder of [blobFolder(garbage), layerFolder('app', garbage)])
      expect(existsSync(tree.path(folder)), folder).toBe(false);
  });

  test('a revision whose link names another digest now stays, with all that it reaches', async () => {
    const { root, tree, old, kept } = sweepVolume();
    const outcome = await sweepOf(root, {
      mode: 'untagged',
      options: { trash },
      between: () => writeFileSync(tree.path(revisionLink('app', old.digest)), kept.digest),
    });
    expect(outcome.skipped.map(({ path }) => path)).toEqual([revisionFolder('app', old.digest)]);
    expect(outcome.dropped).toBeGreaterThan(3);
    for (const { digest } of [old, old.config, ...old.layers])
      expect(existsSync(tree.path(blobData(digest))), digest).toBe(true);
    expect(existsSync(tree.path(layerLink('app', old.config.digest)))).toBe(true);
  });

  test('a link that says nothing goes where its folder says enough', async () => {
    const { root, tree, garbage } = sweepVolume();
    const { actions } = await planOf(root);
    const path = layerFolder('app', garbage);
    writeFileSync(tree.path(`${path}/link`), '');
    const timeless = actions.map((action) =>
      action.path === path ? { ...action, expect: { link: garbage, modifiedAt: null } } : action,
    );
    expect(await sweepOf(root, { options: { trash }, actions: timeless })).toMatchObject({ skipped: [], failed: [] });
    expect(existsSync(tree.path(path))).toBe(false);
  });

  test('a tag that moved stays, and so does all that it named', async () => {
    const { root, tree, many, kept } = sweepVolume();
    const outcome = await sweepOf(root, {
      ...UNTAGGED,
      options: { trash },
      between: () => tree.tag('team/app', 'gone', kept.digest),
    });
    expect(outcome.skipped).toMatchObject([{ kind: 'tag', path: tagFolder('team/app', 'gone') }]);
    expect(existsSync(tree.path(revisionLink('team/app', many.digest)))).toBe(true);
    for (const child of many.children) expect(existsSync(tree.path(blobData(child.digest)))).toBe(true);
  });

  test('a repository of which one link stays keeps the folders that the registry looks for', async () => {
    const { root, tree, many, garbage } = sweepVolume();
    const child = many.children[0];
    if (child === undefined) throw new TypeError('an index without children');
    const link = layerLink('team/app', child.blobs[0]?.digest ?? garbage);
    const outcome = await sweepOf(root, {
      ...UNTAGGED,
      options: { trash },
      between: () => writeFileSync(tree.path(link), garbage),
    });
    expect(outcome.skipped).toMatchObject([{ kind: 'layer-link' }]);
    for (const folder of [TAGS, REVISIONS, LAYERS]) {
      expect(existsSync(tree.path(`${repositoryFolder('team/app')}/${folder}`))).toBe(true);
    }
    expect(outcome.repositoriesRemoved).toEqual([]);
  });

  test('stops between two actions, with everything durable and the rest left', async () => {
    const { root } = sweepVolume();
    const controller = new AbortController();
    let classes = 0;
    const askAgain = (): Promise<void> => {
      if (++classes === 3) controller.abort();
      return Promise.resolve();
    };
    const { actions } = await planOf(root, UNTAGGED);
    const outcome = await sweepOf(root, {
      ...UNTAGGED,
      options: { trash },
      ports: { signal: controller.signal, askAgain },
    });
    expect(outcome.stopped).toBe('signal');
    expect(outcome.left).toBe(actions.length - outcome.actionsDone);
    const again = await sweepOf(root, { ...UNTAGGED, options: { trash } });
    expect(again.actionsDone).toBe(outcome.left);
  });

  test('stops when its time is over', async () => {
    const { root } = sweepVolume();
    const before = comparable(root);
    const outcome = await sweepOf(root, { options: { trash, deadline: { at: Date.now() - 1, of: 'until' } } });
    expect(outcome).toMatchObject({ stopped: 'until', actionsDone: 0 });
    expect(comparable(root)).toEqual(before);
  });

  test('a registry that has become writable stops it', async () => {
    const { root } = sweepVolume();
    const askAgain = (): Promise<void> => Promise.reject(new AppError('registry-writable', 'it lists PUT'));
    expect(await sweepOf(root, { options: { trash }, ports: { askAgain } })).toMatchObject({
      stopped: 'registry-writable',
      actionsDone: 0,
    });
  });
});

test('nothing is swept that the guard refuses, or without the lock', () => {
  const refusals = [{ code: 'proof-missing', message: 'no proof that nobody writes' }] as const;
  const proof = { refusals, warnings: [], notes: [] };
  expect(() => arm({}, { proof, lock: { held: true } })).toThrow('no proof that nobody writes');
  expect(() => arm({}, { proof: { ...proof, refusals: [] }, lock: { held: false } })).toThrow('the lock');
});

test('the journal is whole before anything goes, and the run says what it was', async () => {
  const { root } = sweepVolume();
  let seen = '';
  const run = '20260401T000000Z-00aa';
  const journal = join(stateOf(root), 'runs', run, 'journal.ndjson');
  const before = comparable(root);
  const askAgain = (): Promise<void> => {
    if (seen === '') {
      expect(comparable(root)).toEqual(before);
      seen = readFileSync(journal, 'utf8');
      expect(listRuns(stateOf(root))).toMatchObject([{ run, state: 'partial', endedAt: null }]);
    }
    return Promise.resolve();
  };
  const outcome = await sweepOf(root, { options: { run }, ports: { askAgain } });
  const lines = seen
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toMatchObject({ schema: 'regsweep.plan/1', run });
  expect(lines.at(-1)).toMatchObject({ end: true, actions: outcome.actionsDone });
  expect(lines.find(({ kind }) => kind === 'blob')).toMatchObject({
    trash: expect.stringMatching(/^trash\/blobs\/sha256\//) as unknown,
  });
  expect(listRuns(stateOf(root))).toMatchObject([{ run, state: 'trash', bytes: outcome.bytes }]);
});

test('without trash a run is one that cannot be taken back', async () => {
  const { root } = sweepVolume();
  const { run } = await sweepOf(root, { options: { trash: false } });
  expect(listRuns(stateOf(root))).toMatchObject([{ run, state: 'purged' }]);
  expect(readdirSync(join(stateOf(root), 'runs', run ?? '', 'trash'))).toEqual([]);
});

/** A folder that can be written, and from where nothing can be renamed into `path`. */
function folderElsewhere(path: string): string {
  const { dev } = statSync(path);
  const found = ['/dev/shm', '/var/tmp', homedir()].find(
    (folder) => existsSync(folder) && statSync(folder).dev !== dev,
  );
  if (found === undefined) throw new Error('this machine has one file system only');
  return found;
}

test('a state folder on another file system takes no trash, and nothing is changed', async () => {
  const { root } = sweepVolume();
  const before = snapshot(root, { times: true });
  const run = '20260401T000000Z-00bb';
  const state = folderElsewhere(root);
  const sweep = sweepOf(root, { options: { state, run } });
  await expect(sweep).rejects.toMatchObject({ code: 'no-room' });
  expect(changedPaths(before, snapshot(root, { times: true }))).toEqual([]);
  expect(existsSync(join(state, 'runs', run))).toBe(false);
});

test('a folder that is not empty any more stays', async () => {
  const { root, tree } = sweepVolume();
  const { actions } = await planOf(root);
  const empty = actions.find(({ kind }) => kind === 'empty-directory') as Action;
  const outcome = await sweepOf(root, { between: () => writeFileSync(tree.path(`${empty.path}/new`), '') });
  expect(outcome.skipped).toMatchObject([{ path: empty.path }]);
});

test('an order of deletion that is none is a fault of the program', async () => {
  const { root } = sweepVolume();
  const { actions } = await planOf(root, UNTAGGED);
  const before = brokenThings(root);
  await expect(sweepOf(root, { ...UNTAGGED, actions: actions.toReversed() })).rejects.toThrow(RangeError);
  expect(brokenThings(root).filter((line) => !before.includes(line))).toEqual([]);
});

test('after a purge nothing of a run is left but what it was', async () => {
  const { root } = sweepVolume();
  const { run } = await sweepOf(root);
  const purged = await purgeOf(root, [run ?? '']);
  expect(purged.runs).toMatchObject([{ run, already: false, failed: [] }]);
  expect(purged.runs[0]?.bytes).toBeGreaterThan(300);
  expect(readdirSync(join(stateOf(root), 'runs', run ?? ''))).toEqual(['run.json']);
  expect((await purgeOf(root, [run ?? ''])).runs).toMatchObject([{ already: true, bytes: 0 }]);
  renameSync(join(stateOf(root), 'runs', run ?? ''), join(stateOf(root), 'runs', 'not-a-run'));
  await expect(purgeOf(root, [run ?? ''])).rejects.toMatchObject({ code: 'run-missing' });
});
