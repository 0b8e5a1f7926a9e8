/** `--target-free`. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlanLines, splitLines } from '../../src/gc/plan-file.ts';
import { layer } from '../support/content.ts';
import { cosignSignature, cosignTag, image, type Pushable } from '../support/images.ts';
import { APPLY, APPLY_FILE, OperatedVolume } from '../support/operated-volume.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { brokenThings, lostBetween, wholeOf } from '../support/whole.ts';

const BASE = layer('base', 9000);
const build = (name: string): Pushable => image({ name, layers: [BASE, layer(name, 100_000)] });
const SIGNED = build('v1');
const SIGNATURE = cosignTag(SIGNED.digest);

/** `app` has six releases, the first of them signed, and `other` one, a day between them; and an orphaned layer. */
function targetVolume(): OperatedVolume {
  const root = join(temporaryFolder('target'), 'registry');
  const tree = createTree(root);
  tree.push('app', 'v1', SIGNED);
  for (let at = 2; at <= 6; at++) tree.push('app', `v${at}`, build(`v${at}`));
  tree.push('app', SIGNATURE, cosignSignature(SIGNED));
  tree.push('other', 'only', build('other'));
  tree.linkLayer('other', tree.putBlob(layer('orphan', 50_000).bytes));
  tree.age(24 * 60);
  for (let at = 1; at <= 6; at++) tree.pushedAt('app', `v${at}`, 40 - at);
  return new OperatedVolume(root);
}

describe('a sweep with --target-free', () => {
  it('takes no more than it needs, and leaves every other tag whole', async () => {
    const volume = targetVolume();
    const before = wholeOf(volume.root);
    const options = ['--keep-last', '1', '--target-free', '250K'];
    const dry = await volume.json('sweep', ...options, '--min-age', '0');
    expect(dry).toMatchObject({ status: 0, target: { diskBytes: 250_000, reached: true, images: 2, candidates: 5 } });
    expect(dry.target?.freedDiskBytes).toBe(dry.plan.total.diskBytes);
    expect((await volume.json('report', ...options, '--min-age', '0')).target).toEqual(dry.target);
    const done = await volume.carriedOut('sweep', ...options);
    expect(done.diskBytes).toBe(dry.plan.total.diskBytes);
    expect(lostBetween(before, wholeOf(volume.root), ['app:v1', 'app:v2', `app:${SIGNATURE}`])).toEqual([]);
    expect(brokenThings(volume.root)).toEqual([]);
  });

  it('ends with 5 where the policy does not let enough go, having taken what it lets', async () => {
    const volume = targetVolume();
    const before = wholeOf(volume.root);
    const options = ['--keep-last', '4', '--target-free', '2M'];
    const result = await volume.json('sweep', ...options, ...APPLY);
    expect(result).toMatchObject({ status: 5, target: { reached: false, images: 2, candidates: 2 } });
    expect(result.target?.freedDiskBytes).toBe(result.done?.diskBytes);
    expect(lostBetween(before, wholeOf(volume.root), ['app:v1', 'app:v2', `app:${SIGNATURE}`])).toEqual([]);
    expect(brokenThings(volume.root)).toEqual([]);
  });

  it('takes nothing but garbage where no image may go, and says what would', async () => {
    const volume = targetVolume();
    const before = wholeOf(volume.root);
    const { status, stdout } = await volume.run('sweep', '--target-free', '1M', ...APPLY);
    expect(status).toBe(5);
    expect(stdout).toMatch(/Target {2}1 MB on disk: not reached/);
    expect(stdout).toContain('--keep-last 1');
    expect(lostBetween(before, wholeOf(volume.root))).toEqual([]);
  });
});

