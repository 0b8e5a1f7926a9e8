/** A plan that was made yesterday and is carried out today: only what the volume still says. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tagCurrentLink } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { APPLY, APPLY_FILE, codesOf, OperatedVolume, operatedVolume } from '../support/operated-volume.ts';
import { changedPaths } from '../support/snapshot.ts';
import { writeSweepTree } from '../support/sweep-tree.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Writes the plan of a volume beside it. */
async function planOf(volume: OperatedVolume, ...options: readonly string[]): Promise<string> {
  const file = join(temporaryFolder('plan'), 'plan.ndjson');
  const { status, stderr } = await volume.run('plan', '--min-age', '0', ...options, '-o', file);
  expect(status, stderr).toBe(0);
  return file;
}

/** `cp -a` keeps all times, as a snapshot of a volume does. */
function copyOf(volume: OperatedVolume): OperatedVolume {
  const root = join(temporaryFolder('copy'), 'elsewhere');
  execFileSync('cp', ['-a', volume.root, root]);
  return new OperatedVolume(root);
}

type Line = Record<string, unknown>;

/** The plan with other lines, and an end that fits them. */
function withLines(file: string, change: (lines: readonly Line[]) => readonly Line[]): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1);
  const [header = {}, ...actions] = lines.map((line) => JSON.parse(line) as Line);
  const changed = change(actions);
  const text = [header, ...changed].map((line) => `${JSON.stringify(line)}\n`).join('');
  const sum = (of: string): number => changed.reduce((total, line) => total + Number(line[of]), 0);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const end = { end: true, actions: changed.length, bytes: sum('bytes'), diskBytes: sum('diskBytes'), sha256 };
  const crafted = join(temporaryFolder('crafted'), 'plan.ndjson');
  writeFileSync(crafted, `${text}${JSON.stringify(end)}\n`);
  return crafted;
}

describe('a plan of a copy', () => {
  it('is carried out on the volume itself, wherever that is mounted, to the last action', async () => {
    const volume = operatedVolume();
    const file = await planOf(copyOf(volume), '--untagged');
    const result = await volume.json('sweep', '--plan', file, ...APPLY);
    expect(result).toMatchObject({ status: 0, mode: 'untagged', minAgeSeconds: 0, notInPlan: [], refusals: [] });
    const { plan } = await volume.json('sweep', '--untagged', '--min-age', '0');
    expect(plan.actions).toBe(0);
  });

  it('names no more than was planned: what became garbage since stays', async () => {
    const volume = operatedVolume();
    const file = await planOf(volume);
    const late = volume.tree().putBlob(Buffer.from('garbage of today'));
    await volume.json('sweep', '--plan', file, ...APPLY);
    expect(existsSync(volume.tree().path(`blobs/sha256/${late.slice(7, 9)}/${late.slice(7)}/data`))).toBe(true);
  });
});

