/**
 * What holds of every plan with a target, over random registries with everything that a plan may hold. Beside it a second,
 * naive choice, which counts nothing: it marks anew for each image.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse, type Analysis, type AnalysisOptions, type ModeAnalysis } from '../../src/gc/analysis.ts';
import { mark, type Marking } from '../../src/gc/mark.ts';
import { buildPlan, type Plan } from '../../src/gc/plan.ts';
import { planTotals } from '../../src/gc/plan-totals.ts';
import { standardRoots, type Roots } from '../../src/gc/roots.ts';
import { Sizes } from '../../src/gc/sizes.ts';
import { BLOB_STORED, NONE, type Inventory } from '../../src/inventory/inventory.ts';
import type { Policy } from '../../src/policy/model.ts';
import { compareNames } from '../../src/policy/names.ts';
import { rowsOf } from '../../src/shared/columns.ts';
import { retentionBy } from '../support/policies.ts';
import { inventoryOf, isIncluded, taggedRegistries, SINCE, type Registry } from './random-plans.ts';
import { hasCircle } from './random-things.ts';

type Mode = 'untagged' | 'policy';
const MODES: readonly Mode[] = ['untagged', 'policy'];

const policies: fc.Arbitrary<Policy> = fc.record({
  name: fc.constant('p'),
  repositories: fc.constantFrom(['**'], ['a', 'team/c']),
  keepTags: fc.constantFrom(
    [{ patterns: [], keepers: [{ kind: 'last', count: 1 } as const] }],
    [{ patterns: [{ text: 'none', matches: () => false }], keepers: [{ kind: 'always' } as const] }],
  ),
  keepUntagged: fc.constantFrom('all' as const, [], [{ kind: 'last', count: 1 } as const]),
  deleteReferrers: fc.boolean(),
  delaySeconds: fc.constant(0),
  protect: fc.constant([]),
  minKeep: fc.constant(0),
  orderBy: fc.constantFrom('pushed', 'name'),
});

interface Question {
  readonly registry: Registry;
  readonly policy: Policy;
  readonly mode: Mode;
  /** Of what the mode could free beside garbage. */
  readonly share: number;
}

/** Answers for all that a plan with a target depends on. */
interface Asked extends Question {
  readonly inventory: Inventory;
  readonly target: number;
  readonly garbage: Plan;
  readonly all: Plan;
  readonly full: ModeAnalysis;
  readonly unlimited: Analysis;
  readonly plan: Plan;
  readonly limited: NonNullable<Analysis['limited']>;
  /** With these roots beside those of the mode. */
  readonly keeping: (images: readonly Image[]) => Marking;
}

/** Rows that stay or go together. */
interface Image {
  readonly repository: number;
  readonly tags: readonly number[];
  readonly revisions: readonly number[];
}

function planBy(inventory: Inventory, marking: Marking): Plan {
  return buildPlan(inventory, marking, { youngSince: SINCE, uploadsBefore: SINCE });
}

function diskBytes(inventory: Inventory, plan: Plan): number {
  return planTotals(inventory, plan).total.diskBytes;
}

function ask({ registry, policy, mode, share }: Question): Asked {
  const inventory = inventoryOf(registry);
  const retention = { ...retentionBy(policy), trustTimes: true };
  const options: AnalysisOptions = {
    isIncluded: (name) => isIncluded(registry, name),
    youngSince: SINCE,
    now: SINCE,
    ...(mode === 'policy' ? { retention } : {}),
  };
  const unlimited = analyse(inventory, options);
  const full = mode === 'policy' ? unlimited.policy : unlimited.untagged;
  if (full === undefined) throw new Error('it was not marked');
  const graph = unlimited.policy?.graph ?? unlimited.graph;
  const markBy = (roots: Roots): Marking => mark(inventory, graph, { ...options, roots, doubts: full.doubts });
  const garbage = planBy(inventory, markBy(standardRoots(inventory, 'revisions')));
  const all = planBy(inventory, full.marking);
  const [least, most] = [diskBytes(inventory, garbage), diskBytes(inventory, all)];
  const target = Math.max(1, Math.round(least + (most - least) * share));
  const analysis = analyse(inventory, { ...options, target: { mode, diskBytes: target, uploadsBefore: SINCE } });
  const { limited } = analysis;
  if (limited === undefined) throw new Error('it was not limited');
  const keeping = (images: readonly Image[]): Marking => {
    const roots = { ...full.roots, tags: full.roots.tags.slice(), revisions: full.roots.revisions.slice() };
    for (const row of images.flatMap(({ tags }) => tags)) roots.tags[row] = 1;
    for (const row of images.flatMap(({ revisions }) => revisions)) roots.revisions[row] = 1;
    return markBy(roots);
  };
  const question = { registry, policy, mode, share };
  const plan = planBy(inventory, limited.marking);
  return { ...question, inventory, target, garbage, all, full, unlimited, plan, limited, keeping };
}