describe('a plan with --target-free', () => {
  const options = ['--keep-last', '1', '--target-free', '250K', '--min-age', '0'] as const;

  it('is what report counts; its file says what it wants, and is carried out to the last action', async () => {
    const volume = targetVolume();
    const path = join(temporaryFolder('plan'), 'plan.ndjson');
    expect((await volume.run('plan', ...options, '-o', path)).status).toBe(0);
    const { stdout } = await volume.run('plan', ...options);
    const plan = readPlanLines(splitLines([Buffer.from(stdout)]));
    expect(plan.header.options).toMatchObject({ targetFreeDiskBytes: 250_000 });
    const tags = [...plan.actions].filter(({ kind }) => kind === 'tag').map(({ tag }) => tag);
    expect(tags.sort()).toEqual([SIGNATURE, 'v1', 'v2'].sort());
    const result = await volume.json('sweep', '--plan', path, ...APPLY_FILE);
    expect(result).toMatchObject({ status: 0, notInPlan: [], target: { reached: true, images: null } });
    expect(brokenThings(volume.root)).toEqual([]);
  });

  it('takes only what its file names and the policy still lets go, and misses its target rather than take more', async () => {
    const volume = targetVolume();
    const before = wholeOf(volume.root);
    const path = join(temporaryFolder('plan'), 'plan.ndjson');
    await volume.run('plan', ...options, '-o', path);
    // v1 is the newest now, and v6 may go: but the file does not name it.
    volume.tree().pushedAt('app', 'v1', 0);
    const result = await volume.json('sweep', '--plan', path, ...APPLY);
    expect(result).toMatchObject({ status: 5, target: { reached: false } });
    expect(lostBetween(before, wholeOf(volume.root), ['app:v2'])).toEqual([]);
  });

  it('cannot be carried out with another target', async () => {
    const volume = targetVolume();
    const path = join(temporaryFolder('plan'), 'plan.ndjson');
    await volume.run('plan', ...options, '-o', path);
    const { status, stderr } = await volume.run('sweep', '--plan', path, '--target-free', '1K');
    expect(status).toBe(2);
    expect(stderr).toContain('--target-free');
  });
});

describe('a report with --target-free', () => {
  it('says of an image that stays that it was not needed, and ends with 5 where the target is not reached', async () => {
    const volume = targetVolume();
    const options = ['--keep-last', '1', '--explain', '--target-free'];
    const { retention } = await volume.json('report', ...options, '250K');
    const app = retention?.find(({ repository }) => repository === 'app');
    expect(app?.tags.map(({ tag, kept }) => (kept ? tag : ''))).toEqual(['v6', 'v5', 'v4', 'v3', '', '', '']);
    expect(app?.tags[1]?.reasons).toEqual(['not needed for the target']);
    expect((await volume.run('report', ...options, '250K')).status).toBe(0);
    const { status, stdout } = await volume.run('report', ...options, '1T');
    expect(status).toBe(5);
    expect(stdout).toContain('5 of the 5 images that may go');
    expect(stdout).not.toContain('rank');
  });

  it('needs bytes on disk, which an index has only of what could go when it was scanned', async () => {
    const volume = targetVolume();
    await volume.run('scan');
    const refused = await volume.run('report', '--no-scan', '--keep-last', '1', '--target-free', '250K');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('--no-scan');
    await volume.run('scan', '--disk-usage');
    expect((await volume.run('report', '--no-scan', '--keep-last', '1', '--target-free', '250K')).status).toBe(0);
  });

  it('does not say what rules cost: what is not needed stays, too', async () => {
    const volume = targetVolume();
    expect((await volume.json('report', '--keep-last', '1')).policy?.rules).toHaveLength(2);
    expect((await volume.json('report', '--keep-last', '1', '--target-free', '250K')).policy?.rules).toEqual([]);
  });

  it('cannot stand beside --compare', async () => {
    const { status, stderr } = await targetVolume().run(
      'report',
      '--keep-last',
      '1',
      '--target-free',
      '1G',
      '--compare',
      'b',
    );
    expect(status).toBe(2);
    expect(stderr).toContain('--target-free');
  });

  it('refuses what is no size', async () => {
    const { status, stderr } = await targetVolume().run('report', '--target-free', '200g');
    expect(status).toBe(2);
    expect(stderr).toContain('--target-free: "200g" is not a size');
  });

  it('refuses to take the oldest images where a copy has flattened their times, whatever the policy', async () => {
    const root = join(temporaryFolder('flat'), 'registry');
    const tree = createTree(root);
    for (let at = 1; at <= 12; at++) tree.push('flat/app', `v${at}`, build(`flat ${at}`));
    tree.age(48);
    const volume = new OperatedVolume(root);
    const options = ['--keep-tag', 'v1', '--target-free', '250K'];
    const refused = await volume.run('report', ...options);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('flat/app');
    expect((await volume.run('report', ...options, '--trust-times')).status).toBe(0);
  });
});
