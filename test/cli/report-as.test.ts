import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportAs } from '../../src/report/model-as.ts';
import { copyFixture } from '../support/fixture.ts';
import { snapshot } from '../support/snapshot.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

let root: string;
let cache: string;
beforeAll(async () => {
  root = await copyFixture();
  cache = temporaryFolder('cache');
});

async function reported(...words: readonly string[]): Promise<ReportAs> {
  const { status, stdout } = await runHere(['report', root, '--min-age', '0', '--json', ...words], cache);
  expect(status).toBe(0);
  return JSON.parse(stdout) as ReportAs;
}

describe('report --as', () => {
  it('tells for -m of 2.8 what goes, which tags break, and what a sweep of ours would keep', async () => {
    const before = snapshot(root, { times: true });
    const result = await reported('--as', 'distribution-2.8', '--untagged');
    expect(result).toMatchObject({
      schema: 'regsweep.report-as/1',
      as: 'distribution-2.8',
      deleteUntagged: true,
      ending: { kind: 'done', exitStatus: 0, message: null, path: null },
      certain: true,
      deletes: {
        revisions: { count: 11 },
        tagIndexEntries: { count: 4 },
        layerLinks: { count: 0 },
        blobs: { count: 31 },
      },
      damagedTagsThatLoseMore: 0,
      sweep: { mode: 'untagged', minAgeSeconds: 0 },
    });
    expect(result.deletions.blobs).toHaveLength(31);
    expect(result.brokenTags.map(({ repository, tag }) => `${repository}:${tag}`)).toEqual([
      'multi:2.0',
      'multi-docker:2.0',
    ]);
    expect(new Set(result.brokenTags[0]?.losses.map(({ kind }) => kind))).toEqual(
      new Set(['revision', 'config', 'layer']),
    );
    expect(result.sweep.onlyCollector.revisions.count).toBe(7);
    expect(result.sweep.onlySweep.layerLinks.count).toBeGreaterThan(0);
    expect(snapshot(root, { times: true })).toEqual(before);
  });

  it('tells where 3.x aborts, and that nothing goes', async () => {
    const result = await reported('--as', 'distribution-3');
    expect(result.ending).toMatchObject({ kind: 'abort', exitStatus: 1 });
    expect(result.ending.message).toContain('unrecognized manifest schema version 1');
    expect(result.ending.path).toMatch(/^docker\/registry\/v2\/blobs\/sha256\/.*\/data$/);
    expect(result.deletes.blobs).toEqual({ count: 0, bytes: 0, diskBytes: 0 });
    expect(result.marked).toBeNull();
  });

  it('is the same each time, but for when it was made', async () => {
    const [first, second] = [await reported('--as', 'distribution-2.8'), await reported('--as', 'distribution-2.8')];
    const timeless = (one: ReportAs): object => ({ ...one, generatedAt: '', registry: one.registry.root });
    expect(timeless(first)).toEqual(timeless(second));
  });

  it('shows a person the same, and warns of the tags', async () => {
    const { status, stdout, stderr } = await runHere(
      ['report', root, '--min-age', '0', '--as', 'distribution-2.8', '--untagged'],
      cache,
    );
    expect(status).toBe(0);
    expect(stdout).toContain('garbage-collect -m would delete');
    expect(stdout).toMatch(/multi:2\.0 +4 revisions, 4 configs, 4 layers/);
    expect(stdout).toContain('It would take what regsweep sweep --untagged --min-age 0 keeps');
    expect(stderr).toContain('garbage-collect would break 2 tags that are whole now');
  });

  it('shows where it fails', async () => {
    const broken = await copyFixture();
    rmSync(join(broken, 'docker/registry/v2/blobs'), { recursive: true });
    const { status, stdout } = await runHere(['report', broken, '--as', 'distribution-2.8'], cache);
    expect(status).toBe(0);
    expect(stdout).toContain('It would abort with exit status 1');
    expect(stdout.replace(/\s+/g, ' ')).toContain('Path not found: /docker/registry/v2/blobs');
    expect(stdout).toMatch(/Before that +nothing/);
  });

  it.each([
    [['--no-scan'], '--no-scan'],
    [['--keep-last', '3'], 'a policy'],
    [['--policy', 'policy.yml'], 'a policy'],
    [['--repo', 'team/*'], '--repo'],
    [['--target-free', '1G'], '--target-free'],
    [['--compare', 'other.yml'], '--compare'],
    [['--explain'], '--explain'],
    [['--format', 'csv'], '--format csv'],
  ])('does not go together with %j', async (words, named) => {
    const { status, stderr } = await runHere(['report', root, '--as', 'distribution-2.8', ...words], cache);
    expect(status).toBe(2);
    expect(stderr).toContain(`--as and ${named} do not go together`);
    expect(stderr).toContain('hint:');
  });
});
