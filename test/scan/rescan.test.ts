/**
 * A scan that has an earlier one to go by reads no manifest that it knows, and finds all the same what a scan finds that
 * reads everything.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { blobData, revisionFolder, tagFolder } from '../../src/layout/paths.ts';
import type { Retention } from '../../src/policy/model.ts';
import { readPolicies } from '../../src/policy/parse.ts';
import { layer } from '../support/content.ts';
import { DAMAGES } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { cosignSignature, image, index, type Pushable } from '../support/images.ts';
import { tablesOf } from '../support/index-tables.ts';
import { hasRealRegistry, startRegistry } from '../support/real-registry.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { Tree } from '../support/tree.ts';

const NOW = Date.UTC(2026, 0, 15);
/** Tells of one scan and of those before it. */
const OF_SCANS = ['scan', 'scan_repository', 'lost_repository'];

function newIndex(): string {
  return join(temporaryFolder('rescan'), 'index.sqlite');
}

interface Wishes {
  readonly minAge?: number;
  readonly retention?: Retention;
}

/** The tables of the index at `database` after a scan. */
async function scanned(root: string, database: string, { minAge = 0, ...policies }: Wishes = {}) {
  await openedOf(root, { now: NOW, minAge, request: { database, ...policies } });
  return Object.entries(tablesOf(database)).filter(([name]) => !OF_SCANS.includes(name));
}

/** Replaces content, the size and the time of its file staying as they were. */
function replaceUnseen(path: string): void {
  const { mtime } = statSync(path);
  const content = readFileSync(path, 'utf8');
  const replaced = content.replace('"schemaVersion"', '"schemeVersion"');
  expect(replaced).not.toBe(content);
  writeFileSync(path, replaced);
  utimesSync(path, mtime, mtime);
}

describe('a manifest that is known', () => {
  const one = image({ name: 'one', layers: [layer('one')] });

  function tree(): Tree {
    const made = new Tree(join(temporaryFolder('rescan'), 'registry'));
    made.push('app', '1.0', one);
    // A time that can be set again: file systems count finer than what sets times.
    made.age(2);
    return made;
  }

  it('is not read again; with --full it is', async () => {
    const { root, path } = bound(tree());
    const database = newIndex();
    const before = await scanned(root, database);
    replaceUnseen(path(blobData(one.digest)));
    expect(await scanned(root, database)).toEqual(before);
    const health = async (full: boolean): Promise<readonly number[]> => {
      const { inventory } = await openedOf(root, { now: NOW, request: { database, full } });
      return [...inventory.manifests.health];
    };
    expect(await health(false)).toEqual([0]);
    expect(await health(true)).toEqual([3]);
    // And what was found unsound is not known.
    expect(await health(false)).toEqual([3]);
  });

  it('is read again where its file has another time, or another size', async () => {
    const { root, path } = bound(tree());
    const file = path(blobData(one.digest));
    const content = readFileSync(file);
    for (const change of [
      (): void => writeFileSync(file, content.toString().replace('"schemaVersion"', '"schemeVersion"')),
      (): void => {
        const { mtime } = statSync(file);
        writeFileSync(file, content.subarray(0, -1));
        utimesSync(file, mtime, mtime);
      },
    ]) {
      writeFileSync(file, content);
      utimesSync(file, new Date(NOW - 1e9), new Date(NOW - 1e9));
      const database = newIndex();
      await scanned(root, database);
      change();
      const { inventory } = await openedOf(root, { now: NOW, request: { database } });
      expect([...inventory.manifests.health]).not.toEqual([0]);
    }
  });

  it('is known on another volume, too, as its content is the same wherever it lies', async () => {
    const { root, path } = bound(tree());
    const database = newIndex();
    await scanned(root, database);
    const other = new Tree(join(temporaryFolder('rescan'), 'registry'));
    other.push('elsewhere', '2.0', one);
    const { mtime } = statSync(path(blobData(one.digest)));
    const file = other.path(blobData(one.digest));
    utimesSync(file, mtime, mtime);
    expect(await scanned(other.root, database)).toEqual(await scanned(other.root, newIndex()));
  });

  it('is no manifest by itself where only something called it one', async () => {
    const made = tree();
    const plain = made.putBlob(Buffer.from('{"layers":"none"}'));
    made.revision('app', plain);
    made.tag('app', 'odd', one.digest, { history: [plain] });
    const database = newIndex();
    await scanned(made.root, database);
    // Only history names it now.
    rmSync(made.path(revisionFolder('app', plain)), { recursive: true });
    expect(await scanned(made.root, database)).toEqual(await scanned(made.root, newIndex()));
  });

  it('is worth nothing where a bit of the index fell: no reference may go unseen', async () => {
    const { root } = bound(tree());
    const database = newIndex();
    await scanned(root, database);
    const bytes = readFileSync(database);
    // The raw digest of a layer lies in the table of blobs and in the packed columns.
    const raw = Buffer.from(one.layers[0]?.digest.slice('sha256:'.length) ?? '', 'hex');
    for (let at = bytes.indexOf(raw); at !== -1; at = bytes.indexOf(raw, at + 1)) bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(database, bytes);
    await expect(openedOf(root, { request: { database } })).rejects.toMatchObject({ code: 'index-foreign' });
    await openedOf(root, { request: { database, full: true } });
    await openedOf(root, { request: { database } });
  });

  it('is read anew by another version of the program, which may see more in it', async () => {
    const { root, path } = bound(tree());
    const database = newIndex();
    await scanned(root, database);
    const index = new Database(database);
    const version = Buffer.from('0.0.1');
    const sha256 = createHash('sha256').update(version).digest();
    index.prepare("UPDATE packed_column SET data = ?, sha256 = ? WHERE name = 'program'").run(version, sha256);
    index.close();
    replaceUnseen(path(blobData(one.digest)));
    const { inventory } = await openedOf(root, { now: NOW, request: { database } });
    expect([...inventory.manifests.health]).toEqual([3]);
  });

  it('names a config that is read each time: what it says counts only while its bytes are there', async () => {
    const made = tree();
    made.push('app', '2.0', image({ name: 'two', layers: [layer('two')] }));
    const text = 'policies: [{ repositories: ["**"], orderBy: created, keepTags: [{ keepLast: 1 }] }]';
    const retention = { policies: readPolicies('p.yml', text), keepDigests: new Set<never>(), trustTimes: true };
    const database = newIndex();
    await scanned(made.root, database, { retention });
    const config = blobData(one.config.digest);
    for (const change of [
      (): void => made.write(config, 'gone bad'),
      (): void => rmSync(made.path(config)),
      (): void => void made.putBlob(one.config.bytes),
      (): void => made.push('app', '3.0', image({ name: 'three', layers: [layer('three')] })),
    ]) {
      change();
      expect(await scanned(made.root, database, { retention })).toEqual(
        await scanned(made.root, newIndex(), { retention }),
      );
    }
  });
});

