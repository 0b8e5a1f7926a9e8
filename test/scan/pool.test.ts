/** The same volume gives the same inventory, however many tasks are done at once and in whatever order they end. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateRegistry } from '../../scripts/registry-generator/generate.ts';
import { createRandom } from '../../scripts/registry-generator/random.ts';
import { configsToRead } from '../../src/gc/created.ts';
import type { DigestId } from '../../src/inventory/digest-table.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { blobData, tagCurrentLink } from '../../src/layout/paths.ts';
import { renderJson } from '../../src/report/json.ts';
import { readPolicies } from '../../src/policy/parse.ts';
import { Performer } from '../../src/scan/performer.ts';
import { runInOrder } from '../../src/scan/in-order.ts';
import type { Pool } from '../../src/scan/pool.ts';
import { PART_SIZE, type Task, type TaskResult } from '../../src/scan/tasks.ts';
import { runBuilt } from '../support/built-program.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { tablesOf } from '../support/index-tables.ts';
import { retentionBy } from '../support/policies.ts';
import { openedOf, viewOf } from '../support/report-of.ts';
import { scannedContent } from '../support/scanned-content.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { Tree } from '../support/tree.ts';

const NOW = Date.UTC(2026, 0, 15);
const POLICY =
  'policies: [{ repositories: ["**"], orderBy: created, keepUntagged: { keepLast: 1 }, keepTags: [{ keepLast: 2 }] }]';
const BY_CREATED = { ...retentionBy(...readPolicies('policy.yml', POLICY)), trustTimes: true };
let root: string;

beforeAll(() => {
  root = temporaryFolder('order');
  generateRegistry(root, 'S', 1, NOW / 1000);
  const tree = new Tree(root);
  const one = image({ name: 'app', layers: [layer('app')] });
  tree.push('app', '1.0', one);
  tree.push('app', '2.0', image({ name: 'other', layers: [layer('app'), layer('other')] }));
  // Folders that are larger than one task.
  for (let count = 0; count <= PART_SIZE; count++) {
    tree.linkLayer('large', layer(`large ${count}`, 1).digest);
    tree.tag('large', `t${count}`, one.digest);
  }
  // Something to tell of in each kind of task.
  tree.write(blobData(one.digest), one.bytes.subarray(0, 50));
  tree.write(tagCurrentLink('app', '2.0'), '');
  tree.write('repositories/app/_layers/sha256/notes.txt', 'notes');
  tree.write('blobs/sha256/x/data', 'junk');
});

/** Does tasks at once, and ends them in a random order; those that the caller does meanwhile end at once. */
function shufflingPool(base: string, width: number, seed: number): Pool & { readonly overtaken: () => number } {
  const performer = new Performer({ base: base, readsLayerLinks: false });
  const random = createRandom(seed, 'pool');
  let given = 0;
  let ended = 0;
  let overtaken = 0;
  const run = async (task: Task): Promise<TaskResult> => {
    const place = given++;
    const turns = Math.floor(random.next() * 20);
    for (let turn = 0; turn < turns; turn++) await new Promise((resume) => setImmediate(resume));
    if (place !== ended++) overtaken++;
    return performer.now(task);
  };
  const here = (task: Task): TaskResult => performer.now(task);
  return { width, run, here, close: () => Promise.resolve(), overtaken: () => overtaken };
}

/** One task after the other, in this thread. */
function inlinePool(base: string): Pool {
  const performer = new Performer({ base: base, readsLayerLinks: false });
  return { width: 1, run: (task) => Promise.resolve(performer.now(task)), close: () => Promise.resolve() };
}

function scanWith(pool: (base: string) => Pool): Promise<unknown> {
  const findConfigs = (inventory: Inventory): readonly DigestId[] =>
    configsToRead(inventory, { retention: BY_CREATED, isIncluded: () => true, isLimited: false });
  return scannedContent(root, pool, { now: NOW, findConfigs });
}

