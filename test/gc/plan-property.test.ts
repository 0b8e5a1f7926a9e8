/** What holds of every plan: its order, its sums, its paths, its batches, and what is left of it by a file. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACTION_KINDS, DELETION_KINDS, type Action, type ActionKind, type DeletionKind } from '../../src/gc/action.ts';
import { actionsOf } from '../../src/gc/actions.ts';
import { batchesOf, type BatchLimits } from '../../src/gc/batches.ts';
import type { ParsedAction } from '../../src/gc/plan-lines.ts';
import { planTotals } from '../../src/gc/plan-totals.ts';
import { parentsFirst, type Plan } from '../../src/gc/plan.ts';
import { Closure } from '../../src/gc/reachability.ts';
import { selectFromFile } from '../../src/gc/select.ts';
import { TagSubjects } from '../../src/gc/tag-subjects.ts';
import { BLOB_STORED, INDEX_KIND, NONE, type Inventory } from '../../src/inventory/inventory.ts';
import { parsePath } from '../../src/layout/parse.ts';
import { pathOf, repositoryFolder } from '../../src/layout/paths.ts';
import { rowsOf } from '../../src/shared/columns.ts';
import { planOf, registries, type RandomPlan } from './random-plans.ts';

const CONTEXT = { mode: 'untagged', batch: 1 } as const;
const CLASSES = [
  'tags',
  'tagIndexEntries',
  'revisions',
  'signatureLinks',
  'layerLinks',
  'blobs',
  'uploads',
  'strayFiles',
  'emptyFolders',
] as const;

function actions({ inventory }: RandomPlan, plan: Plan): readonly Action[] {
  return [...actionsOf(inventory, plan, CONTEXT)];
}

function holds(property: (random: RandomPlan) => void, numRuns = 200): void {
  fc.assert(
    fc.property(registries, (registry) => property(planOf(registry))),
    { numRuns },
  );
}

/** What each manifest names, by digest: everything that could be left dangling. */
function namedBy({ graph, inventory }: RandomPlan, id: number): readonly number[] {
  const { start, target } = graph.references;
  const { digest, subject } = inventory.manifests;
  const about = [...digest].flatMap((m, row) => (m === id ? [subject[row] ?? NONE] : [])).filter((one) => one !== NONE);
  return [...target.subarray(start[id], start[id + 1]), ...about];
}

test('whatever names something goes before it: links before blobs, indexes before manifests, parents before children', () => {
  holds((random) => {
    const { inventory, plan } = random;
    for (const rows of [[...plan.revisions].map((row) => inventory.revisions.digest[row] ?? NONE), [...plan.blobs]]) {
      for (const [place, id] of rows.entries()) {
        for (const named of namedBy(random, id)) {
          if (named !== id)
            expect(rows.lastIndexOf(named)).toSatisfy(
              (at: number) => at === -1 || at > rows.indexOf(id) || rows[place] === named,
            );
        }
      }
    }
    const kindOf = (id: number): number => {
      const row = inventory.manifests.digest.indexOf(id);
      if (row === -1) return 2;
      return inventory.manifests.kind[row] === INDEX_KIND ? 0 : 1;
    };
    const kinds = [...plan.blobs].map(kindOf);
    expect(kinds.filter((kind) => kind !== 1)).toEqual(kinds.filter((kind) => kind !== 1).sort());
    const order = actions(random, plan).map(({ kind }) => ACTION_KINDS.indexOf(kind));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });
});

test('the sums of the actions are the totals of the plan', () => {
  holds((random) => {
    const { total, unstated, ...classes } = planTotals(random.inventory, random.plan);
    const all = actions(random, random.plan);
    const sum = (of: (action: Action) => number): number => all.reduce((before, action) => before + of(action), 0);
    expect(total).toMatchObject({
      count: all.length,
      bytes: sum(({ bytes }) => bytes),
      diskBytes: sum(({ diskBytes }) => diskBytes),
    });
    expect(unstated.blobs).toBeLessThanOrEqual(classes.blobs.count);
    const counts = Object.values(classes).map(({ count }) => count);
    expect(counts).toEqual(DELETION_KINDS.map((wanted) => all.filter(({ kind }) => kind === wanted).length));
  });
});

