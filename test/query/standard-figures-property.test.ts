/** What a scan left in its index is given out again only where computing it would give the same bytes. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../src/gc/analysis.ts';
import { isAsYoung } from '../../src/gc/lasting.ts';
import { uploadsBefore } from '../../src/gc/thresholds.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { packFigures, standardFigures } from '../../src/query/keep-figures.ts';
import { FIGURE_NAMES, unpackFigures } from '../../src/query/packed-figures.ts';
import { buildReport, volumeFigures } from '../../src/query/report.ts';
import { repositoryRows } from '../../src/query/rows.ts';
import { listedRows, standardReport, standardRows, summaryOf } from '../../src/query/standard-figures.ts';
import type { MarkedIndex, ViewOptions } from '../../src/query/view.ts';
import { renderJson } from '../../src/report/json.ts';
import { inventoryOf, taggedRegistries, type Registry } from '../gc/random-plans.ts';

/** Seconds since the epoch: everything happens before then. */
const END = 12;

/** Whatever has a time gets one of few, so that thresholds fall upon them, between them, and beside them. */
interface Times {
  readonly seed: readonly number[];
  readonly emptyUploads: boolean;
}

const times: fc.Arbitrary<Times> = fc.record({
  seed: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 7, maxLength: 7 }),
  emptyUploads: fc.boolean(),
});

function timed(registry: Registry, { seed, emptyUploads }: Times): Inventory {
  const inventory = inventoryOf(registry);
  let turn = 0;
  const next = (): number => (seed[turn++ % seed.length] ?? 0) * 1000;
  const renewed = (column: Float64Array): Float64Array => column.map((time) => (Number.isNaN(time) ? time : next()));
  const withTimes = <T extends { readonly time: Float64Array }>(table: T): T => ({
    ...table,
    time: renewed(table.time),
  });
  return {
    ...inventory,
    blobs: withTimes(inventory.blobs),
    revisions: withTimes(inventory.revisions),
    layerLinks: withTimes(inventory.layerLinks),
    tagIndexEntries: withTimes(inventory.tagIndexEntries),
    signatureLinks: withTimes(inventory.signatureLinks),
    strayFiles: inventory.strayFiles.map((stray) => ({ ...stray, time: next() })),
    uploads: inventory.uploads.map((upload) => ({
      ...upload,
      startedAt: next(),
      newestAt: next(),
      inodes: emptyUploads ? 1 : upload.inodes,
    })),
  };
}

/** Seconds since the epoch from when on things are young, and before which uploads are stale; `undefined`: none is. */
interface Moment {
  readonly young: number | undefined;
  readonly stale: number | undefined;
}

const aThreshold = fc.option(fc.integer({ min: 0, max: END }), { nil: undefined, freq: 4 });
const moments: fc.Arbitrary<Moment> = fc.record({ young: aThreshold, stale: aThreshold });

function indexAt(inventory: Inventory, { young }: Moment): MarkedIndex {
  const youngSince = young === undefined ? Infinity : young * 1000;
  const analysis = analyse(inventory, { isIncluded: () => true, youngSince, now: END * 1000 });
  const perRepository = [{ name: 'a', referencedBytes: 3, taggedBytes: 2 }];
  return { analysis, previous: { perRepository }, lost: ['gone'] };
}

function optionsAt({ stale }: Moment): Omit<ViewOptions, 'mode'> {
  const uploadsOlderThanSeconds = stale === undefined ? undefined : END - stale;
  return { minAgeSeconds: 5, uploadsOlderThanSeconds, now: END * 1000 };
}

function keptAt(inventory: Inventory, moment: Moment) {
  const made = standardFigures(indexAt(inventory, moment), optionsAt(moment), true);
  const values = new Map(packFigures(made).map(({ name, data }) => [name, data]));
  expect([...values.keys()].sort()).toEqual([...FIGURE_NAMES].sort());
  const kept = unpackFigures(values);
  if (kept === undefined) throw new Error('nothing was kept');
  return kept;
}

test('reports, ranks and listings out of an index are those that marking it gives, or are left to marking', () => {
  const told = { same: 0, later: 0, left: 0 };
  fc.assert(
    fc.property(taggedRegistries, times, moments, moments, (registry, given, then, now) => {
      const inventory = timed(registry, given);
      const kept = keptAt(inventory, then);
      for (const moment of [then, now]) {
        const index = indexAt(inventory, moment);
        const options = optionsAt(moment);
        const { youngSince } = index.analysis;
        const at = { youngSince, uploadsBefore: uploadsBefore(options.uploadsOlderThanSeconds, options.now) };
        for (const mode of ['revisions', 'untagged'] as const) {
          const view = { ...options, mode };
          const report = standardReport(kept, view, at, 1e12);
          if (report === undefined) told.left++;
          else expect(renderJson(report)).toBe(renderJson(buildReport(index, view, 1e12)));
          if (moment === then) expect(report).toBeDefined();
          else if (report !== undefined) told[then.young === now.young ? 'same' : 'later']++;
          const rows = standardRows(kept, mode, at);
          if (rows !== undefined) expect(rows).toEqual(repositoryRows(index, view));
        }
        const listed = listedRows(kept, at);
        const never = { ...options, mode: 'revisions', uploadsOlderThanSeconds: undefined } as const;
        if (listed !== undefined) expect(listed).toEqual(repositoryRows(index, never));
        const about = { database: 'index.sqlite', durationSeconds: 1 };
        const volume = volumeFigures(index.analysis);
        expect(renderJson(summaryOf(kept.volume, about))).toBe(renderJson(summaryOf(volume, about)));
      }
    }),
    { numRuns: 400 },
  );
  // Each of the ways was gone.
  expect(Math.min(...Object.values(told))).toBeGreaterThan(20);
});

test('where nothing is young that anything depends on, what was kept holds for good', () => {
  fc.assert(
    fc.property(taggedRegistries, times, (registry, given) => {
      const { modes } = keptAt(timed(registry, given), { young: END - 1, stale: undefined });
      for (const { lasting } of Object.values(modes ?? {})) expect(isAsYoung(lasting, Infinity)).toBe(true);
    }),
  );
});
