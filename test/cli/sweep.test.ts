/** `regsweep sweep`: what it says and does, and when it will not. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlanLines, splitLines } from '../../src/gc/plan-file.ts';
import { digestOf } from '../../src/layout/digest.ts';
import { layerLink, revisionLink, tagIndexEntryLink } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { APPLY, STOPPED, codesOf, operatedVolume, type OperatedVolume } from '../support/operated-volume.ts';
import { changedPaths } from '../support/snapshot.ts';

describe('a dry run', () => {
  it('changes nothing, not even a time, leaves nothing behind and ends with 0', async () => {
    const volume = operatedVolume();
    const before = volume.everything();
    const { status, ...result } = await volume.json('sweep');
    expect(changedPaths(before, volume.everything())).toEqual([]);
    expect(status).toBe(0);
    expect(result).toEqual({
      schema: 'regsweep.sweep/1',
      generatedAt: expect.stringMatching(/Z$/) as unknown,
      registry: { root: volume.root, scannedAt: expect.stringMatching(/Z$/) as unknown, layoutVersion: 'v2' },
      mode: 'revisions',
      minAgeSeconds: 3600,
      plan: expect.objectContaining({ actions: 21 }) as unknown,
      refusals: [],
      warnings: [],
      notes: [],
      notInPlan: [],
      trash: { runs: 0, bytes: 0, diskBytes: 0 },
      done: null,
    });
  });

  it.each([[[]], [['--untagged']], [['--repo', 'left/**']]])(
    'counts what the report and the plan do: %s',
    async (options) => {
      const volume = operatedVolume();
      const { plan } = await volume.json('sweep', ...options);
      const { actions, ...counted } = plan;
      const report = await volume.json('report', ...options);
      expect(report.reclaimable).toEqual(counted);
      const file = await volume.run('plan', ...options);
      const lines = [...readPlanLines(splitLines([Buffer.from(file.stdout)])).actions];
      expect(lines).toHaveLength(actions);
      expect(lines.reduce((sum, { diskBytes }) => sum + diskBytes, 0)).toBe(counted.total.diskBytes);
      expect(lines.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(counted.total.bytes);
    },
  );

  it('that would be refused says so, with all reasons, and ends with 4', async () => {
    const volume = operatedVolume();
    await volume.run('scan');
    makeDoubtful(volume);
    const before = volume.everything();
    const refused = await volume.json('sweep', '--untagged', '--max-delete-percent', '0');
    expect(refused.status).toBe(4);
    expect(codesOf(refused)).toEqual([
      'lost-repositories',
      'max-delete-percent',
      'metadata-elsewhere',
      'scan-incomplete',
      'tags-may-be-incomplete',
    ]);
    const table = await volume.run('sweep', '--untagged', '--max-delete-percent', '0');
    expect(table).toMatchObject({ status: 4 });
    for (const code of codesOf(refused)) expect(table.stdout).toContain(code);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });
});

/** A mount that is missing, a folder that cannot be read, a database and a cache: all at once. */
function makeDoubtful({ root }: OperatedVolume): void {
  const repositories = join(root, 'docker/registry/v2/repositories');
  rmSync(join(repositories, 'left'), { recursive: true });
  symlinkSync('loop', join(repositories, 'loop'));
  mkdirSync(join(root, 'docker/registry/lockfiles'));
  writeFileSync(join(root, 'docker/registry/lockfiles/database-in-use'), '');
  writeFileSync(join(root, 'scheduler-state.json'), '{}');
}

