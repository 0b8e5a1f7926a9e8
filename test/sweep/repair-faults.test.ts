/**
 * A repair that is killed at each of its calls that touch the volume, or a link on its way there, or whose calls fail: nothing
 * that was whole loses anything, the next repair does the rest, and all of it can be taken back. What comes before, the lock and
 * the journal, is that of every sweep, and tried there.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { LAYERS, repositoryFolder, revisionFolder, revisionLink, tagCurrentLink } from '../../src/layout/paths.ts';
import { simple } from '../gc/volume.ts';
import { digestBytes } from '../support/content.ts';
import { allThatFails, errors, EVERY_FAULT, EVERY_KILL, kills, sample } from '../support/fault-campaign.ts';
import { countCalls, runWithFault, type Call, type Fault } from '../support/faults.ts';
import { changedPaths } from '../support/snapshot.ts';
import { SweepSite } from '../support/sweep-site.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { lostBetween, wholeOf, type Whole } from '../support/whole.ts';

type State = ReadonlyMap<string, string>;

const TIMEOUT_MS = EVERY_KILL ? 4 * 3_600_000 : 400_000;
const ERRORS = 3;
/** They change neither what a link says nor where it stands. */
const UNSEEN: ReadonlySet<string> = new Set(['chown', 'chmod', 'futimens', 'open', 'write']);

let site: SweepSite;
let whole: Whole;
let before: State;
let mended: State;
let calls: readonly Call[];

/** A link to be rewritten, one to be written with the folders above it, a folder to be made, and a tag that goes. */
function damagedSite(): SweepSite {
  const damaged = new SweepSite(temporaryFolder('repair-site'));
  const tree = createTree(damaged.root);
  const [one, other] = [simple('one'), simple('other')];
  tree.push('app', 'v1', one);
  tree.push('app', 'v2', other);
  tree.write(revisionLink('app', one.digest), `${one.digest}\n`);
  rmSync(tree.path(revisionFolder('app', other.digest)), { recursive: true });
  tree.write(tagCurrentLink('app', 'gone'), digestBytes(Buffer.from('nowhere')));
  mkdirSync(tree.path(`${repositoryFolder('empty')}/_manifests`), { recursive: true });
  tree.age(1000);
  return damaged;
}

beforeAll(async () => {
  site = damagedSite();
  before = site.state();
  whole = sound(wholeOf(site.root));
  await site.onCopy(async (copy) => {
    const ended = await countCalls(copy.repairCommand());
    expect(ended).toMatchObject({ status: 0, signal: null });
    calls = ended.calls.map((call) => ({ ...call, path: relative(copy.root, call.path) }));
    mended = copy.state();
  });
  expect([...mended.keys()].some((path) => path.endsWith(`empty/${LAYERS}`))).toBe(true);
  expect(changedPaths(before, mended).length).toBeGreaterThan(5);
});

/** Without what is not linked: that is to become otherwise. */
function sound({ tags, dangling }: Whole): Whole {
  const isSound = (line: string): boolean => !line.endsWith(', not linked');
  return { tags: new Map([...tags].map(([tag, lines]) => [tag, lines.filter(isSound)])), dangling };
}

function isOfRepair({ path }: Call): boolean {
  return path.startsWith('docker/') || path.endsWith('/link.new') || path.includes('/trash/inner/');
}

/** What went wrong at, after, and in taking back a repair with that fault. */
function survives(fault: Fault): Promise<readonly string[]> {
  return site.onCopy(async (copy) => {
    const ended = await runWithFault(copy.repairCommand(), fault);
    const wrong = lostBetween(whole, wholeOf(copy.root), ['app:gone']).slice();
    if ('errno' in fault && ![0, 1, 4, 5].includes(ended.status ?? -1)) wrong.push(`ended with ${ended.status}`);
    if (fault.at % 2 === 0) {
      wrong.push(...(await copy.onCopy(async (again) => takenBack(again, 'at once'))));
    }
    const next = await copy.repair();
    if (next.status !== 0) wrong.push(`the next repair ended with ${next.status}: ${next.stderr}`);
    wrong.push(...differences('after the next repair', mended, copy.state()));
    if (fault.at % 2 === 1) wrong.push(...(await takenBack(copy, 'after the next repair')));
    return wrong;
  });
}

async function takenBack(copy: SweepSite, when: string): Promise<readonly string[]> {
  const failed = await copy.restoreAll();
  return [...failed, ...differences('is not taken back', before, copy.state())].map((line) => `${when}: ${line}`);
}

function differences(when: string, wanted: State, found: State): readonly string[] {
  return changedPaths(wanted, found).map(
    (path) => `${when}: ${path} is ${found.get(path) ?? 'absent'}, not ${wanted.get(path) ?? 'absent'}`,
  );
}

it(
  'a repair that is killed loses nothing, is ended by the next, and can be taken back',
  { timeout: TIMEOUT_MS },
  async () => {
    const written = calls.findIndex(({ name, path }) => name === 'write' && path.endsWith('/link.new')) + 1;
    const faults = kills(calls).filter(({ at }) => {
      const call = calls[at - 1];
      if (EVERY_FAULT || at === written) return true;
      return call !== undefined && isOfRepair(call) && !UNSEEN.has(call.name);
    });
    expect(faults.length).toBeGreaterThan(7);
    expect(await allThatFails(faults, survives)).toEqual([]);
  },
);

it(
  'a repair whose calls fail loses nothing, is ended by the next, and can be taken back',
  { timeout: TIMEOUT_MS },
  async () => {
    const faults = errors(calls).filter(({ at }) => {
      const call = calls[at - 1];
      return call !== undefined && isOfRepair(call);
    });
    expect(await allThatFails(sample(faults, ERRORS, 'repair'), survives)).toEqual([]);
  },
);
