/** The library says what the command line says, for it is what that goes through; and it changes nothing. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError, mark, openRegistry, plan, retentionOf, scan, type StatedPolicy } from '../src/index.ts';
import { runProgram } from '../src/cli/run-program.ts';
import type { Report } from '../src/report/model.ts';
import { layer } from './support/content.ts';
import { image } from './support/images.ts';
import { memoryContext } from './support/memory-stream.ts';
import { APPLY, operatedVolume, type OperatedVolume } from './support/operated-volume.ts';
import { policyFile, releases } from './support/released-volume.ts';
import { temporaryFolder } from './support/temporary.ts';

/** Whatever is said of ages is said as at this time. */
const NOW = Date.now();
const WEEK = 7 * 24 * 3600;

/** What a command prints of a volume at `NOW`, with an index of its own. */
async function printed(volume: OperatedVolume, command: string, ...argv: readonly string[]): Promise<string> {
  const context = { ...memoryContext(), now: () => NOW };
  const database = join(temporaryFolder('index'), 'index.sqlite');
  const status = await runProgram([command, volume.root, '--db', database, ...argv], context);
  expect(status, context.stderr.text).toBe(0);
  return context.stdout.text;
}

const STATED = { keepDigests: [], trustTimes: false } as const;

function fileOf(path: string): StatedPolicy {
  return { ...STATED, file: { name: path, text: readFileSync(path, 'utf8') } };
}

describe('a plan of the library', () => {
  test.each(['revisions', 'untagged'] as const)('by %s has the lines that regsweep plan writes', async (mode) => {
    const volume = operatedVolume();
    const options = mode === 'untagged' ? ['--untagged'] : [];
    const written = await printed(volume, 'plan', '--min-age', '0', ...options);
    const inventory = await scan(await openRegistry(volume.root), { minAgeSeconds: 0 }, { now: NOW });
    const { lines } = plan(mark(inventory), { mode, uploadsOlderThanSeconds: WEEK });
    expect([...lines()].join('')).toBe(written);
    expect(written.split('\n').length).toBeGreaterThan(10);
  });

  test('by a policy has them too, and the words of the policy', async () => {
    const volume = releases();
    const path = policyFile('policy.yml', 'app', 2);
    const written = await printed(volume, 'plan', '--policy', path, '--repo', '!other');
    const retention = retentionOf(fileOf(path));
    const repositories = ['!other'];
    const inventory = await scan(await openRegistry(volume.root), { retention, repositories }, { now: NOW });
    const planned = plan(mark(inventory, { retention, repositories }), { uploadsOlderThanSeconds: WEEK });
    expect(planned.mode).toBe('policy');
    expect([...planned.lines()].join('')).toBe(written);
    expect(planned.totals.tags.count).toBe(2);
  });

  test('within a target has them too', async () => {
    const volume = releases();
    const options = ['--keep-last', '1', '--target-free', '20K'];
    const written = await printed(volume, 'plan', ...options);
    const retention = retentionOf({ ...STATED, rules: { keepLast: 1 } });
    const target = { mode: 'policy', diskBytes: 20_000, uploadsOlderThanSeconds: WEEK } as const;
    const inventory = await scan(await openRegistry(volume.root), { retention, target }, { now: NOW });
    const planned = plan(mark(inventory, { retention, target }), { uploadsOlderThanSeconds: WEEK });
    expect([...planned.lines()].join('')).toBe(written);
  });

  test('has the figures of regsweep report', async () => {
    const volume = operatedVolume();
    const report = JSON.parse(await printed(volume, 'report', '--min-age', '0', '--json')) as Report;
    const inventory = await scan(await openRegistry(volume.root), { minAgeSeconds: 0 }, { now: NOW });
    const { amounts, totals } = plan(mark(inventory), { uploadsOlderThanSeconds: WEEK });
    const { referenced, unreferenced, held, reclaimable } = report;
    expect(amounts).toEqual({ referenced, unreferenced, held });
    const { bytes, diskBytes, inodes } = totals.total;
    expect({ bytes, diskBytes, inodes }).toEqual(reclaimable.total);
    const rows = report.repositories.map(({ name }) => name).filter((name) => name !== '(no repository)');
    expect(inventory.repositories.map(({ name }) => name)).toEqual(rows);
  });

  test('is one that a sweep carries out, to the last action', async () => {
    const volume = operatedVolume();
    const inventory = await scan(await openRegistry(volume.root), { minAgeSeconds: 0 });
    const { lines, actions } = plan(mark(inventory), { mode: 'untagged' });
    const file = join(temporaryFolder('plan'), 'plan.ndjson');
    writeFileSync(file, [...lines()].join(''));
    const swept = await volume.json('sweep', '--plan', file, ...APPLY);
    const planned = [...actions()].length;
    expect(swept).toMatchObject({ status: 0, notInPlan: [], refusals: [], done: { actions: planned, left: 0 } });
    expect(planned).toBeGreaterThan(10);
  });

  test('is of a mode that was marked', async () => {
    const { root } = operatedVolume();
    const marked = mark(await scan(await openRegistry(root)));
    expect(plan(marked).mode).toBe('revisions');
    expect(() => plan(marked, { mode: 'policy' })).toThrow(AppError);
  });

  test('of a policy that has no words has no lines, for nobody could make it again', async () => {
    const { root } = releases();
    const { stated, ...retention } = retentionOf({ ...STATED, rules: { keepLast: 1 } });
    expect(stated).toBeDefined();
    const inventory = await scan(await openRegistry(root), { retention });
    const { lines, totals } = plan(mark(inventory, { retention }));
    expect(totals.tags.count).toBe(6);
    expect(lines).toThrow(/this one has no words/);
  });
});