function holds(property: (asked: Asked) => void, numRuns = 200): void {
  const question = fc.record({
    registry: taggedRegistries,
    policy: policies,
    mode: fc.constantFrom(...MODES),
    share: fc.integer({ min: 0, max: 22 }).map((twentieths) => twentieths / 20),
  });
  fc.assert(
    fc.property(question, (one) => property(ask(one))),
    { numRuns },
  );
}

/** Without signatures and history: those go with what they belong to, where that goes. */
const CLASSES = ['tags', 'revisions', 'layerLinks', 'blobs', 'uploads', 'strayFiles'] as const;

function expectWithin(less: Plan, more: Plan): void {
  for (const name of CLASSES) expect([...more[name]]).toEqual(expect.arrayContaining([...less[name]]));
}

test('no more goes than without a target, and no less than what is garbage anyway', () => {
  holds(({ plan, all, garbage }) => {
    expectWithin(plan, all);
    expectWithin(garbage, plan);
  });
});

test('the target is reached wherever it can be; else all goes that may', () => {
  holds(({ inventory, plan, all, target }) => {
    if (diskBytes(inventory, all) >= target) expect(diskBytes(inventory, plan)).toBeGreaterThanOrEqual(target);
    else expect(plan).toEqual(all);
  });
});

test('what was counted is what the plan frees', () => {
  holds(({ inventory, plan, limited }) => {
    expect(limited.countedDiskBytes).toBe(diskBytes(inventory, plan));
  });
});

test('where garbage alone is enough, nothing else goes', () => {
  holds(({ inventory, plan, garbage, target, limited }) => {
    expect(limited.garbageDiskBytes).toBe(diskBytes(inventory, garbage));
    if (diskBytes(inventory, garbage) < target) return;
    expect(plan).toEqual(garbage);
    expect(limited.images).toBe(0);
  });
});

/** Whether something keeps itself, by way of what refers to it: such a registry has no images that stand for the rest. */
function isCircular({ references, subjects, followers }: Registry): boolean {
  const keeps = references.map((named, manifest) => [
    ...named.filter((thing) => thing > manifest && thing < references.length),
    ...subjects.flatMap((subject, referrer) => (subject === manifest && subject > referrer ? [referrer] : [])),
    ...followers.flatMap(({ about, thing }) => (about === manifest ? [thing] : [])),
  ]);
  return hasCircle(keeps);
}

/** The images that the mode lets go, found by marking: of what no tag names what none of the others keeps. */
function imagesOf({ inventory, all, full, garbage, keeping }: Asked): readonly Image[] {
  const { tags, revisions } = inventory;
  const tagged = new Map<string, { repository: number; tags: number[]; revisions: number[] }>();
  for (const row of all.tags) {
    if (full.roots.subjects[row] !== NONE) continue;
    const repository = tags.repository[row] ?? NONE;
    const key = `${repository} ${tags.current[row] ?? NONE}`;
    const known = tagged.get(key) ?? { repository, tags: [], revisions: [] };
    known.tags.push(row);
    tagged.set(key, known);
  }
  const found: Image[] = [...tagged.values()];
  const ofRevision = (row: number): Image => ({
    repository: revisions.repository[row] ?? NONE,
    tags: [],
    revisions: [row],
  });
  const ofTag = (row: number): Image => ({ repository: tags.repository[row] ?? NONE, tags: [row], revisions: [] });
  const untagged = [...planBy(inventory, keeping(found)).revisions].map(ofRevision);
  const isGarbage = (id: number | undefined): boolean => garbage.blobs.includes(id ?? NONE);
  const orphans = [...all.tags].filter((row) => isGarbage(full.roots.subjects[row])).map(ofTag);
  const whole = untagged.filter((one) => {
    const without = keeping([...found, ...orphans, ...untagged.filter((other) => other !== one)]);
    return one.revisions.every((row) => without.revision[row] === 0);
  });
  found.push(...whole);
  // Signatures of what is not here any more.
  for (const repository of inventory.repositories.keys()) {
    for (const row of rowsOf(tags.byRepository, repository)) {
      if (keeping(found).tag[row] === 0) found.push(ofTag(row));
    }
  }
  expect(planBy(inventory, keeping(found))).toEqual(garbage);
  return found;
}

test('nothing that went could be given back without missing the target', () => {
  holds((asked) => {
    fc.pre(!isCircular(asked.registry));
    const { inventory, target, plan, limited, keeping } = asked;
    if (diskBytes(inventory, plan) < target) return;
    const images = imagesOf(asked);
    const goes = ({ tags, revisions }: Image): boolean =>
      tags.every((row) => limited.marking.tag[row] === 0) &&
      revisions.every((row) => limited.marking.revision[row] === 0);
    const stay = images.filter((image) => !goes(image));
    expect([images.length, images.length - stay.length]).toEqual([limited.candidates, limited.images]);
    expect(planBy(inventory, keeping(stay))).toEqual(plan);
    for (const image of images.filter(goes)) {
      expect(diskBytes(inventory, planBy(inventory, keeping([...stay, image])))).toBeLessThan(target);
    }
  });
});

