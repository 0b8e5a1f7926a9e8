/** More rows in one repository, or in one tag, than a call has room for arguments: some 125 000. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { analyse } from '../../src/gc/analysis.ts';
import { actionsOf } from '../../src/gc/actions.ts';
import { batchesOf } from '../../src/gc/batches.ts';
import { planIn } from '../../src/gc/plan-in.ts';
import type { ParsedAction } from '../../src/gc/plan-lines.ts';
import type { Plan } from '../../src/gc/plan.ts';
import { selectFromFile } from '../../src/gc/select.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { parseDigest } from '../../src/layout/digest.ts';
import type { Policy, Retention } from '../../src/policy/model.ts';
import { comparisonOf } from '../../src/query/comparison.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import { scanFacts } from '../support/scan-facts.ts';

const MANY = 130_000;
const NOW = Date.UTC(2026, 0, 15);
const PUSHED = NOW - 3_600_000;
const VIEW = { mode: 'policy', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: NOW } as const;

/** By names, for the times of all are one. */
function retentionOf(told: Partial<Policy>): Retention {
  return retentionBy(policyOf({ orderBy: 'name', ...told }));
}

/** One repository; `fill` is given each of many digests. */
function inventoryOf(fill: (builder: InventoryBuilder, digest: number, place: number) => void): Inventory {
  const builder = new InventoryBuilder();
  builder.repository({ name: 'app', deletable: true, hasManifests: true, hasLayers: true, hasUploads: false });
  for (let place = 0; place < MANY; place++) {
    const digest = parseDigest(`sha256:${createHash('sha256').update(`${place}`).digest('hex')}`);
    if (digest !== undefined) fill(builder, builder.digests.intern(digest), place);
  }
  return builder.build(scanFacts({ scannedAt: NOW, diskUsage: true }));
}

const LINK = { time: PUSHED, diskBytes: 4096, flags: 0 };
const OPTIONS = { isIncluded: () => true, youngSince: Infinity, now: NOW };

test('a policy keeps as many revisions without a tag as were pushed within', () => {
  const inventory = inventoryOf((builder, digest) => {
    builder.revision(0, digest, LINK);
  });
  const keepUntagged: Policy['keepUntagged'] = [{ kind: 'within', seconds: 7200 }];
  const analysis = analyse(inventory, {
    ...OPTIONS,
    retention: { ...retentionOf({ keepUntagged }), trustTimes: true },
  });
  expect(planIn(analysis, 'policy', VIEW).revisions).toHaveLength(0);
});

test('two policies differ on as many tags of one repository', () => {
  const inventory = inventoryOf((builder, digest, place) => {
    builder.revision(0, digest, LINK);
    builder.tag(0, digest, { name: `v${place}`, time: PUSHED, flags: 0 });
  });
  const keepTags: Policy['keepTags'] = [{ patterns: [], keepers: [{ kind: 'always' }] }];
  const analysis = analyse(inventory, {
    ...OPTIONS,
    retention: retentionOf({}),
    compared: retentionOf({ keepTags }),
  });
  expect(comparisonOf({ analysis }, VIEW, { a: 'none', b: 'all' }).tags).toHaveLength(MANY);
});

test('a tag that goes has named as many digests, in batches and out of a plan file', () => {
  const inventory = inventoryOf((builder, digest, place) => {
    builder.revision(0, digest, LINK);
    if (place === 0) builder.tag(0, digest, { name: 'latest', time: PUSHED, flags: 0 });
    builder.tagIndexEntry(digest);
  });
  const analysis = analyse(inventory, { ...OPTIONS, retention: retentionOf({}) });
  const plan = planIn(analysis, 'policy', VIEW);
  expect([plan.tags, plan.revisions].map(({ length }) => length)).toEqual([1, MANY]);
  const tagsOf = (plans: readonly Plan[]): number => plans.reduce((sum, { tags }) => sum + tags.length, 0);
  expect(tagsOf([...batchesOf(inventory, analysis.graph, plan, {})])).toBe(1);
  const actions = [...actionsOf(inventory, plan, { mode: 'policy', batch: 1 })];
  const other = actions.filter(({ kind }) => kind !== 'tag') as readonly ParsedAction[];
  expect(tagsOf([selectFromFile(inventory, plan, other, analysis.graph).plan])).toBe(0);
});
