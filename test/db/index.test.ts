import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { openIndex } from '../../src/pipeline/open-index.ts';
import { schemaDocumentation } from '../../src/db/query.ts';
import type { Report } from '../../src/report/model.ts';
import { AppError } from '../../src/shared/errors.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { layer } from '../support/content.ts';
import { damage } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { image } from '../support/images.ts';
import { openedOf, reportOf, viewOf } from '../support/report-of.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const FIRST = image({ name: 'first', layers: [layer('first', 400)] });
const SECOND = image({ name: 'second', layers: [layer('second', 900)] });

function smallTree(): Tree {
  const tree = createTree(join(temporaryFolder('index-tree'), 'registry'));
  tree.push('app', '1.0', FIRST);
  tree.push('shop/api', '1.0', FIRST);
  return tree;
}

function newIndex(): string {
  return join(temporaryFolder('index'), 'index.sqlite');
}

describe('an index that is read back', () => {
  let fixture: string;
  beforeAll(async () => {
    fixture = await copyFixture();
  });

  it.each(['revisions', 'untagged'] as const)('gives the same report as the scan did (%s)', async (mode) => {
    const database = newIndex();
    const now = Date.now();
    const scanned = viewOf(await openedOf(fixture, { now, request: { database } }), { mode, now });
    const read = viewOf(await openedOf(fixture, { now, request: { database, noScan: true } }), { mode, now });
    expect(read).toEqual(scanned);
    expect(scanned.totals.blobs).toBeGreaterThan(50);
  });

  it.each([
    'manifest-blob-truncated',
    'revision-link-other-digest',
    'tag-current-garbage',
    'tag-left-after-removal-by-hand',
    'repository-name-with-control-characters',
    'symbolic-link-repository',
    'blobs-unregistered-algorithm',
    'upload-without-startedat',
    'tags-name-not-utf-8',
  ])('tells of %s as the scan did', async (name) => {
    const root = await copyFixture();
    damage(name).inflict(root);
    const database = newIndex();
    const now = Date.now();
    for (const mode of ['revisions', 'untagged'] as const) {
      const scanned = viewOf(await openedOf(root, { now, request: { database, full: true } }), { mode, now });
      const read = viewOf(await openedOf(root, { now, request: { database, noScan: true } }), { mode, now });
      expect(read).toEqual(scanned);
    }
  });

  it('is not touched, and neither is the volume', async () => {
    const database = newIndex();
    const before = snapshot(fixture, { times: true, modes: true });
    await openedOf(fixture, { request: { database } });
    const written = readFileSync(database);
    await openedOf(fixture, { request: { database, noScan: true } });
    expect(readFileSync(database).equals(written)).toBe(true);
    expect(readdirSync(dirname(database))).toEqual(['index.sqlite']);
    expect(changedPaths(before, snapshot(fixture, { times: true, modes: true }))).toEqual([]);
  });

  it('is the same whatever it is asked for: the volume may have changed since', async () => {
    const tree = smallTree();
    const database = newIndex();
    const before = await reportOf(tree.root, { now: 1e12, request: { database } });
    tree.push('later', '1.0', SECOND);
    expect(await reportOf(tree.root, { now: 1e12, request: { database, noScan: true } })).toEqual(before);
  });

  it('that is not there is an error', async () => {
    const { root } = smallTree();
    const database = newIndex();
    await expect(openedOf(root, { request: { database, noScan: true } })).rejects.toMatchObject({
      code: 'index-missing',
    });
  });
});

