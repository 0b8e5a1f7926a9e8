/** What was verified is remembered in the index, and by those that follow it. */
import Database from 'better-sqlite3';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { storeVerified } from '../../src/db/verified.ts';
import { queryIndex } from '../../src/db/query.ts';
import { blobData } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { createTree } from '../support/tree.ts';
import { at, victim, write } from '../support/damage-site.ts';
import { copyFixture } from '../support/fixture.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { ALL_DATA, verified } from '../support/verified.ts';

let root: string;
let database: string;

beforeEach(async () => {
  root = await copyFixture();
  database = join(temporaryFolder('index'), 'index.sqlite');
});

function verifiedAt(): ReadonlyMap<unknown, unknown> {
  const { rows } = queryIndex(database, 'SELECT digest, verified_at FROM named_blob WHERE verified_at IS NOT NULL');
  return new Map(rows.map(([digest, time]) => [digest, time]));
}

function storedBlobs(): number {
  return Number(queryIndex(database, 'SELECT count(*) FROM blob WHERE stored').rows[0]?.[0]);
}

const later = (ms: number) => ({ now: () => Date.now() + ms });

describe('times', () => {
  it('are in the index of the run, and survive a later scan', async () => {
    await verified(root, { data: ALL_DATA, database });
    const first = verifiedAt();
    expect(first.size).toBe(storedBlobs());
    await openedOf(root, { request: { database } });
    expect(verifiedAt()).toEqual(first);
    const reopened = await openedOf(root, { request: { database } });
    expect(reopened.verifiedAt?.filter((time) => !Number.isNaN(time))).toHaveLength(first.size);
  });

  it('go where a blob is not right any more, or was written to since', async () => {
    await verified(root, { data: ALL_DATA, database });
    const { layer: hit, config } = victim(root);
    writeFileSync(at(root, blobData(hit)), 'rotten');
    const future = new Date(Date.now() + 60_000);
    utimesSync(at(root, blobData(config)), future, future);
    await verified(root, { data: ALL_DATA, database });
    expect(verifiedAt().has(hit)).toBe(false);
    expect(verifiedAt().has(config)).toBe(true);
    await openedOf(root, { request: { database, diskUsage: true } });
    expect(verifiedAt().has(config)).toBe(false);
  });

  it('are forgotten by a scan that forgets', async () => {
    await verified(root, { data: ALL_DATA, database });
    await openedOf(root, { request: { database, full: true } });
    expect(verifiedAt().size).toBe(0);
  });

  it('come into whatever index is there by now, by digest, and into none of another registry', async () => {
    const opened = await openedOf(root, { request: { database } });
    const { digests } = opened.inventory;
    const { layer: hit } = victim(root);
    const id = digests.find(hit) ?? -1;
    // Other ids: somebody pushed and scanned meanwhile.
    write(root, blobData(`sha256:${'00'.repeat(32)}` as typeof hit), 'pushed');
    await openedOf(root, { request: { database } });
    storeVerified(database, { root: opened.inventory.root, digests, checked: new Map([[id, 1234]]) });
    expect(verifiedAt()).toEqual(new Map([[hit, 1234]]));
    storeVerified(database, { root: '/elsewhere', digests, checked: new Map([[id, 5678]]) });
    expect(verifiedAt()).toEqual(new Map([[hit, 1234]]));
    const whole = new Database(database, { readonly: true });
    expect(whole.pragma('integrity_check', { simple: true })).toBe('ok');
    whole.close();
  });
});

describe('runs', () => {
  it('that are cut short cover all, one after the other', async () => {
    let runs = 0;
    let never = Infinity;
    for (; never > 0 && runs < 30; runs++) {
      const data = { subset: { kind: 'percent', percent: 20 } } as const;
      const done = await verified(root, { data, database, ports: later(runs * 1000) });
      never = done.data?.neverVerified ?? Infinity;
    }
    expect(never).toBe(0);
    expect(runs).toBeGreaterThanOrEqual(4);
    expect(runs).toBeLessThanOrEqual(6);
  });

  it('that a signal ends keep what was done until then, and the next one goes on with the rest', async () => {
    const tree = createTree(join(temporaryFolder('many'), 'registry'));
    for (let n = 0; n < 100; n++) tree.push('app', `v${n}`, image({ name: `${n}`, layers: [layer(`many ${n}`)] }));
    const interrupt = new AbortController();
    let isHashing = false;
    let updates = 0;
    const progress = {
      start: (stage: string) => void (isHashing = stage === 'Hashing blobs'),
      // The first is told before anything is done.
      update: () => (isHashing && ++updates === 2 ? interrupt.abort() : undefined),
      stop: () => undefined,
    };
    const ports = { signal: interrupt.signal, progress };
    const { data } = await verified(tree.root, { data: ALL_DATA, database, ports });
    expect(data).toMatchObject({
      finished: false,
      selected: { blobs: 300 },
      hashed: { blobs: 128 },
      neverVerified: 172,
    });
    expect(verifiedAt().size).toBe(128);
    const next = await verified(tree.root, { data: { subset: { kind: 'percent', percent: 1 } }, database });
    expect(next.data?.neverVerified).toBeLessThan(172);
  });

  it('without data hash nothing but what has an odd size', async () => {
    await verified(root, { database });
    expect(verifiedAt().size).toBe(0);
    const { layer: hit } = victim(root);
    writeFileSync(at(root, blobData(hit)), '');
    const { bad } = await verified(root, { database });
    expect([...bad.values()]).toEqual([{ state: 'wrong', bytes: 0 }]);
  });
});