function bound(tree: Tree): { readonly root: string; readonly path: (relative: string) => string } {
  return { root: tree.root, path: (relative) => tree.path(relative) };
}

describe('a rescan finds what a full scan finds', () => {
  let whole: string;
  beforeAll(async () => {
    whole = newIndex();
    await scanned(await copyFixture(), whole);
  });

  // The others damage what is read each time.
  const ofDocuments = DAMAGES.filter(({ name }) => /manifest|blob/.test(name));
  it.each(ofDocuments.map((one) => [one.name, one] as const))('after %s', async (_, { inflict }) => {
    const root = await copyFixture();
    const database = newIndex();
    copyFileSync(whole, database);
    inflict(root);
    expect(await scanned(root, database)).toEqual(await scanned(root, newIndex()));
  });

  const base = layer('base');
  const named = (name: string): Pushable => image({ name, layers: [base, layer(name)] });
  const first = named('first');
  const second = named('second');
  const pushable: readonly Pushable[] = [
    first,
    second,
    named('third'),
    index([{ manifest: first }, { manifest: second }]),
    cosignSignature(first),
    index([{ manifest: second }], { subject: first }),
  ];
  const repository = fc.constantFrom('app', 'team/api');
  const what = fc.nat(pushable.length - 1).map((place) => pushable[place] ?? first);
  const tag = fc.constantFrom('1.0', 'latest');
  const changes = fc.oneof(
    fc.tuple(repository, fc.option(tag, { nil: undefined }), what).map(([where, name, one]) => (tree: Tree): void => {
      tree.push(where, name, one);
    }),
    fc.tuple(repository, tag).map(([where, name]) => (tree: Tree): void => {
      rmSync(tree.path(tagFolder(where, name)), { recursive: true, force: true });
    }),
    fc.tuple(repository, what).map(([where, one]) => (tree: Tree): void => {
      rmSync(tree.path(revisionFolder(where, one.digest)), { recursive: true, force: true });
    }),
    what.map((one) => (tree: Tree): void => {
      rmSync(tree.path(blobData(one.digest)), { force: true });
    }),
    fc.tuple(what, fc.boolean()).map(([one, isCut]) => (tree: Tree): void => {
      tree.write(blobData(one.digest), isCut ? one.bytes.subarray(0, 40) : one.bytes);
    }),
  );

  it('after any changes, whatever is young', { timeout: 120_000 }, async () => {
    const steps = fc.array(fc.array(changes, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(0, 1e9), async (all, minAge) => {
        const tree = new Tree(join(temporaryFolder('rescan'), 'registry'));
        tree.push('app', '1.0', first);
        const database = newIndex();
        await scanned(tree.root, database, { minAge });
        for (const step of all) {
          for (const change of step) change(tree);
          const again = await scanned(tree.root, database, { minAge });
          expect(again).toEqual(await scanned(tree.root, newIndex(), { minAge }));
        }
      }),
      { numRuns: 20 },
    );
  });

  it.skipIf(!hasRealRegistry())('after what a registry does between the two', async () => {
    const root = temporaryFolder('rescan');
    const registry = await startRegistry(root);
    onTestFinished(registry.stop);
    const { client } = registry;
    const database = newIndex();
    const pushes = pushable.map((one, place) => () => client.push(place % 2 === 0 ? 'app' : 'team/api', 'latest', one));
    const deletions = [first, second].map(
      (one) => () => client.deleteManifest('app', one.digest).catch(() => undefined),
    );
    for (const change of [...pushes, ...deletions, ...pushes.slice(0, 2)]) {
      await change();
      expect(await scanned(root, database)).toEqual(await scanned(root, newIndex()));
    }
  });
});