describe('past scans', () => {
  const growth = (report: Awaited<ReturnType<typeof reportOf>>): Readonly<Record<string, number | null>> =>
    Object.fromEntries(report.repositories.map(({ name, growthBytes }) => [name, growthBytes]));

  function sizeOf(pushed: typeof FIRST): number {
    return [pushed, ...pushed.blobs].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  it('are kept, and say how much each repository has grown', async () => {
    const tree = smallTree();
    const database = newIndex();
    const request = { database };
    expect(growth(await reportOf(tree.root, { request }))).toEqual({ app: null, 'shop/api': null });
    tree.push('app', '2.0', SECOND);
    tree.push('later', '1.0', SECOND);
    const grown = { app: sizeOf(SECOND), later: sizeOf(SECOND), 'shop/api': 0 };
    expect(growth(await reportOf(tree.root, { request }))).toEqual(grown);
    expect(growth(await reportOf(tree.root, { request: { database, noScan: true } }))).toEqual(grown);
    expect(growth(await reportOf(tree.root, { request }))).toEqual({ app: 0, later: 0, 'shop/api': 0 });
    expect(scansIn(database)).toBe(3);
  });

  it('are forgotten with --full, and where another volume took the place', async () => {
    const tree = smallTree();
    const database = newIndex();
    await reportOf(tree.root, { request: { database } });
    expect(growth(await reportOf(tree.root, { request: { database, full: true } }))['app']).toBeNull();
    expect(scansIn(database)).toBe(1);
    rmSync(join(tree.root, 'docker'), { recursive: true });
    createTree(tree.root).push('app', '1.0', SECOND);
    expect(growth(await reportOf(tree.root, { request: { database } }))['app']).toBeNull();
    expect(scansIn(database)).toBe(1);
  });

  it('tell of a repository that is gone', async () => {
    const tree = smallTree();
    const database = newIndex();
    await reportOf(tree.root, { request: { database } });
    rmSync(tree.path('repositories/shop'), { recursive: true });
    const { notices } = await reportOf(tree.root, { request: { database } });
    expect(notices.map(({ code }) => code)).toContain('lost-repositories');
  });

  function scansIn(path: string): unknown {
    const database = new Database(path, { readonly: true });
    try {
      return database.prepare('SELECT count(*) FROM scan').pluck().get();
    } finally {
      database.close();
    }
  }
});

describe('an index in which a bit fell', () => {
  it('is refused, or answers as before: with and without a scan, and with --full', { timeout: 60_000 }, async () => {
    const { root } = smallTree();
    const now = Date.now();
    const database = newIndex();
    await openedOf(root, { now, request: { database } });
    const whole = readFileSync(database);
    const outcome = async (request: { readonly noScan?: boolean; readonly full?: boolean }): Promise<unknown> => {
      try {
        const opened = await openedOf(root, { now, request: { database, ...request } });
        return { ...viewOf(opened, { now }), previous: undefined };
      } catch (error) {
        return error instanceof AppError ? error.code : error;
      }
    };
    const sound = await outcome({ noScan: true });
    const written = [...whole.entries()].filter(([, byte]) => byte !== 0).map(([place]) => place);
    // One of each stretch of the file: its schema, every table, and the packed columns.
    const places = written.filter((_, nth) => nth % 131 === 0);
    for (const [nth, place] of places.entries()) {
      const fallen = Buffer.from(whole);
      fallen[place] = (whole[place] ?? 0) ^ (1 << (nth % 8));
      writeFileSync(database, fallen);
      const asIs = await outcome({ noScan: true });
      if (asIs !== 'index-foreign') expect(asIs, `byte ${place}`).toEqual(sound);
      for (const full of nth % 4 === 0 ? [false, true] : []) {
        writeFileSync(database, fallen);
        const scanned = await outcome({ full });
        if (typeof scanned === 'string') expect(['index-foreign', 'index-failed'], `byte ${place}`).toContain(scanned);
        else expect(scanned, `byte ${place}`).toHaveProperty('totals', (sound as Report).totals);
      }
    }
    expect(places.length).toBeGreaterThan(100);
  });
});

describe('a file that is refused stays as it is', () => {
  function foreign(): string {
    const path = newIndex();
    const database = new Database(path);
    database.exec('CREATE TABLE theirs (x)');
    database.close();
    return path;
  }

  async function otherVersion(root: string, version: number): Promise<string> {
    const path = newIndex();
    await openedOf(root, { request: { database: path } });
    const database = new Database(path);
    database.pragma(`user_version = ${version}`);
    database.close();
    return path;
  }

  function text(): string {
    const path = newIndex();
    writeFileSync(path, 'my notes, no database\n'.repeat(100));
    return path;
  }

  it.each([
    ['a database of somebody else', () => Promise.resolve(foreign()), 'index-foreign'],
    ['a file that is no database', () => Promise.resolve(text()), 'index-foreign'],
    ['an index of a later version', (root: string) => otherVersion(root, 1000), 'index-version'],
    ['an index of no version', (root: string) => otherVersion(root, 0), 'index-version'],
  ])('%s', async (_what, make, code) => {
    const { root } = smallTree();
    const database = await make(root);
    const before = readFileSync(database);
    for (const noScan of [false, true]) {
      await expect(openedOf(root, { request: { database, noScan } })).rejects.toMatchObject({ code });
      expect(readFileSync(database).equals(before)).toBe(true);
    }
    expect(readdirSync(dirname(database))).toEqual(['index.sqlite']);
  });

  it.each(['', '.regsweep', 'docker/registry/v2', 'new/folders'])(
    'a place under the registry root (%j): nothing is made there',
    async (below) => {
      const { root } = smallTree();
      const before = snapshot(root);
      const database = join(root, below, 'index.sqlite');
      await expect(openedOf(root, { request: { database } })).rejects.toMatchObject({ code: 'index-under-root' });
      expect(changedPaths(before, snapshot(root))).toEqual([]);
    },
  );

  it('a place that cannot be written: the error says which', async () => {
    const { root } = smallTree();
    const file = join(temporaryFolder('file'), 'file');
    writeFileSync(file, '');
    const database = join(file, 'index.sqlite');
    await expect(openedOf(root, { request: { database } })).rejects.toMatchObject({ code: 'index-failed' });
  });

  it('a folder of the same beginning as the root is outside it', async () => {
    const { root } = smallTree();
    mkdirSync(`${root}-indexes`);
    const database = join(`${root}-indexes`, 'index.sqlite');
    expect((await openedOf(root, { request: { database } })).database).toBe(database);
  });
});

describe('an interrupted scan', () => {
  const moments = [
    ['while the volume is walked', 'start'],
    ['once it has been', 'stop'],
  ] as const;

  it.each(moments)(
    '%s leaves the index that was there, byte for byte, and nothing beside it',
    async (_when, moment) => {
      const tree = smallTree();
      const database = newIndex();
      await openedOf(tree.root, { request: { database } });
      const before = readFileSync(database);
      tree.push('later', '1.0', SECOND);
      const abort = new AbortController();
      const progress = { ...noProgress, [moment]: () => abort.abort() };
      const request = {
        root: tree.root,
        database,
        noScan: false,
        full: false,
        diskUsage: false,
        minAgeSeconds: 0,
        repositories: [],
      };
      const ports = { environment: {}, progress, signal: abort.signal, warn: () => undefined, now: () => Date.now() };
      await expect(openIndex(request, ports)).rejects.toMatchObject({ code: 'interrupted' });
      expect(readFileSync(database).equals(before)).toBe(true);
      expect(readdirSync(dirname(database))).toEqual(['index.sqlite']);
      expect((await reportOf(tree.root, { request: { database, noScan: true } })).totals.repositories).toBe(2);
    },
  );
});

describe('the documentation of the tables', () => {
  it('is the SQL that the index was made by', async () => {
    const path = newIndex();
    await openedOf(smallTree().root, { request: { database: path } });
    const documented = new Database(':memory:');
    documented.exec(schemaDocumentation());
    const written = new Database(path, { readonly: true });
    const objects = 'SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name';
    expect(documented.prepare(objects).all()).toEqual(written.prepare(objects).all());
    expect(written.pragma('integrity_check', { simple: true })).toBe('ok');
    documented.close();
    written.close();
  });
});