const PLACE_OF_KIND: Readonly<Partial<Record<ActionKind, string>>> = {
  tag: 'tag-folder',
  'tag-index-entry': 'tag-index-entry-folder',
  revision: 'revision-folder',
  'signature-link': 'signature-folder',
  'layer-link': 'layer-folder',
  blob: 'blob-folder',
  upload: 'upload-folder',
  'stray-temporary-file': 'temporary-file',
} satisfies Readonly<Record<Exclude<DeletionKind, 'empty-directory'>, string>>;

test('every path is one of the layout, of the kind that its action says, and comes once', () => {
  holds((random) => {
    const all = actions(random, random.plan);
    for (const { kind, path, reason } of all) {
      const place = parsePath(path);
      expect(pathOf(place)).toBe(path);
      if (kind === 'empty-directory') expect(place.kind).toMatch(/-folder$/);
      else expect(place.kind).toBe(PLACE_OF_KIND[kind]);
      expect(reason.text.length).toBeGreaterThan(10);
    }
    expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
  });
});

/** Everything that the inventory knows, as a plan: what stays when another plan is done is this without that. */
function everything(inventory: Inventory): Plan {
  const rows = (length: number): Uint32Array => Uint32Array.from({ length }, (_, row) => row);
  return {
    tags: rows(inventory.tags.current.length),
    tagIndexEntries: rows(inventory.tagIndexEntries.digest.length),
    revisions: rows(inventory.revisions.digest.length),
    signatureLinks: rows(inventory.signatureLinks.digest.length),
    layerLinks: rows(inventory.layerLinks.digest.length),
    blobs: rows(inventory.digests.size).filter((id) => ((inventory.blobs.flags[id] ?? 0) & BLOB_STORED) !== 0),
    uploads: [...inventory.uploads.keys()],
    strayFiles: [...inventory.strayFiles.keys()],
    emptyFolders: [],
  };
}

/** Of all that refers to something, what it refers to: of what stays once `gone` is gone. */
function referredToBy(random: RandomPlan, gone: Plan): ReadonlySet<number> {
  const { inventory } = random;
  const { tags, tagIndexEntries, revisions, signatureLinks, layerLinks, aliases } = inventory;
  const all = everything(inventory);
  const left = (
    name: 'revisions' | 'layerLinks' | 'blobs' | 'signatureLinks' | 'tagIndexEntries' | 'tags',
  ): number[] => {
    const goes = new Set(gone[name]);
    return [...all[name]].filter((row) => !goes.has(row));
  };
  const found = new Set<number>();
  for (const row of left('revisions')) found.add(revisions.digest[row] ?? NONE);
  for (const row of left('layerLinks')) found.add(layerLinks.digest[row] ?? NONE);
  const goneRevisions = new Set(gone.revisions);
  for (const row of left('signatureLinks')) {
    if (!goneRevisions.has(signatureLinks.revision[row] ?? NONE)) found.add(signatureLinks.digest[row] ?? NONE);
  }
  const goneTags = new Set(gone.tags);
  for (const row of left('tagIndexEntries')) {
    if (!goneTags.has(tagIndexEntries.tag[row] ?? NONE)) found.add(tagIndexEntries.digest[row] ?? NONE);
  }
  for (const row of left('tags')) found.add(tags.current[row] ?? NONE);
  for (const id of left('blobs'))
    for (const named of random.graph.references.target.subarray(
      random.graph.references.start[id],
      random.graph.references.start[id + 1],
    ))
      found.add(named);
  for (const { from, to } of aliases) if (found.has(from)) found.add(to);
  return found;
}

function expectNothingDangles(random: RandomPlan, gone: Plan): void {
  const needed = referredToBy(random, gone);
  expect([...gone.blobs].filter((id) => needed.has(id))).toEqual([]);
}

