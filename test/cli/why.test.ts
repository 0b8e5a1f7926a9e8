import { beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../src/report/model-sweep.ts';
import type { Why } from '../../src/report/model-why.ts';
import { layer } from '../support/content.ts';
import { copyFixture } from '../support/fixture.ts';
import { image } from '../support/images.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

let root: string;
let cache: string;
beforeAll(async () => {
  root = await copyFixture();
  cache = temporaryFolder('cache');
});

const run = (...argv: readonly string[]) => runHere(['why', root, ...argv], cache);

async function json(...argv: readonly string[]): Promise<Why> {
  const { status, stdout, stderr } = await run(...argv, '--json');
  expect({ status, stderr: stderr.replace(/^warning: .*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Why;
}

describe('of the fixture', () => {
  it('a tag says in words what keeps it, and what removing it frees', async () => {
    const { status, stdout } = await run('multi:2.0');
    expect(status).toBe(0);
    expect(stdout).toContain('tag multi:2.0 names it, and stays');
    expect(stdout).toContain('Kept by tag multi:2.0');
    expect(stdout).toContain('only this tag keeps it: removing it frees 6.13 kB');
    expect(stdout).toMatch(/regsweep rm \S+ multi:2\.0/);
  });

  it('removing what alone keeps it is a command that frees as much', async () => {
    const why = await json('multi:2.0');
    const { stdout } = await runHere(['rm', root, 'multi:2.0', '--json'], cache);
    const { plan } = JSON.parse(stdout) as SweepResult;
    const tag = why.dominators.find(({ kind }) => kind === 'tag');
    expect(tag?.exclusiveBytes).toBe(plan.blobs.bytes);
  });

  it('the same question gets the same bytes, with a scan and without', async () => {
    const words = ['shop/api:3.1', '--json', '--min-age', '0'];
    const scanned = await run(...words);
    expect((await run(...words, '--no-scan')).stdout).toBe(scanned.stdout);
    expect((await run(...words)).stdout).toBe(scanned.stdout);
  });

  it('--chains says how many chains are shown', async () => {
    const digest = (await json('shop/api:3.1')).digest;
    expect((await run(digest, '--chains', '0')).status).toBe(2);
    const shared = await runHere(['ls', root, 'shop/api:3.1', '--json'], cache);
    const { references } = JSON.parse(shared.stdout) as { references: { digest: string; sharedBytes: number }[] };
    const common = references.find(({ sharedBytes }) => sharedBytes > 0)?.digest ?? '';
    expect(await json(common, '--chains', '2')).toMatchObject({ chainCount: 3, chains: [{}, {}] });
    const { stdout } = await run(common, '--chains', '2');
    expect(stdout).toContain('3 shortest chains keep it; 2 of them');
    expect(stdout).toContain('no single removal frees it');
  });

  it('an untagged revision is kept, and goes with --untagged', async () => {
    const listed = await runHere(['ls', root, 'nightly', '--json'], cache);
    const { revisions } = JSON.parse(listed.stdout) as { revisions: { digest: string; untagged: boolean }[] };
    const digest = revisions.find(({ untagged }) => untagged)?.digest ?? '';
    expect(await json(digest)).toMatchObject({ mode: 'revisions', kept: true, goesUntagged: true });
    const gone = await json(`nightly@${digest}`, '--untagged', '--min-age', '0');
    expect(gone).toMatchObject({ mode: 'untagged', kept: false, asked: { kind: 'revision', kept: false } });
    expect((await run(digest, '--untagged', '--min-age', '0')).stdout).toContain('Goes: nothing keeps it');
  });

  it('what is not there, and what is no reference: an error, and nothing on stdout', async () => {
    expect(await run('multi:none')).toMatchObject({ status: 1, stdout: '' });
    expect(await run('sha256:0123456789abcdef')).toMatchObject({ status: 1, stdout: '' });
    expect(await run('multi')).toMatchObject({ status: 2, stdout: '' });
  });
});

it('a policy says why it keeps a tag, or why not', async () => {
  const tree = createTree(temporaryFolder('why-policy'));
  for (const tag of ['old', 'new']) tree.push('app', tag, image({ name: tag, layers: [layer(tag)] }));
  tree.age(1000);
  tree.pushedAt('app', 'old', 40);
  tree.pushedAt('app', 'new', 2);
  const { stdout } = await runHere(['why', tree.root, 'app:old', '--keep-within', '7d', '--json'], cache);
  const why = JSON.parse(stdout) as Why;
  expect(why).toMatchObject({ mode: 'policy', kept: false, asked: { kind: 'tag', tag: 'old', kept: false } });
  expect(why.asked?.because).not.toBeNull();
  expect(why.because).toContain('sweep by this policy');
  const kept = await runHere(['why', tree.root, 'app:new', '--keep-within', '7d'], cache);
  expect(kept.stdout).toContain('tag app:new names it, and stays: ');
});

it('what nothing keeps goes with no sweep while every sweep is refused, and that is said', async () => {
  const tree = createTree(temporaryFolder('why'));
  const left = tree.putBlob(layer('left over').bytes);
  tree.push('app', '1.0', image({ name: 'app', layers: [layer('app')] }));
  tree.age(1000);
  const { status, stdout, stderr } = await runHere(['why', tree.root, left], temporaryFolder('cache'));
  expect([status, stdout]).toEqual([0, expect.stringContaining('it goes with the next sweep')]);
  expect(stderr).toMatch(/^warning: no sweep takes it now: \d+ % of all bytes are in blobs that no link names/m);
});