describe('a sweep that is refused changes nothing and leaves nothing behind', () => {
  it('without a proof', async () => {
    const volume = operatedVolume();
    const before = volume.everything();
    const refused = await volume.json('sweep', '--apply');
    expect(refused.status).toBe(4);
    expect(codesOf(refused)).toEqual(['proof-missing']);
    expect(refused.done).toBeNull();
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('on a volume that was written to a moment ago, for --registry-stopped alone', async () => {
    const volume = operatedVolume();
    volume.tree().putBlob(Buffer.from('just pushed'));
    volume.tree().write('repositories/team/app/_manifests/tags/latest/current/link', 'sha256:');
    const before = volume.everything();
    const refused = await volume.json('sweep', '--apply', '--registry-stopped');
    expect(refused.status).toBe(4);
    expect(codesOf(refused)).toEqual(['not-quiet']);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('with every doubt at once, and the missing proof among them', async () => {
    const volume = operatedVolume();
    await volume.run('scan');
    makeDoubtful(volume);
    const before = volume.everything();
    const refused = await volume.json('sweep', '--apply', '--max-delete-percent', '0');
    expect(refused.status).toBe(4);
    expect(codesOf(refused)).toEqual([
      'lost-repositories',
      'max-delete-percent',
      'metadata-elsewhere',
      'proof-missing',
      'scan-incomplete',
    ]);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('by a pull-through cache with --untagged, until --tags-are-complete', async () => {
    const volume = operatedVolume();
    writeFileSync(join(volume.root, 'scheduler-state.json'), '{}');
    const before = volume.everything();
    const refused = await volume.json('sweep', '--untagged', ...APPLY);
    expect(codesOf(refused)).toEqual(['tags-may-be-incomplete']);
    expect(changedPaths(before, volume.everything())).toEqual([]);
    expect(await volume.json('sweep')).toMatchObject({ status: 0, refusals: [] });
    expect(await volume.json('sweep', '--untagged', '--tags-are-complete', ...APPLY)).toMatchObject({ status: 0 });
  });
});

describe('the fuse', () => {
  it('holds a plan that takes a little more, and lets one pass that takes just so much', async () => {
    const volume = operatedVolume();
    const refused = await volume.json('sweep', '--max-delete-percent', '1');
    expect(refused.status).toBe(4);
    expect(codesOf(refused)).toEqual(['max-delete-percent']);
    const taken = /takes ([\d.]+)%/.exec(refused.refusals[0]?.message ?? '')?.[1] ?? '';
    expect(await volume.json('sweep', '--max-delete-percent', taken)).toMatchObject({ status: 0, refusals: [] });
  });
});

describe('a sweep that is carried out', () => {
  it('does what the dry run showed, and then nothing is left to do', async () => {
    const volume = operatedVolume();
    const { plan } = await volume.json('sweep', '--min-age', '0');
    const { status, done, ...rest } = await volume.json('sweep', ...APPLY);
    expect(status).toBe(0);
    expect(rest.plan).toEqual(plan);
    expect(done).toMatchObject({ actions: plan.actions, bytes: plan.total.bytes, diskBytes: plan.total.diskBytes });
    expect(done).toMatchObject({ inTrash: true, gone: 0, dropped: 0, left: 0, stopped: null });
    expect(done).toMatchObject({ skipped: [], failed: [], putBack: [] });
    const before = volume.everything();
    const again = await volume.json('sweep', ...APPLY);
    expect(again).toMatchObject({ refusals: [], status: 0, plan: { actions: 0 }, done: { run: null, actions: 0 } });
    expect(again.trash.runs).toBe(1);
    expect(changedPaths(before, volume.everything()).filter((path) => !path.startsWith('.regsweep'))).toEqual([]);
    expect((await volume.json('runs')).runs).toHaveLength(1);
  });
});

it.each([[[]], [['--untagged']]])(
  'what is linked by an algorithm that the registry refuses is no part of a plan, and the run can be taken back: %s',
  async (options) => {
    const volume = operatedVolume();
    const digest = digestOf('blake3', 'ab'.repeat(32));
    if (digest === undefined) throw new Error('no digest');
    const tree = volume.tree();
    tree.write(tagIndexEntryLink('team/app', 'latest', digest), digest);
    tree.write(layerLink('team/app', digest), digest);
    mkdirSync(tree.path(layerLink('left/over', digest)).replace(/\/[^/]+\/link$/, ''), { recursive: true });
    const before = volume.layout();
    const { run, skipped } = await volume.carriedOut('sweep', ...options);
    expect(skipped).toEqual([]);
    expect(await volume.json('restore', run, ...STOPPED)).toMatchObject({ status: 0, done: { failed: [] } });
    expect(volume.changedSince(before)).toEqual([]);
  },
);

it('what a sweep would leave is no part of its plan: links that are no files, folders with something strange in them', async () => {
  const volume = operatedVolume();
  const tree = volume.tree();
  const untagged = image({ layers: [layer('untagged')] });
  tree.push('left/over', undefined, untagged);
  const loose = tree.putBlob(Buffer.from('loose'));
  for (const link of [revisionLink('left/over', untagged.digest), layerLink('left/over', loose)]) {
    rmSync(tree.path(link), { force: true });
    mkdirSync(tree.path(link), { recursive: true });
  }
  tree.write('blobs/sha256/ab/.DS_Store', 'junk');
  const { skipped, dropped } = await volume.carriedOut('sweep', '--untagged');
  expect({ skipped, dropped }).toEqual({ skipped: [], dropped: 0 });
});
