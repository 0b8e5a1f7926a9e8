/** What a thread saw of a blob before its turn, and what has become of it when its turn comes. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/layout/digest.ts';
import { blobData, blobFolder, LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import { Performer } from '../../src/scan/performer.ts';
import { openPool, type Pool } from '../../src/scan/pool.ts';
import { LookAhead } from '../../src/sweep/look-ahead.ts';
import type { SweepOutcome } from '../../src/sweep/work.ts';
import { seededBytes } from '../support/content.ts';
import { planOf, restoreOf, sweepOf, type SweepWishes } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { brokenThings } from '../support/whole.ts';

const UUID = '8f2c8d1e-4d6b-4c31-9a58-0c7d4be8a001';

/** A registry of garbage alone. */
function garbage(count: number): { readonly tree: Tree; readonly digests: readonly Digest[] } {
  const tree = createTree(join(temporaryFolder('look-ahead'), 'registry'));
  const digests = Array.from({ length: count }, (_, at) => tree.putBlob(seededBytes(`garbage ${at}`, 100)));
  return { tree, digests: digests.sort() };
}

/** Sweeps the blobs alone: folders that this empties stay. */
async function sweepBlobs(root: string, wishes: SweepWishes): Promise<SweepOutcome> {
  const { actions } = await planOf(root);
  return sweepOf(root, { actions: actions.filter(({ kind }) => kind === 'blob'), ...wishes });
}

/** Looks in the calling thread; `looked` is told once all of a task is looked at. */
function lookingPool(root: string, looked: () => void): Pool & { readonly tasks: () => number } {
  const performer = new Performer({ base: join(root, LAYOUT_FOLDER), readsLayerLinks: false });
  let tasks = 0;
  return {
    width: 1,
    run: (task) => {
      tasks++;
      const result = performer.now(task);
      looked();
      return Promise.resolve(result);
    },
    close: () => Promise.resolve(),
    tasks: () => tasks,
  };
}

/** Sweeps garbage that is looked at ahead; `meanwhile` is done between the look and the rename, which `later` ms part. */
async function sweepAfter(
  { tree, digests }: ReturnType<typeof garbage>,
  meanwhile: (folder: string) => void,
  later = 0,
): Promise<SweepOutcome> {
  const [digest] = digests;
  if (digest === undefined) throw new Error('no garbage');
  let passed = 0;
  const pool = lookingPool(tree.root, () => {
    meanwhile(tree.path(blobFolder(digest)));
    passed += later;
  });
  const outcome = await sweepBlobs(tree.root, { ports: { pool, now: () => Date.now() + passed } });
  expect(pool.tasks()).toBe(1);
  return outcome;
}

function inTrash(tree: Tree, run: string | null, digest: Digest): string {
  return join(tree.root, '.regsweep/runs', run ?? '', 'trash', blobFolder(digest));
}

describe('a blob that was looked at ahead', () => {
  test('goes, and comes back', async () => {
    const site = garbage(3);
    const outcome = await sweepAfter(site, () => undefined);
    expect(outcome).toMatchObject({ actionsDone: 3, skipped: [], failed: [], gone: 0 });
    for (const digest of site.digests) expect(existsSync(inTrash(site.tree, outcome.run, digest))).toBe(true);
    await restoreOf(site.tree.root, outcome.run);
    for (const digest of site.digests) expect(existsSync(site.tree.path(blobData(digest)))).toBe(true);
    expect(brokenThings(site.tree.root)).toEqual([]);
  });

  test('and was seen just now is not looked at once more: what came since goes with it, into the trash', async () => {
    const site = garbage(1);
    const outcome = await sweepAfter(site, (folder) => writeFileSync(join(folder, 'note'), 'mine'));
    expect(outcome).toMatchObject({ actionsDone: 1, skipped: [] });
    const [digest] = site.digests;
    if (digest === undefined) throw new Error('no garbage');
    expect(readdirSync(inTrash(site.tree, outcome.run, digest)).sort()).toEqual(['data', 'note']);
  });

  test.each([
    ['too long ago', 251],
    ['in the future', -10],
  ])('and was seen %s is looked at in its turn', async (_when, later) => {
    const site = garbage(2);
    const outcome = await sweepAfter(site, (folder) => writeFileSync(join(folder, 'note'), 'mine'), later);
    expect(outcome).toMatchObject({ actionsDone: 1, failed: [] });
    expect(outcome.skipped).toMatchObject([{ kind: 'blob', reason: expect.stringContaining('"note"') as string }]);
  });

  test('and has vanished since is gone', async () => {
    const outcome = await sweepAfter(garbage(2), (folder) => rmSync(folder, { recursive: true }));
    expect(outcome).toMatchObject({ actionsDone: 1, gone: 1, skipped: [], failed: [] });
  });

  test('and whose folder is a link since stays, and what that leads to', async () => {
    const site = garbage(2);
    const aside = temporaryFolder('aside');
    const outcome = await sweepAfter(site, (folder) => {
      renameSync(folder, join(aside, 'blob'));
      symlinkSync(join(aside, 'blob'), folder);
    });
    expect(outcome).toMatchObject({ actionsDone: 1, failed: [] });
    expect(outcome.skipped).toMatchObject([{ kind: 'blob', reason: 'is no folder any more' }]);
    expect(readdirSync(join(aside, 'blob'))).toEqual(['data']);
  });

  test('and to which a link leads since stays', async () => {
    const site = garbage(1);
    const aside = temporaryFolder('aside');
    const outcome = await sweepAfter(site, (folder) => {
      renameSync(dirname(folder), join(aside, 'prefix'));
      symlinkSync(join(aside, 'prefix'), dirname(folder));
    });
    expect(outcome).toMatchObject({ actionsDone: 0, failed: [] });
    expect(outcome.skipped).toMatchObject([{ reason: expect.stringContaining('is not a real folder') as string }]);
    expect(readdirSync(join(aside, 'prefix'))).toHaveLength(1);
  });
});

