/** Volumes that are out to make a sweep delete something else. Canaries outside prove that it does not. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Action, ActionKind } from '../../src/gc/action.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { blobFolder, layerFolder, LAYOUT_FOLDER, repositoryFolder, revisionFolder } from '../../src/layout/paths.ts';
import { asNobody } from '../support/nobody.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { planOf, purgeOf, restoreOf, stateOf, sweepOf } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { sweepVolume } from './volume.ts';

const UNTAGGED = { mode: 'untagged', tags: ['team/app:gone'] } as const;
const WAYS = [
  ['into the trash', true],
  ['at once', false],
] as const;

/** Every folder from the top down to the target of one action of each kind. */
async function foldersOnTheWay(): Promise<readonly string[]> {
  const { root } = sweepVolume();
  const { actions } = await planOf(root, UNTAGGED);
  const ways = new Set<string>();
  for (const kind of new Set(actions.map((action) => action.kind))) {
    const path = `${LAYOUT_FOLDER}/${actions.find((action) => action.kind === kind)?.path ?? ''}`;
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) ways.add(parts.slice(0, depth).join('/'));
  }
  for (const below of [
    '_manifests/tags/gone/current',
    '_manifests/tags/gone/index',
    '_manifests/tags/gone/index/sha256',
  ]) {
    ways.add(`${LAYOUT_FOLDER}/repositories/team/app/${below}`);
  }
  return [...ways].filter((way) => !way.endsWith('.tmp')).sort();
}

const FOLDERS = await foldersOnTheWay();

describe.each(WAYS)('a symbolic link out of the volume, %s', (_name, trash) => {
  // What stands outside is exactly what the plan expects to find: only the link itself gives it away.
  test.each(FOLDERS)('in the place of %s', async (path) => {
    const { root } = sweepVolume();
    const outside = join(temporaryFolder('outside'), 'moved');
    let before: ReadonlyMap<string, string> = new Map();
    const place = join(root, path);
    const outcome = await sweepOf(root, {
      ...UNTAGGED,
      options: { trash },
      between: () => {
        renameSync(place, outside);
        symlinkSync(outside, place);
        before = snapshot(outside, { times: true });
      },
    }).catch((error: unknown) => {
      // A whole store that is a link takes no trash: nothing is begun.
      expect(error).toMatchObject({ code: 'no-room' });
      return undefined;
    });
    expect(changedPaths(before, snapshot(outside, { times: true }))).toEqual([]);
    expect(lstatSync(place).isSymbolicLink()).toBe(true);
    if (outcome !== undefined) expect(outcome.skipped.length).toBeGreaterThan(0);
  });
});

