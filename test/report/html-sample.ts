/** Reports as values, of as many repositories as are wanted: the same for the same number. */
import type { History, ScanTotals } from '../../src/report/model-history.ts';
import type { Report, RepositoryRow } from '../../src/report/model.ts';
import type { Overview } from '../../src/report/model-serve.ts';
import type { ClassBytes, VolumeNode } from '../../src/report/model-tree.ts';
import { emptyReport, fullReport, repositoryRow } from './sample.ts';

const NAMESPACES = ['platform', 'payments', 'search', 'mobile', 'data', 'infra', 'web', 'ml', 'shop', 'ops'];
const DAY = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 2, 1);

export interface HtmlSample {
  readonly report: Report;
  readonly overview: Overview;
}

/** `name`: of the repository of that number. */
export function htmlSample(count: number, name: (at: number) => string = nameOf): HtmlSample {
  const repositories = Array.from({ length: count }, (_, at) => rowOf(name(at), at));
  const report = count === 0 ? emptyReport() : fullReport({ repositories });
  return { report, overview: { report, tree: treeOf(repositories), ages: AGES, history: historyOf() } };
}

function nameOf(at: number): string {
  return `${NAMESPACES[at % NAMESPACES.length] ?? ''}/team-${at % 97}/service-${at}`;
}

function rowOf(name: string, at: number): RepositoryRow {
  const bytes = Math.round(4e10 / (at + 3)) + at;
  return repositoryRow(name, {
    tags: (at * 7) % 120,
    revisions: (at * 11) % 300,
    untaggedRevisions: (at * 3) % 60,
    layerLinks: at % 900,
    orphanedLayers: at % 13,
    orphanedBytes: (at * 7919) % 9e8,
    references: at % 5000,
    bytes,
    exclusiveBytes: Math.round(bytes * 0.7),
    sharedBytes: bytes - Math.round(bytes * 0.7),
    reclaimableBytes: (at * 104_729) % 3e9,
    growthBytes: at % 5 === 0 ? null : (at % 7) * 1e6 - 3e6,
    lastPushedAt: new Date(NOW - (at % 700) * DAY).toISOString(),
  });
}

const AGES = [
  { label: 'less than a day', fromDays: 0, tags: 12, bytes: 3_000_000_000 },
  { label: '1 to 7 days', fromDays: 1, tags: 40, bytes: 8_000_000_000 },
  { label: 'more than a year', fromDays: 365, tags: 113, bytes: 21_000_000_000 },
];

function historyOf(): History {
  const scans = [0, 1, 2, 9, 10].map((day): ScanTotals => ({
    scannedAt: new Date(NOW + (day - 10) * DAY).toISOString(),
    repositories: 10,
    tags: 160 + day,
    revisions: 270,
    blobs: 12_000,
    bytes: 5e10 + day * 2e8,
    referencedBytes: 4e10 + day * 1e8,
    taggedBytes: 3e10,
    freeBytes: 2e10,
    capacityBytes: 1e11,
  }));
  const forecast = {
    ...{ scans: 5, days: 10, bytesPerDay: 2e8, bytesPerDayLow: 1e8, bytesPerDayHigh: 3e8, freeBytes: 2e10 },
    ...{ daysUntilFull: 100, daysUntilFullLow: 67, daysUntilFullHigh: 200 },
  };
  return {
    schema: 'regsweep.history/1',
    registry: { root: '/var/lib/registry' },
    scans,
    comparison: null,
    trends: [],
    forecast,
  };
}

function treeOf(rows: readonly RepositoryRow[]): VolumeNode {
  const leaves = rows.map((row) => {
    const own = {
      kept: row.exclusiveBytes,
      shared: 0,
      untagged: row.sharedBytes,
      orphaned: row.orphanedBytes,
      held: 0,
    };
    return nodeOf(row.name, true, own, []);
  });
  const namespaces = new Map<string, VolumeNode[]>();
  for (const leaf of leaves) {
    const namespace = leaf.path.split('/')[0] ?? '';
    namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), leaf]);
  }
  const none = { kept: 0, shared: 1e9, untagged: 0, orphaned: 0, held: 0 };
  const children = [...namespaces].map(([path, members]) => nodeOf(path, false, none, members));
  return nodeOf('', false, { ...none, held: 5e9, orphaned: 7e9 }, children);
}

function nodeOf(path: string, isRepository: boolean, own: ClassBytes, children: readonly VolumeNode[]): VolumeNode {
  const sum = (key: keyof ClassBytes): number => children.reduce((all, child) => all + child.below[key], own[key]);
  const below = {
    ...{ kept: sum('kept'), shared: sum('shared'), untagged: sum('untagged') },
    ...{ orphaned: sum('orphaned'), held: sum('held') },
  };
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    isRepository,
    repositories: children.reduce((all, { repositories }) => all + repositories, isRepository ? 1 : 0),
    tags: 3,
    bytes: below.kept + below.shared + below.untagged,
    exclusiveBytes: below.kept,
    sharedBytes: below.shared,
    reclaimableBytes: below.orphaned,
    own,
    below,
    children: children.toSorted((a, b) => b.bytes - a.bytes),
  };
}