describe('what happened since the plan was made', () => {
  it('a planned blob that a new manifest names stays, with its link, and is told', async () => {
    const volume = operatedVolume();
    const file = await planOf(volume);
    const pushed = image({ name: 'pushed', layers: [layer('left over'), layer('deleted')] });
    volume.tree().push('team/new', 'v1', pushed);
    const before = volume.layout();
    const { status, done, notInPlan } = await volume.json('sweep', '--plan', file, ...APPLY);
    expect(status).toBe(0);
    expect(done?.actions).toBeGreaterThan(5);
    for (const { digest } of pushed.layers) {
      expect(notInPlan).toContainEqual(
        expect.objectContaining({ kind: 'blob', path: expect.stringContaining(digest.slice(7)) as unknown }),
      );
      expect(
        volume.changedSince(before).filter((path) => /^blobs/.test(path) && path.includes(digest.slice(7))),
      ).toEqual([]);
    }
    expect(volume.changedSince(before).filter((path) => path.startsWith('repositories/team/new'))).toEqual([]);
  });

  it('a tag that moved back keeps what it names now', async () => {
    const volume = operatedVolume();
    const file = await planOf(volume, '--untagged');
    const tags = readFileSync(file, 'utf8').split('\n');
    const planned = tags
      .filter((line) => line.includes('"kind":"revision"'))
      .map((line) => JSON.parse(line) as { digest: string });
    const [moved] = planned;
    volume.tree().write(tagCurrentLink('team/app', 'latest'), moved?.digest ?? '');
    const before = volume.layout();
    const { status, notInPlan } = await volume.json('sweep', '--plan', file, ...APPLY);
    expect(status).toBe(0);
    const kept = moved?.digest.slice(7) ?? '';
    expect(notInPlan.map(({ path }) => path)).toEqual(expect.arrayContaining([expect.stringContaining(kept)]));
    expect(volume.changedSince(before).filter((path) => path.includes(kept))).toEqual([]);
    const left = await volume.json('sweep', '--untagged', '--min-age', '0');
    expect(left.status).toBe(0);
    const report = await volume.json('report');
    expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('what is gone already is no error', async () => {
    const volume = operatedVolume();
    const file = await planOf(volume);
    await volume.carriedOut('rm', 'left/over');
    const { status, done, notInPlan } = await volume.json('sweep', '--plan', file, ...APPLY);
    expect(status).toBe(0);
    expect(done?.failed).toEqual([]);
    expect(notInPlan.length).toBeGreaterThan(0);
  });
});

describe('a plan that was made with --min-age 0', () => {
  it('does not turn off that the volume has to be quiet: only who sweeps can', async () => {
    const volume = operatedVolume();
    const file = await planOf(volume);
    volume.tree().putBlob(Buffer.from('just pushed'));
    volume.tree().write('repositories/team/app/_manifests/tags/latest/current/link', 'sha256:');
    const before = volume.everything();
    const refused = await volume.json('sweep', '--plan', file, ...APPLY_FILE);
    expect({ status: refused.status, codes: codesOf(refused) }).toEqual({ status: 4, codes: ['not-quiet'] });
    expect(changedPaths(before, volume.everything())).toEqual([]);
    expect(await volume.json('sweep', '--plan', file, ...APPLY)).toMatchObject({ status: 0, refusals: [] });
  });

  it('is carried out whole on a quiet volume, without a word about age', async () => {
    const volume = operatedVolume();
    const file = await planOf(volume);
    const result = await volume.json('sweep', '--plan', file, ...APPLY_FILE);
    expect(result).toMatchObject({ status: 0, minAgeSeconds: 0, notInPlan: [], done: { actions: 21 } });
  });
});

describe('a plan that is refused, with nothing changed', () => {
  let volume: OperatedVolume;
  let file: string;
  beforeAll(async () => {
    volume = operatedVolume();
    file = await planOf(volume);
  });

  const written = (text: string): string => {
    const path = join(temporaryFolder('other'), 'plan.ndjson');
    writeFileSync(path, text);
    return path;
  };
  const other = (): string => {
    const root = join(temporaryFolder('stranger'), 'registry');
    mkdirSync(root);
    new OperatedVolume(root).tree().push('other', 'v1', image({ name: 'other', layers: [layer('other')] }));
    return root;
  };

  it.each([
    ['edited', (text: string) => text.replace('"diskBytes":', '"diskBytes": ')],
    ['cut in the middle of a line', (text: string) => text.slice(0, text.length / 2)],
    ['without its last line', (text: string) => text.trimEnd().split('\n').slice(0, -1).join('\n') + '\n'],
    ['with an action taken out', (text: string) => text.split('\n').toSpliced(3, 1).join('\n')],
    ['of another version', (text: string) => text.replace('regsweep.plan/1', 'regsweep.plan/2')],
    ['that is empty', () => ''],
    ['that is no plan', () => 'sha256:\n'],
  ])('one %s', async (_what, change) => {
    const before = volume.everything();
    const { status, stdout, stderr } = await volume.run(
      'sweep',
      '--plan',
      written(change(readFileSync(file, 'utf8'))),
      ...APPLY,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('one of another registry', async () => {
    const foreign = await planOf(new OperatedVolume(other()));
    const before = volume.everything();
    const { status, stderr } = await volume.run('sweep', '--plan', foreign, ...APPLY);
    expect(status).toBe(2);
    expect(stderr).toContain('another registry');
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it.each([['--untagged'], ['--repo=team/**'], ['--min-age=2h'], ['--uploads-older-than=1h']])(
    'one beside %s',
    async (option) => {
      const before = volume.everything();
      const { status, stderr } = await volume.run('sweep', '--plan', file, option, ...APPLY_FILE);
      expect(status).toBe(2);
      expect(stderr).toContain('--plan');
      expect(changedPaths(before, volume.everything())).toEqual([]);
    },
  );

  it('one that is not there', async () => {
    expect(await volume.run('sweep', '--plan', '/nonexistent/plan')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('crafted paths', () => {
  it('are skipped and told, and what they point at survives', async () => {
    const folder = temporaryFolder('crafted');
    const root = join(folder, 'registry');
    writeSweepTree(root);
    const volume = new OperatedVolume(root);
    const outside = [join(folder, 'canary/data'), join(root, 'canary/data'), join(root, 'docker/registry/canary/data')];
    for (const path of outside) {
      mkdirSync(join(path, '..'));
      writeFileSync(path, 'canary');
    }
    const paths = [
      '../canary',
      '../../canary',
      '../../../canary',
      '../../../../canary',
      join(folder, 'canary'),
      'blobs/../../canary',
      'blobs',
      '.',
      'repositories/team/app',
      'repositories/team/app/_manifests',
      'repositories/team/app/../../../canary',
      'repositories/team/app/_layers/sha256/../../../../../canary',
    ];
    const plan = withLines(await planOf(volume), (actions) => [
      ...actions,
      ...['blob', 'upload', 'empty-directory'].flatMap((kind) => {
        const like = actions.find((action) => action['kind'] === kind) ?? {};
        return paths.map((path) => ({ ...like, path, bytes: 0, diskBytes: 0 }));
      }),
    ]);
    const planned = (await volume.json('sweep', '--min-age', '0')).plan.actions;
    const { status, done, notInPlan } = await volume.json('sweep', '--plan', plan, ...APPLY);
    expect(status).toBe(0);
    expect(done).toMatchObject({ actions: planned, failed: [] });
    expect(notInPlan.map(({ path }) => path).toSorted()).toEqual([...paths, ...paths, ...paths].toSorted());
    for (const path of outside) expect(readFileSync(path, 'utf8')).toBe('canary');
  });
});
