/**
 * What a plan of ours takes, beside what a dry run of the real collector of 2.8.2 takes of the same undamaged volume, plain
 * and with `-m`: the same blobs and revisions, less what that collector takes of images that are still needed.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlanLines, splitLines } from '../../src/gc/plan-file.ts';
import { createRandom } from '../../scripts/registry-generator/random.ts';
import { MANIFESTS, repositoryFolder, TAGS } from '../../src/layout/paths.ts';
import { NaiveRegistry } from '../support/naive-registry.ts';
import { NaiveVerdict, type NaiveMode } from '../support/naive-verdict.ts';
import { NAMES, pushRandomly } from '../support/random-registry.ts';
import { garbageCollect, hasRealRegistry } from '../support/real-registry.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

/** So many random registries; more with `REGSWEEP_TREES`, from `REGSWEEP_SEED` on. */
const IN_CI = 200;
const TREES = Number(process.env['REGSWEEP_TREES'] ?? IN_CI);
const FIRST_SEED = Number(process.env['REGSWEEP_SEED'] ?? 1);
/** So many share a volume, each with names and content of its own: to start a collector costs more than to let it work. */
const SHARE = 40;

/** The registry root of a volume that holds the registries of these seeds, in a folder of its own. */
function volumeOf(first: number, count: number): string {
  const tree = createTree(join(temporaryFolder('beside'), 'registry'));
  for (let seed = first; seed < first + count; seed++) {
    const random = createRandom(seed, 'beside');
    const [one, ...more] = NAMES.map((name) => `t${seed}/${name}`);
    pushRandomly({ tree, random, names: [one ?? '', ...more], salt: `${seed}/` });
    // Without it, `-m` of 2.8 ends the whole run.
    for (const name of [one ?? '', ...more])
      if (existsSync(tree.path(`${repositoryFolder(name)}/${MANIFESTS}`))) {
        mkdirSync(tree.path(`${repositoryFolder(name)}/${TAGS}`), { recursive: true });
      }
    if (random.chance(0.3)) tree.putBlob(Buffer.from(`loose ${seed}`), random.pick(['sha256', 'sha512']));
  }
  return tree.root;
}

/** The digests of the blobs and of the revisions that go, sorted; a revision is there once for each repository. */
interface Going {
  readonly blobs: readonly string[];
  readonly revisions: readonly string[];
}

async function goingByPlan(root: string, mode: NaiveMode): Promise<Going> {
  const options = ['--min-age', '0', ...(mode === 'untagged' ? ['--untagged'] : [])];
  const { status, stdout, stderr } = await runHere(['plan', root, ...options], join(dirname(root), 'cache'));
  if (status !== 0) throw new Error(`the plan ended with ${status}: ${stderr}`);
  const actions = [...readPlanLines(splitLines([Buffer.from(stdout)])).actions];
  const of = (wanted: string): readonly string[] =>
    actions.flatMap(({ kind, digest }) => (kind === wanted && digest !== undefined ? [digest] : [])).sort();
  return { blobs: of('blob'), revisions: of('revision') };
}

async function goingByCollector(root: string, mode: NaiveMode): Promise<Going> {
  const ended = await garbageCollect(root, { dryRun: true, deleteUntagged: mode === 'untagged' });
  if (ended.exitCode !== 0) throw new Error(`the collector ended with ${ended.exitCode}: ${ended.stderr}`);
  return { blobs: ended.eligibleBlobs, revisions: ended.eligibleManifests };
}

/** What is in the first and, as often, not in the second. */
function without(some: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return some.filter((one) => {
    const place = left.indexOf(one);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
}

const seen = { revisions: counts(), untagged: counts() };

function counts(): Record<string, number> {
  return { byBoth: 0, 'part of a kept index': 0, 'about a kept image': 0 };
}

/** What differs without a reason, a line each. */
async function differences(root: string, mode: NaiveMode): Promise<readonly string[]> {
  const [ours, theirs] = [await goingByPlan(root, mode), await goingByCollector(root, mode)];
  const verdict = new NaiveVerdict(new NaiveRegistry(root), mode);
  const wrong: string[] = [];
  const count = seen[mode];
  for (const kind of ['blobs', 'revisions'] as const) {
    const byUs = without(ours[kind], theirs[kind]);
    wrong.push(...byUs.map((digest) => `${mode}, only by us, of ${kind}: ${digest}`));
    count['byBoth'] = (count['byBoth'] ?? 0) + ours[kind].length - byUs.length;
    for (const digest of without(theirs[kind], ours[kind])) {
      const reason = verdict.whyKept(digest);
      if (reason === undefined) wrong.push(`${mode}, only by the collector, of ${kind}: ${digest}`);
      else count[reason] = (count[reason] ?? 0) + 1;
    }
  }
  return wrong;
}

describe.skipIf(!hasRealRegistry())('a sweep takes what the real collector takes, but for what is needed', () => {
  it(
    `on ${TREES} random registries from seed ${FIRST_SEED} on, in both modes`,
    async () => {
      const wrong: object[] = [];
      for (let first = FIRST_SEED; first < FIRST_SEED + TREES; first += SHARE) {
        const root = volumeOf(first, Math.min(SHARE, FIRST_SEED + TREES - first));
        for (const mode of ['revisions', 'untagged'] as const) {
          const lines = await differences(root, mode);
          if (lines.length > 0) wrong.push({ firstSeed: first, lines });
        }
        rmSync(dirname(root), { recursive: true });
      }
      if (TREES > IN_CI) console.log(JSON.stringify({ trees: TREES, ...seen }));
      expect(wrong).toEqual([]);
      expect(seen.revisions['byBoth']).toBeGreaterThan(TREES / 4);
      expect(seen.revisions['part of a kept index']).toBeGreaterThan(0);
      for (const reason of Object.keys(seen.untagged)) expect(seen.untagged[reason]).toBeGreaterThan(0);
    },
    TREES * 1000 + 20_000,
  );
});