/** What a revision or a tag that stays names has all the links in its repository that it had: else it cannot be pulled. */
function expectImagesKeepTheirLinks({ inventory, graph }: RandomPlan, gone: Plan): void {
  const { tags, revisions, layerLinks } = inventory;
  const goneTags = new Set(gone.tags);
  const goneRevisions = new Set(gone.revisions);
  const standsFor = new Map(inventory.aliases.map(({ from, to }) => [from, to]));
  const leads = (id: number): boolean => ((inventory.blobs.flags[standsFor.get(id) ?? id] ?? 0) & BLOB_STORED) !== 0;
  const closure = new Closure(graph.nodes, [graph.references]);
  for (const repository of inventory.repositories.keys()) {
    closure.begin();
    for (const tag of rowsOf(tags.byRepository, repository)) {
      const current = tags.current[tag] ?? NONE;
      const isLinked = [...rowsOf(revisions.byRepository, repository)].some((row) => revisions.digest[row] === current);
      if (!goneTags.has(tag) && isLinked) closure.add([current]);
    }
    for (const row of rowsOf(revisions.byRepository, repository)) {
      if (!goneRevisions.has(row)) closure.add([revisions.digest[row] ?? NONE]);
    }
    const lost = (rows: typeof revisions | typeof layerLinks, went: Uint32Array): readonly number[] =>
      [...went].filter((row) => {
        const id = rows.digest[row] ?? NONE;
        return rows.repository[row] === repository && leads(id) && closure.has(id);
      });
    expect(lost(revisions, gone.revisions)).toEqual([]);
    expect(lost(layerLinks, gone.layerLinks)).toEqual([]);
  }
}

/** No folder goes that something lies in, and a repository that keeps anything keeps its four folders. */
function expectFoldersAreEmpty(random: RandomPlan, gone: Plan): void {
  const { inventory } = random;
  const left = new Set(actions(random, everything(inventory)).map(({ path }) => path));
  for (const { path } of actions(random, gone)) left.delete(path);
  const inside = new Set([...gone.tags].flatMap((tag) => [...rowsOf(inventory.tagIndexEntries.byTag, tag)]));
  const covered = actions(random, { ...everything(inventory), ...NO_ROWS, tagIndexEntries: Uint32Array.from(inside) });
  for (const { path } of covered) left.delete(path);
  const goneRevisions = new Set(gone.revisions);
  const signed = [...inventory.signatureLinks.revision.keys()].filter((row) =>
    goneRevisions.has(inventory.signatureLinks.revision[row] ?? NONE),
  );
  for (const { path } of actions(random, { ...NO_ROWS, signatureLinks: Uint32Array.from(signed) })) left.delete(path);
  const staying = [...left];
  for (const { path } of gone.emptyFolders) {
    expect(staying.filter((one) => one.startsWith(`${path}/`))).toEqual([]);
  }
  for (const [id, { name }] of inventory.repositories.entries()) {
    const folder = repositoryFolder(name);
    if (!staying.some((path) => path.startsWith(`${folder}/_`))) continue;
    const four = ['_manifests', '_manifests/tags', '_manifests/revisions', '_layers'].map(
      (part) => `${folder}/${part}`,
    );
    const lost = gone.emptyFolders.filter(({ path, repository }) => repository === id && four.includes(path));
    expect(lost).toEqual([]);
  }
}

const NO_ROWS: Plan = {
  tags: new Uint32Array(0),
  tagIndexEntries: new Uint32Array(0),
  revisions: new Uint32Array(0),
  signatureLinks: new Uint32Array(0),
  layerLinks: new Uint32Array(0),
  blobs: new Uint32Array(0),
  uploads: [],
  strayFiles: [],
  emptyFolders: [],
};

function both(a: Plan, b: Plan): Plan {
  const join = (
    name: 'tags' | 'tagIndexEntries' | 'revisions' | 'signatureLinks' | 'layerLinks' | 'blobs',
  ): Uint32Array => Uint32Array.from([...a[name], ...b[name]]);
  return {
    tags: join('tags'),
    tagIndexEntries: join('tagIndexEntries'),
    revisions: join('revisions'),
    signatureLinks: join('signatureLinks'),
    layerLinks: join('layerLinks'),
    blobs: join('blobs'),
    uploads: [...a.uploads, ...b.uploads],
    strayFiles: [...a.strayFiles, ...b.strayFiles],
    emptyFolders: [...a.emptyFolders, ...b.emptyFolders],
  };
}

function asSets(plan: Plan): Readonly<Record<string, ReadonlySet<unknown>>> {
  return Object.fromEntries(CLASSES.map((name) => [name, new Set<unknown>(plan[name])]));
}

