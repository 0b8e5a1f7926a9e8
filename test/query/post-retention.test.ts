/** The ranking post's other table: what "keep the last two" takes from its nine repositories, each tag an image of its own. */
import { expect, test } from 'vitest';
import { fillVolume } from '../../scripts/registry-generator/generate.ts';
import { planOf } from '../../scripts/registry-generator/profiles.ts';
import { analyse } from '../../src/gc/analysis.ts';
import { planIn } from '../../src/gc/plan-in.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { parseDigest } from '../../src/layout/digest.ts';
import { retentionOf } from '../../src/query/retention.ts';
import type { FoundFile } from '../scripts/naive-count.ts';
import { recordingVolume } from '../scripts/recording-volume.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import { scanFacts } from '../support/scan-facts.ts';

const NOW = Date.UTC(2026, 0, 15);
const REVISION = /^repositories\/([^/]+)\/_manifests\/revisions\/sha256\/[^/]+\/link$/;
const CURRENT = /^repositories\/([^/]+)\/_manifests\/tags\/([^/]+)\/current\/link$/;

/** The post's numbers, in its order. */
const GOES = { tooltest: 17, dsystemtest: 245, bjtest: 310, zddev: 318, systemtest: 463, zdtest: 1574, zhqtest: 300 };
const EXPECTED = { ...GOES, bjdev: 1421, ordertest: 1868 };

/** Its links alone: which tags go is asked of nothing else. */
function inventoryOf(files: readonly FoundFile[]): Inventory {
  const builder = new InventoryBuilder();
  const names = [...new Set(files.flatMap(({ path }) => REVISION.exec(path)?.[1] ?? []))].sort();
  for (const [repository, name] of names.entries()) {
    builder.repository({ name, deletable: true, hasManifests: true, hasLayers: true, hasUploads: true });
    for (const { path, content = '', time } of files) {
      const digest = parseDigest(content);
      if (digest === undefined) continue;
      const tag = CURRENT.exec(path);
      const row = { time: time * 1000, diskBytes: 0, flags: 0 };
      if (REVISION.exec(path)?.[1] === name) builder.revision(repository, builder.digests.intern(digest), row);
      if (tag?.[1] === name) {
        builder.tag(repository, builder.digests.intern(digest), { name: tag[2] ?? '', time: row.time, flags: 0 });
      }
    }
  }
  return builder.build(scanFacts({ scannedAt: NOW, diskUsage: true }));
}

/** It protects nothing: the post's script knew no protection, and here some `latest` is old. */
const KEEP_LAST_TWO = policyOf({ keepTags: [{ patterns: [], keepers: [{ kind: 'last', count: 2 }] }] });

test('keeping the last two takes 17, 245, 310, 318, 463, 1574, 300, 1421 and 1868 tags, and the same the other way round', () => {
  const volume = recordingVolume();
  fillVolume(volume, planOf('blog', 1), 1, NOW / 1000);
  for (const files of [volume.files, volume.files.toReversed()]) {
    const inventory = inventoryOf(files);
    const retention = retentionBy(KEEP_LAST_TWO);
    const analysis = analyse(inventory, { isIncluded: () => true, youngSince: Infinity, retention, now: NOW });
    const view = { mode: 'policy', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: NOW } as const;
    const gone = new Map<string, number>();
    for (const row of planIn(analysis, 'policy', view).tags) {
      const name = inventory.repositories[inventory.tags.repository[row] ?? -1]?.name ?? '';
      gone.set(name, (gone.get(name) ?? 0) + 1);
    }
    expect(Object.fromEntries(gone)).toEqual(EXPECTED);
    for (const { tags } of retentionOf(analysis)) {
      expect(tags.map(({ kept }) => kept)).toEqual(tags.map((_, place) => place < 2));
      expect(tags.every(({ reasons }) => reasons.length > 0)).toBe(true);
    }
  }
});
