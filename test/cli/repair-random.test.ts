/**
 * Random registries with random damage: whatever repair does, nothing that was whole loses anything, a second repair has nothing
 * to do, and all of it can be taken back to the byte.
 */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { RepairResult } from '../../src/report/model-repair.ts';
import { randomRegistry } from '../support/collected-registry.ts';
import { OperatedVolume, STOPPED } from '../support/operated-volume.ts';
import { lostBetween, wholeOf, type Whole } from '../support/whole.ts';

const SEEDS = Number(process.env['REGSWEEP_REPAIR_SEEDS'] ?? 8);
const APPLY = ['--apply', ...STOPPED, '--max-delete-percent', '100', '--accept-lost-repositories'];

async function repair(volume: OperatedVolume, ...argv: readonly string[]): Promise<RepairResult | undefined> {
  const { status, stdout, stderr } = await volume.run('repair', ...argv, '--json');
  // Some damage leaves no registry.
  if (status === 2) return undefined;
  if (stdout === '') throw new Error(`repair ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as RepairResult;
}

/** What a tag has that is right; what dangles may do so. */
function sound({ tags }: Whole): Whole {
  const isSound = (line: string): boolean =>
    !/ (absent|wrong), |, not linked$/.test(line) && (!line.startsWith('names ') || /:[0-9a-f]{64,}$/.test(line));
  return { tags: new Map([...tags].map(([tag, lines]) => [tag, lines.filter(isSound)])), dangling: new Set() };
}

/** Whether the manifest that a tag names is here and right, whatever else is missing. */
function namesWhole(lines: readonly string[]): boolean {
  const names = lines.find((line) => line.startsWith('names '))?.slice('names '.length) ?? '';
  return lines.includes(`manifest ${names} right, linked`);
}

async function wrongWith(seed: number): Promise<readonly string[]> {
  const root = randomRegistry(seed);
  // Who pushed while it was mended keeps what it mended: nobody did.
  execFileSync('find', [root, '-exec', 'touch', '-h', '-d', '2026-01-01', '{}', '+']);
  const volume = new OperatedVolume(root);
  const wishes =
    [[], ['--drop-dangling'], ['--relink-children'], ['--drop-dangling', '--relink-children']][seed % 4] ?? [];
  const before = volume.layout();
  const whole = sound(wholeOf(volume.root));
  const result = await repair(volume, ...wishes, ...APPLY);
  if (result?.done == null) return [];
  const { done, plan } = result;
  const isTag = ({ kind }: { readonly kind: string }): boolean => kind === 'tag';
  const dropped = plan.list.filter(isTag).map(({ repository, tag }) => `${repository ?? ''}:${tag ?? ''}`);
  const wrong = [...done.failed.map(({ path, errno }) => `failed: ${path} ${errno}`)];
  const lost = lostBetween(whole, wholeOf(volume.root), dropped);
  wrong.push(...lost.filter((line) => !line.startsWith('dangles')));
  wrong.push(...dropped.filter((tag) => namesWhole(whole.tags.get(tag) ?? [])).map((tag) => `dropped: ${tag}`));
  const left = done.skipped.length;
  const again = (await repair(volume, ...wishes))?.plan.actions;
  if (again !== left) wrong.push(`a second repair has ${again} actions, and the first left ${left}`);
  if (done.run === null) return wrong;
  const { status, stdout } = await volume.run('restore', done.run, ...STOPPED);
  if (status !== 0) wrong.push(`restore ended with ${status}: ${stdout}`);
  return [...wrong, ...volume.changedSince(before).map((path) => `not taken back: ${path}`)];
}

it('random damage, mended', { timeout: SEEDS * 20_000 }, async () => {
  const found: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) found.push(...(await wrongWith(seed)).map((line) => `${seed}: ${line}`));
  expect(found).toEqual([]);
});