/** After each batch nothing that stays refers to what went. Returns all that went. */
function carryOut(random: RandomPlan, limits: BatchLimits): Plan {
  const { inventory, graph, plan } = random;
  let gone = NO_ROWS;
  for (const batch of batchesOf(inventory, graph, plan, limits)) {
    for (const name of CLASSES) {
      const order = [...batch[name]].map((row) => [...plan[name]].indexOf(row as never));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    gone = both(gone, batch);
    expectNothingDangles(random, gone);
    expectImagesKeepTheirLinks(random, gone);
    expectFoldersAreEmpty(random, gone);
  }
  return gone;
}

test('a whole plan leaves nothing dangling and no folder that holds something', () => {
  holds((random) => {
    expectNothingDangles(random, random.plan);
    expectImagesKeepTheirLinks(random, random.plan);
    expectFoldersAreEmpty(random, random.plan);
  });
});

test.each([1, 3, 256])('batches of %d actions are closed, and make up the plan', (actionsOfBatch) => {
  holds((random) => {
    const gone = carryOut(random, { actionsOfBatch });
    expect(asSets(gone)).toEqual(asSets(random.plan));
    for (const name of CLASSES) expect(gone[name]).toHaveLength(random.plan[name].length);
  });
});

/** The plan of somebody who wants nothing left: tags go, with all their history. */
function withoutAnything(random: RandomPlan): RandomPlan {
  const { tagIndexEntries, signatureLinks } = NO_ROWS;
  const rows = parentsFirst(random.inventory, { ...everything(random.inventory), tagIndexEntries, signatureLinks });
  return { ...random, plan: { ...rows, emptyFolders: [] } };
}

test('batches of a plan that deletes tags are closed: a tag goes with the first of all that it has ever named', () => {
  holds((random) => {
    const all = withoutAnything(random);
    expect(asSets(carryOut(all, { actionsOfBatch: 1 }))).toEqual(asSets(all.plan));
    carryOut(all, { actionsOfBatch: 1, maxBytes: 150 });
  });
});

/** Rows of the tags that name a manifest, or something that holds it. */
function tagsThatHold({ inventory, graph }: RandomPlan, id: number): readonly number[] {
  const closure = new Closure(graph.nodes, [graph.references]);
  return [...inventory.tags.current].flatMap((current, tag) => {
    if (current === NONE) return [];
    closure.begin();
    closure.add([current]);
    return closure.has(id) ? [tag] : [];
  });
}

/** Wherever the tag of a signature is gone, so are all tags and all revisions of its subject. */
function expectNoImageWithoutSignature(random: RandomPlan, gone: Plan): void {
  const { revisions } = random.inventory;
  const subjects = new TagSubjects(random.inventory);
  const [goneTags, goneRevisions] = [new Set(gone.tags), new Set(gone.revisions)];
  for (const subject of [...gone.tags].map((tag) => subjects.of(tag)).filter((one) => one !== NONE)) {
    expect(tagsThatHold(random, subject).filter((tag) => !goneTags.has(tag))).toEqual([]);
    const stays = [...revisions.digest.keys()].filter((row) => revisions.digest[row] === subject);
    expect(stays.filter((row) => !goneRevisions.has(row))).toEqual([]);
  }
}

test.each([{ actionsOfBatch: 1 }, { actionsOfBatch: 3 }, { actionsOfBatch: 1, maxBytes: 150 }])(
  'a signature goes with its image or after it, in batches of %o',
  (limits) => {
    holds((random) => {
      const all = withoutAnything(random);
      let gone = NO_ROWS;
      for (const batch of batchesOf(all.inventory, all.graph, all.plan, limits)) {
        gone = both(gone, batch);
        expectNoImageWithoutSignature(all, gone);
      }
    }, 200);
  },
);

test('whatever action a plan ends before, no tag of an image is left without its signature', () => {
  let [checked, chains] = [0, 0];
  holds((random) => {
    const { inventory, plan } = withoutAnything(random);
    const subjects = new TagSubjects(inventory);
    for (const [place, tag] of plan.tags.entries()) {
      const subject = subjects.of(tag);
      if (subject === NONE) continue;
      const left = new Set(plan.tags.subarray(place + 1));
      const holding = tagsThatHold(random, subject);
      expect(holding.filter((other) => left.has(other) && subjects.of(other) === NONE)).toEqual([]);
      checked += holding.length;
      chains += holding.filter((other) => other !== tag && subjects.of(other) !== NONE).length;
    }
  }, 200);
  expect(checked).toBeGreaterThan(100);
  expect(chains).toBeGreaterThan(10);
});

test('a file that names some of a plan leaves no image without its signature', () => {
  fc.assert(
    fc.property(registries, fc.infiniteStream(fc.boolean()), (registry, stream) => {
      const random = withoutAnything(planOf(registry));
      const named = actions(random, random.plan).filter(({ kind }) => kind === 'blob' || stream.next().value);
      const { plan } = selectFromFile(random.inventory, random.plan, named.map(fromFile), random.graph);
      expectNoImageWithoutSignature(random, plan);
      expectNothingDangles(random, plan);
    }),
    { numRuns: 300 },
  );
});

test('a file that names some of a plan that deletes tags leaves nothing dangling', () => {
  fc.assert(
    fc.property(registries, fc.infiniteStream(fc.boolean()), (registry, stream) => {
      const random = withoutAnything(planOf(registry));
      const named = actions(random, random.plan).filter(() => stream.next().value);
      expectNothingDangles(random, selectFromFile(random.inventory, random.plan, named.map(fromFile)).plan);
    }),
    { numRuns: 200 },
  );
});

test('batches of a plan that deletes the tags of some repositories leave every image that stays its links', () => {
  fc.assert(
    fc.property(registries, fc.nat(400), (registry, maxBytes) => {
      const random = planOf(registry, (repository) => repository < 2);
      expectImagesKeepTheirLinks(random, random.plan);
      carryOut(random, { actionsOfBatch: 1 });
      carryOut(random, { actionsOfBatch: 1, maxBytes });
    }),
    { numRuns: 500 },
  );
});

test('without a budget the plan is the one batch', () => {
  holds(({ inventory, graph, plan }) => {
    expect([...batchesOf(inventory, graph, plan)]).toEqual([plan]);
  }, 5);
});

test('with a budget of bytes the batches are closed, and free no more than that, links and all', () => {
  fc.assert(
    fc.property(registries, fc.nat(400), fc.boolean(), (registry, maxBytes, takesTags) => {
      const random = planOf(registry);
      const planned = takesTags ? withoutAnything(random) : random;
      const gone = carryOut(planned, { actionsOfBatch: 2, maxBytes });
      expect(planTotals(random.inventory, gone).total.diskBytes).toBeLessThanOrEqual(maxBytes);
    }),
    { numRuns: 400 },
  );
});

/** An action as it comes out of a file. */
function fromFile(action: Action): ParsedAction {
  return JSON.parse(JSON.stringify(action)) as ParsedAction;
}

test('a file that names the whole plan selects it whole', () => {
  holds((random) => {
    const { plan, skipped } = selectFromFile(random.inventory, random.plan, actions(random, random.plan).map(fromFile));
    expect(asSets(plan)).toEqual(asSets(random.plan));
    expect(skipped).toEqual([]);
  });
});

test('a file that names some of a plan selects nothing else, and leaves nothing dangling', () => {
  fc.assert(
    fc.property(registries, fc.infiniteStream(fc.boolean()), (registry, stream) => {
      const random = planOf(registry);
      const named = actions(random, random.plan).filter(() => stream.next().value);
      const { plan, skipped } = selectFromFile(random.inventory, random.plan, named.map(fromFile));
      const paths = new Set(named.map(({ path }) => path));
      const selected = actions(random, plan).map(({ path }) => path);
      expect(selected.filter((path) => !paths.has(path))).toEqual([]);
      expect(selected.length + skipped.length).toBe(named.length);
      expectNothingDangles(random, plan);
      expectFoldersAreEmpty(random, plan);
    }),
    { numRuns: 300 },
  );
});

test('an action that expects something else is skipped, with what it refers to', () => {
  fc.assert(
    fc.property(registries, fc.nat(), (registry, pick) => {
      const random = planOf(registry);
      const all = actions(random, random.plan).map(fromFile);
      if (all.length === 0) return;
      const changed = pick % all.length;
      const file = all.map((action, place): ParsedAction => (place === changed ? withOther(action) : action));
      const { plan, skipped } = selectFromFile(random.inventory, random.plan, file);
      expect(skipped[0]?.path).toBe(all[changed]?.path);
      expect(actions(random, plan).map(({ path }) => path)).not.toContain(all[changed]?.path);
      expectNothingDangles(random, plan);
      expectFoldersAreEmpty(random, plan);
    }),
    { numRuns: 200 },
  );
});

function withOther(action: ParsedAction): ParsedAction {
  const { expect: before } = action;
  if ('entries' in before) return { ...action, expect: { entries: ['something'] } };
  return { ...action, expect: { ...before, modifiedAt: '2001-01-01T00:00:00.000Z' } };
}