describe('an inventory', () => {
  test('cannot be asked for a longer age than it was scanned with', async () => {
    const inventory = await scan(await openRegistry(operatedVolume().root), { minAgeSeconds: 60 });
    expect(inventory.minAgeSeconds).toBe(60);
    expect(() => mark(inventory, { minAgeSeconds: 61 })).toThrow(/longer than the 60 s/);
    mark(inventory, { minAgeSeconds: 30 });
  });

  test('that was not scanned for a policy tells so where its plan is to be written', async () => {
    const inventory = await scan(await openRegistry(releases().root));
    const retention = retentionOf({ ...STATED, rules: { keepLast: 1 } });
    const { lines } = plan(mark(inventory, { retention }));
    expect(lines).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('holds what is younger than an hour, unless it was told another age', async () => {
    const volume = operatedVolume();
    volume.tree().putBlob(Buffer.from('garbage of just now'));
    const inventory = await scan(await openRegistry(volume.root));
    const held = plan(mark(inventory));
    expect(held.amounts.held.young.blobs).toBe(1);
    const all = plan(mark(inventory, { minAgeSeconds: 0 }));
    expect(all.amounts.held.young.blobs).toBe(0);
    expect(all.totals.blobs.count).toBe(held.totals.blobs.count + 1);
  });

  test('tells no ages from before it was scanned: it has not read what would be young then', async () => {
    const volume = operatedVolume();
    volume.tree().push('app', undefined, image({ name: 'left over', layers: [layer('left over')] }));
    rmSync(volume.tree().path('repositories/app/_manifests/revisions'), { recursive: true });
    volume.tree().age(3);
    const inventory = await scan(await openRegistry(volume.root));
    const goes = [...plan(mark(inventory)).actions()];
    const now = inventory.scannedAt - 2.5 * 3_600_000;
    expect([...plan(mark(inventory, { now })).actions()]).toEqual(goes);
    expect(goes.length).toBeGreaterThan(3);
  });

  test('is left early once the signal is set, and tells how far it is meanwhile', async () => {
    const registry = await openRegistry(operatedVolume().root);
    const stages: string[] = [];
    const progress = {
      start: (stage: string) => void stages.push(stage),
      update: () => undefined,
      stop: () => undefined,
    };
    await scan(registry, {}, { progress });
    expect(stages).not.toEqual([]);
    await expect(scan(registry, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('what nobody means', () => {
  /** What a program has come to by a slip, and not a person by an option. */
  const usage = expect.objectContaining({ name: 'AppError', code: 'usage' }) as unknown;

  test('is no age, no time and no target: a plan would take what is pushed just now, or have no end', async () => {
    const registry = await openRegistry(operatedVolume().root);
    for (const minAgeSeconds of [-1, NaN, Infinity, '3600' as unknown as number]) {
      await expect(scan(registry, { minAgeSeconds })).rejects.toEqual(usage);
    }
    await expect(scan(registry, {}, { now: NaN })).rejects.toEqual(usage);
    const inventory = await scan(registry);
    expect(() => mark(inventory, { minAgeSeconds: -1 })).toThrow(usage);
    expect(() => mark(inventory, { now: NaN })).toThrow(usage);
    const target = { mode: 'untagged', diskBytes: NaN, uploadsOlderThanSeconds: undefined } as const;
    expect(() => mark(inventory, { target })).toThrow(usage);
    expect(() => plan(mark(inventory), { uploadsOlderThanSeconds: -1 })).toThrow(usage);
    expect(() => plan(mark(inventory), { now: NaN })).toThrow(usage);
  });

  test('is a scan that asks for nothing at a time, and would never end', async () => {
    const registry = await openRegistry(operatedVolume().root);
    for (const pace of [{ maxIops: 0 }, { maxIops: 0.5 }, { concurrency: 0 }, { concurrency: NaN }]) {
      await expect(scan(registry, {}, { pace })).rejects.toEqual(usage);
    }
  });

  test('is a list of no repositories: all would be meant', async () => {
    const registry = await openRegistry(operatedVolume().root);
    await expect(scan(registry, { repositories: [] })).rejects.toEqual(usage);
    const inventory = await scan(registry);
    expect(() => mark(inventory, { repositories: [] })).toThrow(usage);
  });

  test('is a plan that is not held to the target that was given', async () => {
    const inventory = await scan(await openRegistry(releases().root), { diskUsage: true, minAgeSeconds: 0 });
    const target = { mode: 'untagged', diskBytes: 1, uploadsOlderThanSeconds: undefined } as const;
    const marked = mark(inventory, { target });
    expect(plan(marked).mode).toBe('untagged');
    expect(() => plan(marked, { mode: 'revisions' })).toThrow(usage);
    expect(() => mark(inventory, { target: { ...target, mode: 'policy' } })).toThrow(usage);
  });
});

describe('whoever uses it', () => {
  test('is told what is no registry', async () => {
    await expect(openRegistry('/nowhere')).rejects.toMatchObject({ name: 'AppError', code: 'not-a-registry' });
    await expect(openRegistry(temporaryFolder('empty'))).rejects.toThrow(AppError);
  });

  test('names a config file, and only the variables that he gives go over it', async () => {
    const { root } = operatedVolume();
    const folder = temporaryFolder('config');
    const config = join(folder, 'config.yml');
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(config, `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${elsewhere}\n`);
    await expect(openRegistry(config)).rejects.toMatchObject({ code: 'not-a-registry' });
    const environment = { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: root };
    expect((await openRegistry(config, environment)).root).toBe(root);
  });

  test('finds nothing changed and nothing written', async () => {
    const volume = operatedVolume();
    const before = volume.everything();
    const inventory = await scan(await openRegistry(volume.root), { minAgeSeconds: 0, diskUsage: true });
    for (const mode of ['revisions', 'untagged'] as const)
      expect([...plan(mark(inventory), { mode }).lines()]).not.toEqual([]);
    expect(volume.everything()).toEqual(before);
  });
});