describe('of what is odd when it is looked at ahead', () => {
  async function sweepOdd(
    make: (folder: string) => void,
  ): Promise<{ readonly tree: Tree; readonly outcome: SweepOutcome }> {
    const { tree, digests } = garbage(2);
    const pool = lookingPool(tree.root, () => undefined);
    const between = (): void => make(tree.path(blobFolder(digests[0] ?? ('' as Digest))));
    return { tree, outcome: await sweepBlobs(tree.root, { between, ports: { pool } }) };
  }

  test.each([
    ['a folder that holds more than data', (folder: string) => writeFileSync(join(folder, 'note'), ''), 'holds "note"'],
    ['a folder in it', (folder: string) => mkdirSync(join(folder, 'sub')), 'holds "sub"'],
    ['data of another size', (folder: string) => writeFileSync(join(folder, 'data'), 'short'), 'has 5 bytes'],
    [
      'data that is a link',
      (folder: string) => {
        renameSync(join(folder, 'data'), join(folder, '../data'));
        symlinkSync('../data', join(folder, 'data'));
      },
      'is no regular file',
    ],
  ])('%s stays', async (_what, make, reason) => {
    const { outcome } = await sweepOdd(make);
    expect(outcome).toMatchObject({ actionsDone: 1, failed: [], gone: 0 });
    expect(outcome.skipped).toMatchObject([{ reason: expect.stringContaining(reason) as string }]);
  });

  test('a folder with what a registry left when it died goes', async () => {
    const { outcome } = await sweepOdd((folder) => writeFileSync(join(folder, `data.${UUID}.tmp`), 'half'));
    expect(outcome).toMatchObject({ actionsDone: 2, skipped: [], failed: [] });
  });

  test('a folder without data is gone', async () => {
    const { outcome } = await sweepOdd((folder) => rmSync(join(folder, 'data')));
    expect(outcome).toMatchObject({ actionsDone: 1, gone: 1, skipped: [], failed: [] });
  });
});

describe('threads', () => {
  /** A pool whose one thread is a script of these lines. */
  function scripted(root: string, lines: string): Pool {
    const entry = join(temporaryFolder('thread'), 'worker.mjs');
    writeFileSync(entry, `import { parentPort } from 'node:worker_threads';\n${lines}\n`);
    return openPool({ base: join(root, LAYOUT_FOLDER), readsLayerLinks: false }, {}, pathToFileURL(entry));
  }

  test.each([
    ['does not begin', "throw new Error('no such thread');"],
    ['fails at its work', "parentPort.on('message', () => { throw new Error('broken'); });"],
    [
      'answers with nothing',
      `parentPort.on('message', ({ number }) => {
         parentPort.postMessage({ number, result: { packet: new Uint32Array() } });
       });`,
    ],
    ['ends without a word', "parentPort.on('message', () => process.exit(0));"],
  ])('where one %s, each blob is looked at in its turn', async (_how, lines) => {
    const { tree, digests } = garbage(600);
    const pool = scripted(tree.root, lines);
    const [odd] = digests;
    const between = (): void => writeFileSync(tree.path(`${blobFolder(odd ?? ('' as Digest))}/note`), 'mine');
    try {
      const outcome = await sweepBlobs(tree.root, { between, ports: { pool } });
      expect(outcome).toMatchObject({ actionsDone: 599, failed: [], gone: 0 });
      expect(outcome.skipped).toMatchObject([{ reason: expect.stringContaining('"note"') as string }]);
    } finally {
      await pool.close();
    }
  });

  test('are not asked again once one has failed', async () => {
    const { tree } = garbage(1200);
    let asked = 0;
    const run = (): Promise<never> => {
      asked++;
      return Promise.reject(new Error('no such thread'));
    };
    const outcome = await sweepBlobs(tree.root, { ports: { pool: { width: 1, run, close: () => Promise.resolve() } } });
    expect(outcome).toMatchObject({ actionsDone: 1200, skipped: [], failed: [] });
    expect(asked).toBe(3);
  });

  test('are asked nothing for a sweep without trash: what is deleted was looked at in its turn', async () => {
    const { tree } = garbage(1);
    const pool = lookingPool(tree.root, () => undefined);
    const outcome = await sweepBlobs(tree.root, { options: { trash: false }, ports: { pool } });
    expect(outcome).toMatchObject({ actionsDone: 1 });
    expect(pool.tasks()).toBe(0);
  });
});

test('a batch is cut where the kind changes and every 256 actions, and nothing is lost or turned around', async () => {
  const { tree, digests } = garbage(600);
  for (const digest of digests.slice(0, 300)) tree.linkLayer('app', digest);
  const { actions } = await planOf(tree.root);
  const pool = lookingPool(tree.root, () => undefined);
  const pieces: { readonly kind: string; readonly count: number; readonly looked: boolean }[] = [];
  const seen: unknown[] = [];
  for await (const piece of new LookAhead(pool, () => 0).pieces(actions)) {
    pieces.push({ kind: piece.kind, count: piece.actions.length, looked: piece.looks !== undefined });
    seen.push(...piece.actions);
  }
  expect(seen).toEqual(actions);
  expect(pieces.slice(0, 5)).toEqual([
    { kind: 'layer-link', count: 256, looked: false },
    { kind: 'layer-link', count: 44, looked: false },
    { kind: 'blob', count: 256, looked: true },
    { kind: 'blob', count: 256, looked: true },
    { kind: 'blob', count: 88, looked: true },
  ]);
});
