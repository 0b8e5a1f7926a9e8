/** What a report with a policy says of its rules. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Digest } from '../../src/layout/digest.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { buildReport } from '../../src/query/report.ts';
import type { PolicyFigures } from '../../src/report/model-retention.ts';
import { layer } from '../support/content.ts';
import { cosignSignature, cosignTag, image, index, type Pushable } from '../support/images.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const BASE = layer('base', 9000);
const build = (name: string): Pushable => image({ name, layers: [BASE, layer(name, 1000)] });
const OLD = build('old');
const MULTI = index([{ manifest: build('amd') }, { manifest: build('arm') }]);
const NEW = build('new');
const LATEST = build('latest');

const POLICY = policyOf({
  keepTags: [
    { patterns: [], keepers: [{ kind: 'last', count: 1 }] },
    { patterns: tagPatterns(['v1|v2']), keepers: [{ kind: 'always' }, { kind: 'semver', count: 1 }] },
  ],
  protect: tagPatterns(['latest']),
});

/** `v1`, signed, `v2` (two images in an index), `latest` and `v3`, pushed in this order, a day between them. */
function releases(): Tree {
  const tree = createTree(join(temporaryFolder('figures'), 'registry'));
  const pushed = Object.entries({ v1: OLD, v2: MULTI, latest: LATEST, v3: NEW });
  for (const [tag, of] of pushed) tree.push('app', tag, of);
  tree.push('app', cosignTag(OLD.digest), cosignSignature(OLD));
  tree.age(48);
  for (const [at, [tag]] of pushed.entries()) tree.pushedAt('app', tag, 30 - at);
  return tree;
}

async function figures(keepDigests: readonly Digest[], diskUsage: boolean): Promise<PolicyFigures | undefined> {
  const retention = { ...retentionBy(POLICY), keepDigests: new Set(keepDigests), trustTimes: true };
  const opened = await openedOf(releases().root, { request: { retention, diskUsage } });
  const view = { mode: 'policy', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: Date.now() } as const;
  return buildReport(opened, view).policy;
}

test('each rule costs what it alone keeps, with signatures and parts, and images count once', async () => {
  const found = await figures([], false);
  expect(found).toMatchObject({ tags: { kept: 5, going: 0 }, images: { kept: 4, going: 0 } });
  expect(found?.rules.map(({ text, keeper, tags, images, blobs }) => [text, keeper, tags, images, blobs])).toEqual([
    // A manifest, its config and its own layer: the base is shared.
    ['last 1', null, 1, 1, 3],
    // v1 with its signature, and an index of two images.
    ['v1|v2: all, semver 1', null, 3, 2, 3 + 3 + 7],
    ['all', 0, 3, 2, 13],
    ['semver 1', 1, 0, 0, 0],
    ['protected: latest', null, 1, 1, 3],
  ]);
});

test('what runs is a rule of no policy, and what two rules keep is the cost of none', async () => {
  const found = await figures([NEW.digest], false);
  expect(found?.rules.at(0)).toMatchObject({ rule: 'keepTags', index: 0, tags: 0, bytes: 0, diskBytes: 0 });
  expect(found?.rules.at(-1)).toMatchObject({ policy: null, rule: 'keepDigests', index: null, tags: 0, bytes: 0 });
});

test('bytes are known without a stat; bytes on disk only with one', async () => {
  const [trusting, stating] = [await figures([], false), await figures([], true)];
  expect(trusting?.rules.map(({ bytes }) => bytes)).toEqual(stating?.rules.map(({ bytes }) => bytes));
  expect(trusting?.rules[0]).toMatchObject({ diskBytes: null });
  expect(stating?.rules[0]?.diskBytes).toBeGreaterThan(1000);
});
