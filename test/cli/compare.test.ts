/** `report --compare`. */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import type { OperatedVolume } from '../support/operated-volume.ts';
import { policyFile, releases } from '../support/released-volume.ts';
import { temporaryFile } from '../support/temporary.ts';

async function reportOf(volume: OperatedVolume, ...options: readonly string[]): Promise<Report> {
  const { stdout, stderr, status } = await volume.run('report', ...options, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Report;
}

describe('report --compare', () => {
  it('says of both what a report of each says, and on what they differ', async () => {
    const volume = releases();
    const [strict, lax] = [policyFile('strict.yml', '**', 1), policyFile('lax.yml', 'app', 2)];
    const compared = await reportOf(volume, '--policy', strict, '--compare', lax);
    const [one, other] = [await reportOf(volume, '--policy', strict), await reportOf(volume, '--policy', lax)];
    expect(compared.reclaimable).toEqual(one.reclaimable);
    expect(compared.comparison?.a).toEqual({
      name: strict,
      tags: { kept: 2, going: 6 },
      images: { kept: 2, going: 6 },
      reclaimable: one.reclaimable,
    });
    expect(compared.comparison?.b).toEqual({
      name: lax,
      tags: { kept: 6, going: 2 },
      images: { kept: 6, going: 2 },
      reclaimable: other.reclaimable,
    });
    const bytesOf = (report: Report, name: string): number | undefined =>
      report.repositories.find((row) => row.name === name)?.reclaimableBytes;
    expect(compared.comparison?.repositories).toEqual(
      [['other', 3, 0] as const, ['app', 3, 2] as const].map(([name, a, b]) => ({
        name,
        a: { tagsGoing: a, reclaimableBytes: bytesOf(one, name) },
        b: { tagsGoing: b, reclaimableBytes: bytesOf(other, name) },
      })),
    );
    expect(compared.comparison?.tags.map(({ repository, tag, a, b }) => [repository, tag, a.kept, b.reasons])).toEqual([
      ['app', 'v3', false, ['last 2 of 2']],
      ...['v3', 'v2', 'v1'].map((tag) => ['other', tag, false, ['no policy governs its repository']]),
    ]);
  });

  it('takes the rules of the command line as the first policy, and needs no volume once there is an index', async () => {
    const volume = releases();
    const lax = policyFile('lax.yml', '**', 3);
    const fresh = await reportOf(volume, '--keep-last', '2', '--compare', lax, '--disk-usage');
    const before = volume.everything();
    const asIs = await reportOf(volume, '--keep-last', '2', '--compare', lax, '--no-scan');
    expect(volume.everything()).toEqual(before);
    expect(asIs.comparison).toEqual(fresh.comparison);
    expect(fresh.comparison).toMatchObject({ a: { name: 'command line' }, b: { name: lax } });
  });

  it('shows both side by side, and of the tags a screen at most', async () => {
    const { stdout } = await releases().run('report', '--keep-last', '2', '--compare', policyFile('lax.yml', '**', 3));
    expect(stdout).toMatch(/Two policies\n +command line +\S+lax\.yml +difference\n +tags that stay +4 +6 +\+2\n/);
    expect(stdout).toMatch(/ {2}app +2 -> 1 /);
    expect(stdout).toMatch(/lax\.yml +app +v2 +last 3 of 3 +last 2: it is image 3\n/);
    const same = await releases().run('report', '--keep-last', '2', '--compare', policyFile('same.yml', '**', 2));
    expect(same.stdout).toMatch(/Repositories in which they differ {2}none\n\nTags on which they differ {2}none\n/);
  });

  it('is a CSV of the tags on which they differ', async () => {
    const lax = policyFile('lax.yml', 'app', 3);
    const options = ['--keep-last', '2', '--repo', 'app', '--compare', lax];
    const { stdout } = await releases().run('report', ...options, '--format', 'csv');
    const lines = stdout.trimEnd().split('\r\n');
    expect(lines[0]).toBe('repository,tag,digest,pushedAt,aFate,aReasons,bFate,bReasons');
    expect(lines.slice(1).map((line) => line.replace(/sha256:.*Z/, 'then'))).toEqual([
      'app,v2,then,goes,last 2: it is image 3,stays,last 3 of 3',
    ]);
  });

  it.each([
    ['without a policy', [], 2, 'there is none'],
    ['with a file that is none', ['--keep-last', '2'], 2, 'keepLasst'],
  ])('is refused %s', async (_case, options, status, message) => {
    const text = 'policies:\n  - repositories: ["**"]\n    keepTags: [{ keepLasst: 2 }]\n';
    const broken = temporaryFile('broken.yml', text);
    const refused = await releases().run('report', ...options, '--compare', broken);
    expect(refused).toMatchObject({ status, stdout: '' });
    expect(refused.stderr).toContain(message);
  });
});

it('report --explain as CSV is a line a tag, with what becomes of it and why', async () => {
  const options = ['--keep-last', '1', '--repo', 'app', '--explain'];
  const { stdout } = await releases().run('report', ...options, '--format', 'csv');
  const lines = stdout.trimEnd().split('\r\n');
  expect(lines[0]).toBe('repository,policy,tag,digest,pushedAt,createdAt,fate,reasons');
  expect(lines.slice(1).map((line) => line.replace(/sha256:.*Z/, 'then'))).toEqual([
    'app,command line,v4,then,,stays,last 1 of 1',
    'app,command line,v3,then,,goes,last 1: it is image 2',
    'app,command line,v2,then,,goes,last 1: it is image 3',
    'app,command line,v1,then,,goes,last 1: it is image 4',
  ]);
});
