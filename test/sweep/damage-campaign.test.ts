/**
 * Random registries with random damage, several at once, swept by the whole program: it never crashes, takes nothing that
 * must stay by a second reading of the design and the files (`naive-verdict.ts`), breaks no tag, and gives all of it back.
 */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunsResult, SweepResult } from '../../src/report/model-sweep.ts';
import type { Finished } from '../support/built-program.ts';
import { damagedRegistry } from '../support/damaged-registry.ts';
import { NaiveRegistry } from '../support/naive-registry.ts';
import { NaiveVerdict } from '../support/naive-verdict.ts';
import { APPLY, STOPPED } from '../support/operated-volume.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { runHere } from '../support/source-program.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';

/** So many random volumes; more with `REGSWEEP_TREES`, from `REGSWEEP_SEED` on. */
const TREES = Number(process.env['REGSWEEP_TREES'] ?? 40);
const FIRST_SEED = Number(process.env['REGSWEEP_SEED'] ?? 1);
const SWEEP = ['--accept-lost-repositories', '--tags-are-complete', '--json', ...APPLY];

type State = ReadonlyMap<string, string>;

it(
  `a sweep of ${TREES} damaged volumes, from seed ${FIRST_SEED} on, takes nothing that must stay`,
  async () => {
    const seen: Seen = { damages: 0, refused: 0, tookSomething: 0, restored: 0 };
    const wrong: object[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + TREES; seed++) {
      const lines = await wrongAfterSweep(seed, seen).catch((error: unknown) => [String(error)]);
      if (lines.length > 0) wrong.push({ seed, lines });
    }
    if (TREES > 40) console.log(JSON.stringify(seen));
    expect(wrong).toEqual([]);
    // Volumes that all are refused, or give nothing, would prove nothing.
    expect(Math.min(seen.damages, seen.tookSomething)).toBeGreaterThan(TREES / 2);
  },
  TREES * 3000 + 10_000,
);

interface Seen {
  damages: number;
  refused: number;
  tookSomething: number;
  restored: number;
}

/** What went wrong, a line each. */
async function wrongAfterSweep(seed: number, seen: Seen): Promise<readonly string[]> {
  const { root, damages } = damagedRegistry(seed);
  const mode = seed % 2 === 0 ? 'revisions' : 'untagged';
  const options = mode === 'untagged' ? ['--untagged'] : [];
  const verdict = new NaiveVerdict(new NaiveRegistry(root), mode);
  const before = stateOf(root);
  const whole = wholeOf(root);
  const ended = await program(root, 'sweep', ...SWEEP, ...options);
  const after = stateOf(root);
  const wrong = [...wrongEnd(ended, damages), ...verdict.unjustified(layoutOf(before), layoutOf(after))];
  wrong.push(...changedPaths(outsideOf(before), outsideOf(after)).map((path) => `outside the registry: ${path}`));
  wrong.push(...lostBetween(whole, wholeOf(root)));
  const removed = changedPaths(layoutOf(before), layoutOf(after));
  if (ended.status === 4) wrong.push(...removed.map((path) => `refused, and changed ${path}`));
  else if (removed.length > 0 && seed % 3 === 0) {
    wrong.push(...(await wrongAfterRestore(root, before)));
    seen.restored++;
  }
  if (damages === 0) wrong.push(...verdict.leftOver(layoutOf(after)));
  seen.damages += damages;
  seen.refused += ended.status === 4 ? 1 : 0;
  seen.tookSomething += removed.length > 0 ? 1 : 0;
  rmSync(dirname(root), { recursive: true });
  return wrong;
}

function program(root: string, command: string, ...argv: readonly string[]): Promise<Finished> {
  return runHere([command, root, ...argv], join(dirname(root), 'cache'));
}

/** Nobody disturbs it: it is refused before it begins, or does all that it planned. */
function wrongEnd({ status, stdout, stderr }: Finished, damages: number): readonly string[] {
  const told = `status ${status}: ${stderr}${stdout}`;
  if (/^\s+at .+[:)]\d*/m.test(stderr)) return [`a trace, ${told}`];
  if (status === 4 && damages > 0) return [];
  if (status !== 0) return [told];
  const { done } = JSON.parse(stdout) as SweepResult;
  // What it finds otherwise than a report trusted it to be, it leaves.
  return (done?.failed ?? []).map((action) => JSON.stringify(action));
}

async function wrongAfterRestore(root: string, before: State): Promise<readonly string[]> {
  const { runs } = JSON.parse((await program(root, 'runs', '--json')).stdout) as RunsResult;
  const { status, stderr } = await program(root, 'restore', runs[0]?.run ?? '', ...STOPPED);
  const away = changedPaths(layoutOf(before), layoutOf(stateOf(root)));
  return [
    ...(status === 0 ? [] : [`restore ended with ${status}: ${stderr}`]),
    ...away.map((path) => `not back: ${path}`),
  ];
}

/** All that stands in the folder of the registry root: times too, but of folders, which every change below sets. */
function stateOf(root: string): State {
  const entries = snapshot(dirname(root), { times: true });
  return new Map([...entries].map(([path, line]) => [path, line.replace(/^(folder) .*/, '$1')]));
}

const LAYOUT = 'registry/docker/registry/v2/';

function layoutOf(state: State): State {
  return new Map(
    [...state].flatMap(([path, line]) => (path.startsWith(LAYOUT) ? [[path.slice(LAYOUT.length), line]] : [])),
  );
}

function outsideOf(state: State): State {
  const own = ['cache', 'registry/.regsweep'];
  return new Map(
    [...state].filter(([path]) => !path.startsWith(LAYOUT) && !own.some((top) => `${path}/`.startsWith(`${top}/`))),
  );
}
