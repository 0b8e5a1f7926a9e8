/** What the scans that an index keeps say of a volume: totals, what changed between two of them, how fast it grows. */
import type { History, RepositoryChange, ScanComparison, ScanTotals } from '../report/model-history.ts';
import { compareText } from '../shared/problem.ts';
import { forecastOf } from './forecast.ts';

/** Times are epoch milliseconds. */
export interface KeptTotals extends Omit<ScanTotals, 'scannedAt'> {
  readonly scannedAt: number;
}

export interface KeptRepository {
  readonly name: string;
  readonly tags: number;
  readonly revisions: number;
  readonly referencedBytes: number;
  readonly taggedBytes: number;
  readonly orphanedBytes: number;
}

/** The scans that an index keeps, as `db/history.ts` reads them. */
export interface Kept {
  /** In the order in which they were made. */
  readonly scans: readonly KeptTotals[];
  /** Of the scan at this place of `scans`. */
  repositoriesOf(place: number): readonly KeptRepository[];
  /** At each of `scans`; null where it was not there. */
  referencedBytesOf(name: string): readonly (number | null)[];
}

/**
 * With which scan the newest is compared: the one so many scans before it, or the last one that is so many seconds older than
 * it, or not later than a time (epoch milliseconds). The oldest, where none is old enough.
 */
export type Since =
  | { readonly kind: 'scans'; readonly count: number }
  | { readonly kind: 'age'; readonly seconds: number }
  | { readonly kind: 'time'; readonly time: number };

const SCAN_BEFORE: Since = { kind: 'scans', count: 1 };
/** Of so many repositories all scans are shown. */
const TRENDS = 20;

export function buildHistory(root: string, kept: Kept, since: Since = SCAN_BEFORE): History {
  const { scans } = kept;
  const from = placeBefore(scans, since);
  const comparison = from === undefined ? null : comparisonOf(kept, from);
  const changed = comparison?.repositories.slice(0, TRENDS) ?? [];
  return {
    schema: 'regsweep.history/1',
    registry: { root },
    scans: scans.map(totalsOf),
    comparison,
    trends: changed.map(({ name }) => ({ name, referencedBytes: kept.referencedBytesOf(name) })),
    forecast: forecastOf(scans),
  };
}

function totalsOf({ scannedAt, ...totals }: KeptTotals): ScanTotals {
  return { scannedAt: timeOf(scannedAt), ...totals };
}

function timeOf(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}

/** The place of the scan that the newest is compared with; `undefined` where there is none before it. */
function placeBefore(scans: readonly KeptTotals[], since: Since): number | undefined {
  const newest = scans.at(-1);
  if (newest === undefined || scans.length < 2) return undefined;
  if (since.kind === 'scans') return Math.max(0, scans.length - 1 - Math.max(1, since.count));
  const time = since.kind === 'time' ? since.time : newest.scannedAt - since.seconds * 1000;
  const found = scans.slice(0, -1).findLastIndex(({ scannedAt }) => scannedAt <= time);
  return Math.max(0, found);
}

function comparisonOf(kept: Kept, from: number): ScanComparison | null {
  const [then, now] = [kept.scans[from], kept.scans.at(-1)];
  if (then === undefined || now === undefined) return null;
  return {
    from: timeOf(then.scannedAt),
    to: timeOf(now.scannedAt),
    growthBytes: now.bytes - then.bytes,
    referencedGrowthBytes: now.referencedBytes - then.referencedBytes,
    unreferencedGrowthBytes: now.bytes - now.referencedBytes - (then.bytes - then.referencedBytes),
    untaggedGrowthBytes: untaggedBytes(now) - untaggedBytes(then),
    repositories: changesBetween(kept.repositoriesOf(from), kept.repositoriesOf(kept.scans.length - 1)),
  };
}

function untaggedBytes(of: Pick<KeptRepository, 'referencedBytes' | 'taggedBytes'>): number {
  return of.referencedBytes - of.taggedBytes;
}

/** All that changed, the largest change first. */
function changesBetween(then: readonly KeptRepository[], now: readonly KeptRepository[]): readonly RepositoryChange[] {
  const before = new Map(then.map((repository) => [repository.name, repository]));
  const after = new Set(now.map(({ name }) => name));
  const pairs = [
    ...now.map((repository) => [before.get(repository.name), repository] as const),
    ...then.filter(({ name }) => !after.has(name)).map((repository) => [repository, undefined] as const),
  ];
  return pairs
    .map(([was, is]) => changeOf(was, is))
    .filter((change) => change !== undefined)
    .sort((a, b) => largestOf(b) - largestOf(a) || compareText(a.name, b.name));
}

function largestOf({ growthBytes, untaggedGrowthBytes, orphanedGrowthBytes }: RepositoryChange): number {
  return Math.max(...[growthBytes, untaggedGrowthBytes, orphanedGrowthBytes].map(Math.abs));
}

const NOTHING: Omit<KeptRepository, 'name'> = {
  tags: 0,
  revisions: 0,
  referencedBytes: 0,
  taggedBytes: 0,
  orphanedBytes: 0,
};

/** `undefined` where nothing changed. */
function changeOf(was: KeptRepository | undefined, is: KeptRepository | undefined): RepositoryChange | undefined {
  const [then, now] = [was ?? NOTHING, is ?? NOTHING];
  const growthBytes = now.referencedBytes - then.referencedBytes;
  const differences = {
    growthBytes,
    tagsAdded: now.tags - then.tags,
    revisionsAdded: now.revisions - then.revisions,
    untaggedGrowthBytes: untaggedBytes(now) - untaggedBytes(then),
    orphanedGrowthBytes: now.orphanedBytes - then.orphanedBytes,
  };
  const isThere = was !== undefined && is !== undefined;
  if (isThere && Object.values(differences).every((difference) => difference === 0)) return undefined;
  return {
    name: is?.name ?? was?.name ?? '',
    change: kindOf(was, is, growthBytes),
    tags: is?.tags ?? null,
    revisions: is?.revisions ?? null,
    referencedBytes: is?.referencedBytes ?? null,
    taggedBytes: is?.taggedBytes ?? null,
    orphanedBytes: is?.orphanedBytes ?? null,
    ...differences,
  };
}

function kindOf(
  was: KeptRepository | undefined,
  is: KeptRepository | undefined,
  growthBytes: number,
): RepositoryChange['change'] {
  if (was === undefined) return 'appeared';
  if (is === undefined) return 'gone';
  if (growthBytes === 0) return 'same-size';
  return growthBytes > 0 ? 'grew' : 'shrank';
}