/** What stays for an image alone, each thing with its bytes on disk: of a tag those of its `current/link`, without its history. */
function heldBy({ inventory, all, keeping }: Asked, image: Image): ReadonlyMap<string, number> {
  const left = planBy(inventory, keeping([image]));
  const sizes = new Sizes(inventory);
  const held = new Map<string, number>();
  const take = (kind: 'tags' | 'revisions' | 'layerLinks' | 'blobs', sizeOf: (row: number) => number): void => {
    const still = new Set(left[kind]);
    for (const row of all[kind]) if (!still.has(row)) held.set(`${kind} ${row}`, sizeOf(row));
  };
  take('tags', () => 8);
  const dangling = (revision: number): number =>
    [...inventory.signatureLinks.revision].filter((owner, row) => owner === revision && isDangling(inventory, row))
      .length;
  take('revisions', (row) => sizes.revision(row).diskBytes - 8 * dangling(row));
  take('layerLinks', (row) => sizes.layerLink(row).diskBytes);
  take('blobs', (id) => sizes.blob(id).diskBytes);
  return held;
}

function isDangling({ signatureLinks, blobs, aliases }: Inventory, row: number): boolean {
  const id = signatureLinks.digest[row] ?? NONE;
  return ((blobs.flags[id] ?? 0) & BLOB_STORED) === 0 && !aliases.some(({ from }) => from === id);
}

/** The images of one repository, the first to go first. */
function queueOf({ inventory, policy }: Asked, images: readonly Image[]): Image[] {
  const { tags, revisions, digests } = inventory;
  const isSignature = (row: number): boolean => (tags.name[row] ?? '').startsWith('sha256-');
  const rank = ({ tags: rows }: Image): number => Number(rows.some((row) => !isSignature(row)));
  const timeOf = ({ tags: rows, revisions: [row] }: Image): number =>
    row === undefined ? Math.max(...rows.map((tag) => tags.time[tag] ?? 0)) : (revisions.time[row] ?? 0);
  const digestOf = ({ tags: [tag], revisions: [row] }: Image): string =>
    digests.digest((tag === undefined ? revisions.digest[row ?? NONE] : tags.current[tag]) ?? NONE);
  // The later name of an image stands for it.
  const nameOf = (image: Image): string =>
    image.tags
      .filter((row) => policy.orderBy === 'name' || tags.time[row] === timeOf(image))
      .map((row) => tags.name[row] ?? '')
      .sort(compareNames)
      .at(-1) ?? '';
  return images.toSorted((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    const byTime = timeOf(a) - timeOf(b);
    if (rank(a) === 0) return byTime || (digestOf(a) < digestOf(b) ? -1 : 1);
    const byName = compareNames(nameOf(a), nameOf(b));
    return policy.orderBy === 'name' ? byName : byTime || byName;
  });
}

/** Takes one after the other, as the README says, and gives back what was not needed. */
function chooseNaively(asked: Asked): readonly Image[] {
  const { inventory, target, keeping } = asked;
  const images = imagesOf(asked);
  const held = new Map(images.map((image) => [image, heldBy(asked, image)]));
  const holders = new Map<string, number>();
  for (const things of held.values())
    for (const thing of things.keys()) holders.set(thing, (holders.get(thing) ?? 0) + 1);
  const shareOf = (image: Image): number =>
    [...(held.get(image) ?? [])].reduce(
      (sum, [thing, bytes]) => sum + Math.floor(bytes / (holders.get(thing) ?? 1)),
      0,
    );
  const queues = inventory.repositories
    .map(({ name }, repository) => ({
      name,
      left: queueOf(
        asked,
        images.filter((image) => image.repository === repository),
      ),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const isTagged = ({ tags }: Image): boolean =>
    tags.some((row) => !(inventory.tags.name[row] ?? '').startsWith('sha256-'));
  let stay = [...images];
  const freed = (): number => diskBytes(inventory, planBy(inventory, keeping(stay)));
  const taken: Image[] = [];
  while (freed() < target && stay.length > 0) {
    const isUntaggedLeft = stay.some((image) => !isTagged(image));
    const open = queues.filter(({ left: [first] }) => first !== undefined && !(isUntaggedLeft && isTagged(first)));
    const most = Math.max(...open.map(({ left }) => left.reduce((sum, image) => sum + shareOf(image), 0)));
    const next = open.find(({ left }) => left.reduce((sum, image) => sum + shareOf(image), 0) === most)?.left.shift();
    if (next === undefined) throw new Error('nothing is left');
    stay = stay.filter((image) => image !== next);
    taken.push(next);
  }
  if (freed() < target) return taken;
  return taken.toReversed().filter((image) => {
    stay.push(image);
    if (freed() >= target) return false;
    stay.pop();
    return true;
  });
}

test('what goes is what a naive choice takes', () => {
  holds((asked) => {
    fc.pre(!isCircular(asked.registry));
    const { inventory, plan, keeping } = asked;
    const taken = chooseNaively(asked);
    const stay = imagesOf(asked).filter((image) => !taken.some((one) => JSON.stringify(one) === JSON.stringify(image)));
    expect(plan).toEqual(planBy(inventory, keeping(stay)));
  });
});