describe('a scan', () => {
  it.each([
    [1, 9],
    [2, 7],
    [2, 8],
    [8, 7],
    [8, 8],
  ])('finds the same with %i tasks at once that end in a random order (seed %i)', async (width, seed) => {
    const inline = await scanWith(inlinePool);
    let pool: ReturnType<typeof shufflingPool> | undefined;
    const shuffled = await scanWith((base) => (pool = shufflingPool(base, width, seed)));
    expect(shuffled).toEqual(inline);
    expect(pool?.overtaken()).toBeGreaterThan(0);
  });

  it('in the threads of the built program says and stores the same as one in this thread', async () => {
    const database = join(temporaryFolder('threads'), 'index.sqlite');
    const built = await runBuilt(
      ['report', root, '--min-age', '0', '--json', '--db', database],
      temporaryFolder('none'),
    );
    expect(built.status).toBe(0);
    const opened = await openedOf(root, { now: NOW });
    const timeless = (text: string): string => text.replaceAll(/"(generatedAt|scannedAt)": "[^"]*"/g, '"$1"');
    expect(timeless(built.stdout)).toBe(timeless(renderJson(viewOf(opened, { now: Date.now() }))));
    const tables = tablesOf(database);
    expect(tables).toEqual(tablesOf(opened.database));
    expect(Object.keys(tables)).toEqual(expect.arrayContaining(['blob', 'layer_link', 'manifest', 'problem', 'tag']));
    expect(tables['layer_link']?.length).toBeGreaterThan(PART_SIZE);
    expect(tables['problem']).toHaveLength(3);
  });

  it('in those threads knows of the same images when they were created', async () => {
    const database = join(temporaryFolder('threads'), 'index.sqlite');
    const policy = temporaryFile('policy.yml', POLICY);
    const words = ['--policy', policy, '--trust-times', '--min-age', '0', '--json', '--explain', '--db', database];
    const built = await runBuilt(['report', root, ...words], temporaryFolder('none'));
    expect(built.status).toBe(0);
    const opened = await openedOf(root, { now: NOW, request: { retention: BY_CREATED } });
    const tables = tablesOf(database);
    expect(tables).toEqual(tablesOf(opened.database));
    expect(tables['config']?.length).toBeGreaterThan(20);
  });

  it('that fails in a task fails, and leaves nothing waiting', async () => {
    const pool: Pool = {
      width: 2,
      run: (task) =>
        task.kind === 'blobs' ? Promise.reject(new Error('no such thread')) : new Promise(() => undefined),
      close: () => Promise.resolve(),
    };
    await expect(scanWith(() => pool)).rejects.toThrow('no such thread');
  });
});

/** A task that no test looks into. */
function numbered(place: number): Task {
  return { kind: 'manifests', digests: Uint32Array.of(place), candidates: false, known: undefined };
}

describe('work that is given out', () => {
  it('is waited for no longer once it is interrupted', async () => {
    const interrupt = new AbortController();
    const pool: Pool = { width: 1, run: () => new Promise(() => undefined), close: () => Promise.resolve() };
    const waiting = [numbered(0)];
    const work = { next: () => waiting.shift(), take: () => undefined, idle: () => undefined };
    const running = runInOrder(pool, work, interrupt.signal);
    interrupt.abort();
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('is taken in the order of the tasks, with at most four for each of the pool at once', async () => {
    const tasks = Array.from({ length: 40 }, (_, place) => numbered(place));
    const taken: Task[] = [];
    let given = 0;
    let most = 0;
    const pool: Pool = {
      width: 3,
      run: async (task) => {
        most = Math.max(most, ++given - taken.length);
        const wait = task.kind === 'manifests' ? (task.digests[0] ?? 0) % 5 : 0;
        for (let turn = 0; turn < wait; turn++) await new Promise((resume) => setImmediate(resume));
        return { packet: new Uint32Array(), more: [] };
      },
      close: () => Promise.resolve(),
    };
    const waiting = [...tasks];
    const work = { next: () => waiting.shift(), take: (task: Task) => void taken.push(task), idle: () => undefined };
    await runInOrder(pool, work, new AbortController().signal);
    expect(taken).toEqual(tasks);
    expect(most).toBe(12);
  });

  it('ends once the signal is set, before anything more is taken', async () => {
    const abort = new AbortController();
    let taken = 0;
    const pool: Pool = {
      width: 1,
      run: () => Promise.resolve({ packet: new Uint32Array(), more: [] }),
      close: () => Promise.resolve(),
    };
    const take = (): void => {
      taken++;
      if (taken === 3) abort.abort();
    };
    const work = { next: () => numbered(0), take, idle: () => undefined };
    await expect(runInOrder(pool, work, abort.signal)).rejects.toMatchObject({ code: 'interrupted' });
    expect(taken).toBe(3);
  });
});
