/** Bytes on disk of what a policy takes that the index was not made for: known, or said not to be, and never too few. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPlanLines, splitLines } from '../../src/gc/plan-file.ts';
import { policyFile, releases } from '../support/released-volume.ts';
import { temporaryFolder } from '../support/temporary.ts';

const OPTIONS = ['--keep-last', '2'];

it('are not known from an index of a scan without the policy, and the table says why', async () => {
  const volume = releases();
  await volume.run('scan');
  const { reclaimable, ifUntagged } = await volume.json('report', ...OPTIONS, '--no-scan');
  expect(reclaimable.blobs.count).toBeGreaterThan(0);
  expect(reclaimable.blobs.bytes).toBeGreaterThan(0);
  expect([reclaimable.blobs.diskBytes, reclaimable.total.diskBytes]).toEqual([null, null]);
  expect(ifUntagged.total.diskBytes).toBe(0);
  const { stdout } = await volume.run('report', ...OPTIONS, '--no-scan');
  expect(stdout).toMatch(/in all +[\d.]+ kB +- /);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('On disk: not known, for the scan did not stat all of this.');
  const stricter = policyFile('one.yml', '**', 1);
  const compared = await volume.run('report', ...OPTIONS, '--compare', stricter, '--no-scan');
  expect(compared.stdout).toMatch(/bytes freed on disk +- +- +-\n +On disk: not known/);
});

it('are those of a scan for the policy where the index is of one with --disk-usage', async () => {
  const volume = releases();
  const { reclaimable } = await volume.json('report', ...OPTIONS);
  expect(reclaimable.total.diskBytes).toBeGreaterThan(reclaimable.blobs.diskBytes ?? Infinity);
  await volume.run('scan', '--disk-usage');
  expect((await volume.json('report', ...OPTIONS, '--no-scan')).reclaimable).toEqual(reclaimable);
});

it('make no plan where they are not known: a sweep would leave what it cannot expect', async () => {
  const volume = releases();
  await volume.run('scan');
  const file = join(temporaryFolder('plan'), 'plan.ndjson');
  const refused = await volume.run('plan', ...OPTIONS, '--no-scan', '-o', file);
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toMatch(/files that go by this policy.*\n.*--disk-usage/);
  expect(existsSync(file)).toBe(false);
  await volume.run('scan', '--disk-usage');
  const [asIs, fresh] = [join(temporaryFolder('plan'), 'as-is'), join(temporaryFolder('plan'), 'fresh')];
  expect((await volume.run('plan', ...OPTIONS, '--no-scan', '-o', asIs)).status).toBe(0);
  expect((await volume.run('plan', ...OPTIONS, '-o', fresh)).status).toBe(0);
  const actionsIn = (path: string): readonly string[] => readFileSync(path, 'utf8').trimEnd().split('\n').slice(1, -1);
  expect(actionsIn(asIs)).toEqual(actionsIn(fresh));
});

it('count both links of a tag: what it names, and its history', async () => {
  const volume = releases();
  const { stdout } = await volume.run('plan', ...OPTIONS);
  const tag = [...readPlanLines(splitLines([Buffer.from(stdout)])).actions].find(({ kind }) => kind === 'tag');
  const folder = join(volume.root, 'docker/registry/v2', tag?.path ?? '');
  const links = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('link'));
  const onDisk = links.reduce((sum, path) => sum + statSync(join(folder, path)).blocks * 512, 0);
  expect(links).toHaveLength(2);
  expect(tag?.diskBytes).toBe(onDisk);
});