const CRAFTED: readonly (readonly [string, ActionKind, (digest: Digest) => string])[] = [
  ['..', 'blob', () => '../../../../canary'],
  ['.. further down', 'layer-link', () => 'repositories/app/_layers/sha256/../../../../../../../canary'],
  ['an absolute path', 'blob', (digest) => `/${blobFolder(digest)}`],
  ['a trailing slash', 'blob', (digest) => `${blobFolder(digest)}/`],
  ['an empty component', 'blob', (digest) => blobFolder(digest).replace('/sha256/', '//sha256/')],
  ['a dot', 'blob', (digest) => blobFolder(digest).replace('/sha256/', '/./sha256/')],
  ['a NUL', 'blob', (digest) => `${blobFolder(digest)}\0`],
  ['a line break', 'layer-link', (digest) => layerFolder('app', digest).replace('app', 'app\n')],
  ['an escape sequence', 'layer-link', (digest) => layerFolder('app', digest).replace('app', '\u001b[2J')],
  ['a prefix that is not the digest’s', 'blob', (digest) => blobFolder(digest).replace(/\/..\//, '/00/')],
  ['another kind of place', 'blob', (digest) => layerFolder('app', digest)],
  ['a whole store', 'empty-directory', () => 'blobs'],
  ['the layout itself', 'empty-directory', () => ''],
  ['a repository as a revision', 'revision', () => repositoryFolder('app')],
  ['an algorithm that no registry knows', 'blob', () => 'blobs/blake3/aa/aabb'],
  ['an illegal repository', 'layer-link', (digest) => layerFolder('Bad.Name', digest)],
  ['our own trash', 'blob', () => '../../../.regsweep/runs'],
];

describe.each(WAYS)('a crafted path, %s', (_name, trash) => {
  test.each(CRAFTED)('%s', async (_what, kind, pathFor) => {
    const { root, garbage } = sweepVolume();
    const canary = join(root, '..', 'canary');
    mkdirSync(canary);
    writeFileSync(join(canary, 'data'), 'alive');
    const before = snapshot(dirname(root), { times: true });
    const path = pathFor(garbage);
    const expectation = kind === 'blob' ? { bytes: 300, modifiedAt: null } : { link: garbage, modifiedAt: null };
    const action: Action = {
      kind,
      path,
      batch: 1,
      bytes: 0,
      diskBytes: 0,
      expect: kind === 'empty-directory' ? { entries: [] } : expectation,
      reason: { code: 'unreferenced', text: 'crafted' },
    };
    const outcome = await sweepOf(root, { options: { trash }, actions: [action] });
    expect(outcome.skipped.map((one) => one.path)).toEqual([path]);
    const changed = changedPaths(before, snapshot(dirname(root), { times: true }));
    expect(changed.filter((one) => !one.startsWith('registry/.regsweep') && one !== 'registry')).toEqual([]);
    // The trash's own folders are made from the path, too.
    expect(changed.filter((one) => one.includes('/trash/'))).toEqual([]);
  });
});

test.each(WAYS)('a FIFO in the place of a link is never opened, %s', async (_name, trash) => {
  const { root, tree, garbage } = sweepVolume();
  const link = tree.path(`${layerFolder('app', garbage)}/link`);
  const between = (): void => {
    rmSync(link);
    execFileSync('mkfifo', [link]);
  };
  // Whoever opened it would wait for ever for the other end.
  const outcome = await sweepOf(root, { options: { trash }, between });
  expect(outcome.skipped.map(({ path }) => path)).toEqual([layerFolder('app', garbage)]);
  expect(lstatSync(link).isFIFO()).toBe(true);
});

test.each(WAYS)('a symbolic link in the place of a stray file stays, %s', async (_name, trash) => {
  const { root, tree } = sweepVolume();
  const { actions } = await planOf(root);
  const stray = tree.path(actions.find(({ kind }) => kind === 'stray-temporary-file')?.path ?? '');
  const outside = join(temporaryFolder('outside'), 'file');
  const between = (): void => {
    renameSync(stray, outside);
    symlinkSync(outside, stray);
  };
  const outcome = await sweepOf(root, { options: { trash }, between });
  expect(outcome.skipped).toMatchObject([{ kind: 'stray-temporary-file', reason: 'is no regular file' }]);
  expect(readFileSync(outside, 'utf8')).toBe('half');
});

const mounts: string[] = [];
afterAll(() => {
  for (const target of mounts.reverse()) spawnSync('umount', [target]);
});

function mountAt(source: string, target: string): void {
  execFileSync('mount', ['--bind', source, target], { stdio: 'ignore' });
  mounts.push(target);
}

/** Mounting is for root, and in most containers not even for root. */
function canMount(): boolean {
  const folder = mkdtempSync(join(temporaryFolder('may-mount'), 'on-'));
  return (
    process.getuid?.() === 0 &&
    spawnSync('mount', ['--bind', folder, folder]).status === 0 &&
    spawnSync('umount', [folder]).status === 0
  );
}

describe.runIf(canMount()).each(WAYS)('a bind mount of the same file system, %s', (_name, trash) => {
  test.each([
    ['over a blob’s folder', (digest: Digest) => blobFolder(digest)],
    ['over the folder above it', (digest: Digest) => dirname(blobFolder(digest))],
    ['over a layer link', (digest: Digest) => layerFolder('app', digest)],
    ['over a whole repository', () => repositoryFolder('app')],
  ])('%s', async (_what, pathFor) => {
    const { root, tree, garbage } = sweepVolume();
    const place = tree.path(pathFor(garbage));
    const outside = join(temporaryFolder('outside'), 'copy');
    execFileSync('cp', ['-a', place, outside]);
    const before = snapshot(outside, { times: true });
    await sweepOf(root, { ...UNTAGGED, options: { trash }, between: () => mountAt(outside, place) });
    expect(changedPaths(before, snapshot(outside, { times: true }))).toEqual([]);
    spawnSync('umount', [place]);
    expect(existsSync(place)).toBe(true);
  });

  test('a purge does not go into one that is mounted in the trash', async () => {
    const { root, garbage } = sweepVolume();
    const { run } = await sweepOf(root);
    const outside = temporaryFolder('outside');
    writeFileSync(join(outside, 'file'), 'alive');
    const place = join(stateOf(root), 'runs', run ?? '', 'trash', blobFolder(garbage));
    mountAt(outside, place);
    const [purged] = (await purgeOf(root, [run ?? ''])).runs;
    expect(purged?.failed).toContainEqual(expect.objectContaining({ path: place, errno: 'EXDEV' }));
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('alive');
    spawnSync('umount', [place]);
    expect((await purgeOf(root, [run ?? ''])).runs[0]?.failed).toEqual([]);
  });
});

describe.each(WAYS)('what may not be removed, %s', (_name, trash) => {
  test('fails with its path and errno, drops what it reaches, and the rest goes on', async () => {
    const { root, tree, old, garbage } = sweepVolume();
    const revisions = dirname(tree.path(revisionFolder('app', old.digest)));
    mkdirSync(stateOf(root), { recursive: true });
    const outcome = await asNobody(root, async () => {
      return sweepOf(root, {
        ...UNTAGGED,
        options: { trash },
        between: () => execFileSync('chmod', ['a-w', revisions]),
      });
    });
    expect(outcome.failed).toMatchObject([
      { path: revisionFolder('app', old.digest), kind: 'revision', errno: 'EACCES' },
    ]);
    expect(outcome.dropped).toBeGreaterThan(0);
    expect(existsSync(tree.path(`${blobFolder(old.config.digest)}/data`))).toBe(true);
    expect(existsSync(tree.path(blobFolder(garbage)))).toBe(false);
  });
});

test('a state folder that nobody may write to is no room, and nothing is changed', async () => {
  const { root } = sweepVolume();
  const state = stateOf(root);
  mkdirSync(state, { recursive: true });
  const before = snapshot(root, { times: true });
  await asNobody(root, async () => {
    execFileSync('chmod', ['a-w', state]);
    await expect(sweepOf(root)).rejects.toMatchObject({ code: 'no-room' });
  });
  expect(changedPaths(before, snapshot(root, { times: true }))).toEqual([]);
});

test('a journal with a crafted place of a thing in the trash brings nothing from elsewhere', async () => {
  const { root, garbage, tree } = sweepVolume();
  const { run } = await sweepOf(root);
  const canary = join(root, 'canary');
  mkdirSync(canary);
  writeFileSync(join(canary, 'data'), 'alive');
  const folder = join(stateOf(root), 'runs', run ?? '', 'trash', blobFolder(garbage));
  rmSync(folder, { recursive: true });
  symlinkSync(canary, folder);
  await restoreOf(root, run);
  expect(readFileSync(join(canary, 'data'), 'utf8')).toBe('alive');
  expect(existsSync(tree.path(`${blobFolder(garbage)}/data`))).toBe(false);
});
