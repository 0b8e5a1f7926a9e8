/**
 * What answers from an index cost, without starting the program: `npx tsx scripts/bench/queries.ts --db INDEX [--turns 5]
 * [--policy FILE] [--repository NAME]`. Prints a table in Markdown, and how many bytes the index has for each blob, link and reference.
 */
import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readIndexFile } from '../../src/db/open.ts';
import { readInventory } from '../../src/db/reader.ts';
import { readRepository } from '../../src/db/repository-reader.ts';
import { readStoredValues } from '../../src/db/stored-values.ts';
import { analyse, type Analysis } from '../../src/gc/analysis.ts';
import { uploadsBefore, youngSince } from '../../src/gc/thresholds.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { readPolicies } from '../../src/policy/parse.ts';
import { buildListing } from '../../src/query/listing.ts';
import { FIGURE_NAMES, LISTING_NAMES, unpackFigures, VALUES } from '../../src/query/packed-figures.ts';
import { rankRows } from '../../src/query/rank.ts';
import { buildReport } from '../../src/query/report.ts';
import { listedRows, standardReport, standardRows, type StandardFigures } from '../../src/query/standard-figures.ts';
import { listOfPart } from '../../src/query/stored-listing.ts';
import type { Listing } from '../../src/report/model.ts';
import { spread } from './statistics.ts';

const HOUR = 3600;

const { values } = parseArgs({
  options: {
    db: { type: 'string' },
    policy: { type: 'string' },
    repository: { type: 'string' },
    turns: { type: 'string', default: '5' },
  },
});
const path = values.db;
const turns = Number(values.turns);
if (path === undefined || !Number.isSafeInteger(turns) || turns < 1) {
  console.error('usage: queries --db INDEX [--turns N] [--policy FILE] [--repository NAME]');
  process.exitCode = 2;
} else measureIndex(path);

function figuresOf(index: string): StandardFigures {
  const stored = readIndexFile(index, (database) => readStoredValues(database, FIGURE_NAMES));
  const figures = stored && unpackFigures(stored.values);
  if (figures === undefined) throw new Error(`${index} keeps no figures: scan with this program`);
  return figures;
}

/** As `ls` of a repository answers without a scan. */
function listKept(index: string, name: string): Listing {
  const { stored, part } = readIndexFile(index, (database) => ({
    stored: readStoredValues(database, LISTING_NAMES),
    part: readRepository(database, [name]),
  }));
  const figures = stored && unpackFigures(stored.values);
  const shared = stored?.values.get(VALUES.shared);
  if (figures === undefined || shared === undefined || part === undefined)
    throw new Error(`${index} keeps no listing: scan with this program`);
  return listOfPart(part, figures, shared, name);
}

function measureIndex(index: string): void {
  const now = Date.now();
  const options = { mode: 'revisions', minAgeSeconds: HOUR, uploadsOlderThanSeconds: 168 * HOUR, now } as const;
  const moment = {
    youngSince: youngSince(options.minAgeSeconds, now),
    uploadsBefore: uploadsBefore(options.uploadsOlderThanSeconds, now),
  };
  const inventory = readIndexFile(index, readInventory);
  // The standard modes are marked once they are asked for.
  const marked = (): Analysis =>
    analyse(inventory, { isIncluded: () => true, youngSince: moment.youngSince, now, ...retentionOf(values.policy) });
  const analysis = marked();
  const first = values.repository ?? inventory.repositories[0]?.name ?? '';
  const rows: [string, () => unknown][] = [
    ['report, kept', () => standardReport(figuresOf(index), options, moment, now)],
    ['rank, kept', () => rankRows(standardRows(figuresOf(index), options.mode, moment) ?? [], 'orphaned-bytes', 10)],
    ['ls, kept', () => listedRows(figuresOf(index), moment)],
    ['loading the columns', () => readIndexFile(index, readInventory)],
    ['marking in the standard modes', () => ({ ...marked() })],
    ['ls of a repository, kept', () => listKept(index, first)],
    ['report, computed', () => buildReport({ analysis }, options, now)],
    ['ls of a repository, computed', () => buildListing({ analysis }, first)],
  ];
  if (values.policy !== undefined) {
    const byPolicy = { ...options, mode: 'policy' } as const;
    rows.push(
      ['marking by the policy', marked],
      [
        'report of the policy, beside what is kept',
        () => buildReport({ analysis, figures: figuresOf(index) }, byPolicy, now),
      ],
      ['report of the policy, computed', () => buildReport({ analysis }, byPolicy, now)],
    );
  }
  console.log('| milliseconds | median | least | most |\n| --- | ---: | ---: | ---: |');
  for (const [name, act] of rows) {
    const { median, least, most } = spread(Array.from({ length: turns }, () => millisecondsOf(act)));
    console.log(`| ${name} | ${median.toFixed(0)} | ${least.toFixed(0)} | ${most.toFixed(0)} |`);
  }
  const things = thingsIn(inventory);
  const { size } = statSync(index);
  console.log(`\n${size} bytes, ${things} blobs, links and references: ${(size / things).toFixed(1)} bytes each`);
}

function retentionOf(file: string | undefined) {
  if (file === undefined) return {};
  const policies = readPolicies(file, readFileSync(file, 'utf8'));
  return { retention: { policies, keepDigests: new Set<never>(), keepTagged: [], trustTimes: true } };
}

function millisecondsOf(act: () => unknown): number {
  const start = performance.now();
  if (act() === undefined) throw new Error('no answer: what was kept does not hold any more');
  return performance.now() - start;
}

function thingsIn({ digests, revisions, tags, tagIndexEntries, layerLinks, manifests }: Inventory): number {
  const links =
    revisions.digest.length + tags.current.length + tagIndexEntries.digest.length + layerLinks.digest.length;
  return digests.size + links + manifests.referenceTarget.length;
}
