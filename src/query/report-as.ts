/** `report --as`: what the registry's own collector would do, beside what a sweep of ours would. */
import { planIn } from '../gc/plan-in.ts';
import { planTotals } from '../gc/plan-totals.ts';
import { Sizes } from '../gc/sizes.ts';
import type { Plan } from '../gc/plan.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { CollectorPrediction } from '../pipeline/predict.ts';
import type { CountedSize, OnlyOne, PredictedBlob, ReportAs } from '../report/model-as.ts';
import { at } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { reclaimableOf } from './report.ts';
import { registryOf, type MarkedIndex, type ViewOptions } from './view.ts';

const EXIT_STATUS = { done: 0, abort: 1, panic: 2, endless: null } as const;

export interface ReportAsOptions extends ViewOptions {
  readonly mode: 'revisions' | 'untagged';
}

/** Builds the result, made at `generatedAt` (epoch milliseconds). The plan is that of `options`. */
export function reportAs(
  prediction: CollectorPrediction,
  { analysis }: Pick<MarkedIndex, 'analysis'>,
  options: ReportAsOptions,
  generatedAt: number,
): ReportAs {
  const { inventory } = analysis;
  const deletions = deletionsOf(prediction);
  const { ending } = prediction;
  return {
    schema: 'regsweep.report-as/1',
    generatedAt: new Date(generatedAt).toISOString(),
    registry: registryOf(inventory),
    as: prediction.dialect,
    deleteUntagged: prediction.deleteUntagged,
    ending: {
      kind: ending.kind,
      exitStatus: EXIT_STATUS[ending.kind],
      message: ending.kind === 'done' ? null : ending.message,
      path: ending.kind === 'done' ? null : ending.path,
    },
    marked: prediction.marked ?? null,
    certain: !prediction.gone.uncertain,
    deletes: {
      blobs: sizeOf(deletions.blobs),
      revisions: { count: deletions.revisions.length },
      tagIndexEntries: { count: deletions.tagIndexEntries.length },
      layerLinks: { count: deletions.layerLinks.length },
    },
    deletions,
    brokenTags: prediction.broken,
    damagedTagsThatLoseMore: prediction.worse,
    sweep: besideSweep(deletions, inventory, planIn(analysis, options.mode, options), options),
  };
}

type Deletions = ReportAs['deletions'];

/** Sorted: the registry's own order is another one each time. */
function deletionsOf({ gone }: CollectorPrediction): Deletions {
  return {
    blobs: gone.blobs.toSorted((a, b) => compareText(a.digest, b.digest)),
    revisions: gone.revisions.toSorted(byKey),
    tagIndexEntries: gone.tagIndexEntries.toSorted(
      (a, b) => compareText(keyOf(a), keyOf(b)) || compareText(a.tag, b.tag),
    ),
    layerLinks: gone.layerLinks.toSorted(byKey),
  };
}

function sizeOf(blobs: readonly PredictedBlob[]): CountedSize {
  const sum = { count: blobs.length, bytes: 0, diskBytes: 0 };
  for (const { bytes, diskBytes } of blobs) {
    sum.bytes += bytes;
    sum.diskBytes += diskBytes;
  }
  return sum;
}

function besideSweep(
  deletions: Deletions,
  inventory: Inventory,
  plan: Plan,
  { mode, minAgeSeconds }: ReportAsOptions,
): ReportAs['sweep'] {
  const { uploads, strayFiles, emptyDirectories } = reclaimableOf(planTotals(inventory, plan));
  const ours = plannedKeys(inventory, plan);
  const theirs = {
    blobs: new Map(deletions.blobs.map((blob) => [blob.digest, blob])),
    revisions: new Set(deletions.revisions.map(keyOf)),
    tagIndexEntries: new Set(deletions.tagIndexEntries.map(entryKeyOf)),
    layerLinks: new Set(deletions.layerLinks.map(keyOf)),
  };
  return {
    mode,
    minAgeSeconds,
    onlySweep: {
      ...onlyFirst(ours, theirs),
      uploads: { ...uploads, diskBytes: uploads.diskBytes ?? 0 },
      strayFiles: { ...strayFiles, diskBytes: strayFiles.diskBytes ?? 0 },
      emptyDirectories,
    },
    onlyCollector: onlyFirst(theirs, ours),
  };
}

interface Keys {
  readonly blobs: ReadonlyMap<string, PredictedBlob>;
  readonly revisions: ReadonlySet<string>;
  readonly tagIndexEntries: ReadonlySet<string>;
  readonly layerLinks: ReadonlySet<string>;
}

function onlyFirst(first: Keys, second: Keys): OnlyOne {
  return {
    blobs: sizeOf([...first.blobs.values()].filter(({ digest }) => !second.blobs.has(digest))),
    revisions: { count: countOutside(first.revisions, second.revisions) },
    tagIndexEntries: { count: countOutside(first.tagIndexEntries, second.tagIndexEntries) },
    layerLinks: { count: countOutside(first.layerLinks, second.layerLinks) },
  };
}

function countOutside(first: ReadonlySet<string>, second: ReadonlySet<string>): number {
  let count = 0;
  for (const key of first) if (!second.has(key)) count++;
  return count;
}

function plannedKeys(inventory: Inventory, plan: Plan): Keys {
  const { digests, repositories, revisions, layerLinks, tags, tagIndexEntries } = inventory;
  const sizes = new Sizes(inventory);
  const key = (repository: number, id: number): string =>
    keyOf({ repository: repositories[repository]?.name ?? '', digest: digests.digest(id) });
  return {
    blobs: new Map(
      Array.from(plan.blobs, (id) => {
        const { bytes, diskBytes } = sizes.blob(id);
        const digest = digests.digest(id);
        return [digest, { digest, bytes, diskBytes }];
      }),
    ),
    revisions: new Set(
      Array.from(plan.revisions, (row) => key(at(revisions.repository, row), at(revisions.digest, row))),
    ),
    layerLinks: new Set(
      Array.from(plan.layerLinks, (row) => key(at(layerLinks.repository, row), at(layerLinks.digest, row))),
    ),
    tagIndexEntries: new Set(
      Array.from(plan.tagIndexEntries, (row) => {
        const tag = at(tagIndexEntries.tag, row);
        return `${key(at(tags.repository, tag), at(tagIndexEntries.digest, row))} ${tags.name[tag] ?? ''}`;
      }),
    ),
  };
}

function keyOf({ repository, digest }: { readonly repository: string; readonly digest: string }): string {
  return `${repository} ${digest}`;
}

function entryKeyOf(entry: Deletions['tagIndexEntries'][number]): string {
  return `${keyOf(entry)} ${entry.tag}`;
}

function byKey(a: Deletions['revisions'][number], b: Deletions['revisions'][number]): number {
  return compareText(keyOf(a), keyOf(b));
}
