/** `report --fail-if`: data as without it, and a status that a pipeline can stop at. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { damage } from '../support/damage.ts';
import { copySmallVolume } from '../support/small-volume.ts';
import { operatedVolume } from '../support/operated-volume.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

let root: string;
let cache: string;

beforeAll(async () => {
  root = await copySmallVolume();
  cache = temporaryFolder('cache');
  await runHere(['scan', root], cache);
});

const report = (...argv: readonly string[]) => runHere(['report', root, '--no-scan', '--min-age', '0', ...argv], cache);

describe('a condition', () => {
  it('that does not hold changes nothing', async () => {
    const plain = await report('--format', 'csv');
    expect(await report('--format', 'csv', '--fail-if', 'damage > 0 or stored > 1T')).toEqual(plain);
    expect(plain).toMatchObject({ status: 0, stderr: '' });
  });

  it('that holds ends with 3, says through what with its figure, and prints the data all the same', async () => {
    const plain = await report('--format', 'csv');
    const failed = await report('--format', 'csv', '--fail-if', 'damage > 0 or tags>=2 and stored > 0');
    expect(failed.stdout).toBe(plain.stdout);
    expect(failed.status).toBe(3);
    expect(failed.stderr).toMatch(
      /^error: --fail-if: tags >= 2 holds: it is \d+\nerror: --fail-if: stored > 0 holds: it is [\d.]+ kB \([\d,]+ bytes\), 100% of the stored bytes\nhint: [^\n]+\n$/,
    );
  });

  it('goes before a target that is not reached', async () => {
    expect(await report('--target-free', '900G', '--fail-if', 'tags = 0')).toMatchObject({ status: 5 });
    expect(await report('--target-free', '900G', '--fail-if', 'tags > 0')).toMatchObject({ status: 3 });
  });

  it('is heard with --quiet, too: it is why the program failed', async () => {
    expect(await report('--quiet', '--fail-if', 'tags > 0')).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^error: --fail-if: tags > 0 holds/) as string,
    });
  });

  it('of what is no part of the stored bytes does not say that it is a share of them', async () => {
    const tree = createTree(join(temporaryFolder('pushing'), 'registry'));
    tree.write('repositories/app/_uploads/8f1c/data', 'abc');
    tree.age(30 * 24);
    const words = ['report', tree.root, '--fail-if', 'stale-uploads > 20%'];
    expect(await runHere(words, temporaryFolder('cache'))).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('stale-uploads > 20% holds: it is 3 B, more than what is stored\n') as string,
    });
  });

  it('that makes no sense is refused before anything is done', async () => {
    const refused = await report('--fail-if', 'reclaimabel > 5G');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('did you mean reclaimable?');
    expect(await runHere(['report', '/nowhere', '--fail-if', 'tags'], cache)).toMatchObject({ status: 2, stdout: '' });
  });

  it('is for the figures of a sweep: not with --as', async () => {
    const words = ['report', root, '--as', 'distribution-3', '--fail-if', 'tags > 0'];
    expect(await runHere(words, cache)).toMatchObject({ status: 2, stdout: '' });
  });
});

it('damage is what verify ends with 3 for, and each code is a word', async () => {
  const damaged = await copySmallVolume();
  damage('layer-blob-missing').inflict(damaged);
  const ask = async (condition: string) =>
    (await runHere(['report', damaged, '--fail-if', condition], temporaryFolder('cache'))).status;
  expect(await ask('damage = 0')).toBe(0);
  expect(await ask('damage > 0')).toBe(3);
  expect(await ask('layer-missing >= 1')).toBe(3);
});

it('of a trash that may not be looked at is not known, and no condition that does not hold', async () => {
  const volume = operatedVolume();
  mkdirSync(join(volume.root, '.regsweep'));
  symlinkSync('runs', join(volume.root, '.regsweep/runs'));
  const { status, stderr } = await volume.run('report', '--fail-if', 'trash > 1G or damage > 0');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: --fail-if: trash is not known, for .*\.regsweep cannot be read$/m);
});
