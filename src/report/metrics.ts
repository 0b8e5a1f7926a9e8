/**
 * The metrics of a report: names, and what they are, are for dashboards and alerts to hold to. All are gauges, so that the text
 * is what OpenMetrics 1.0 says and what Prometheus has read since its version 0.0.4, both at once.
 */
import type { Amount, Freed, Report } from './model.ts';
import type { MetricFacts, RepositoryFigures, SweptFigures } from './model-metrics.ts';
import { classify } from './problem-classes.ts';
import { classesOf } from './reclaimable.ts';
import { severitiesOf } from '../shared/problem.ts';

/** A value, null where it is not known, and the labels that it has besides `registry`. */
type Sample = readonly [value: number | null, ...labels: readonly string[]];

export interface Metric {
  readonly name: string;
  readonly help: string;
  /** Besides `registry`. */
  readonly labels: readonly string[];
  readonly samples: (facts: MetricFacts) => readonly Sample[];
}

/** All metrics, in the order in which they are written. */
export const METRICS: readonly Metric[] = [
  {
    name: 'regsweep_report_info',
    help: 'Always 1: the version of the program, and the mode of the report.',
    labels: ['version', 'mode'],
    samples: ({ version, report }) => [[1, version, report.mode]],
  },
  ofReport('report_timestamp_seconds', 'When the report was made.', ({ generatedAt }) => seconds(generatedAt)),
  ofReport('scan_timestamp_seconds', 'When the volume was last scanned.', ({ registry }) =>
    seconds(registry.scannedAt),
  ),
  ofReport('scan_complete', '1 where all could be read, else 0.', ({ complete }) => Number(complete)),
  ofReport('repositories', 'Repositories.', ({ totals }) => totals.repositories),
  ofReport('tags', 'Tags.', ({ totals }) => totals.tags),
  ofReport('revisions', 'Revisions: manifests that repositories hold.', ({ totals }) => totals.revisions),
  ofReport('manifests', 'Manifests.', ({ totals }) => totals.manifests),
  ofReport('layer_links', 'Layer links.', ({ totals }) => totals.layerLinks),
  ofReport('tag_index_entries', 'Entries of the history of tags.', ({ totals }) => totals.tagIndexEntries),
  ofReport('uploads', 'Pushes that have not ended.', ({ totals }) => totals.uploads),
  ...ofAmount('stored', 'All blobs', ({ totals }) => totals),
  ...ofAmount('referenced', 'Blobs that a root reaches', ({ referenced }) => referenced),
  ...ofAmount('unreferenced', 'Blobs that no root reaches: reclaimable and held', ({ unreferenced }) => unreferenced),
  held('blobs', 'Blobs', ({ blobs }) => blobs),
  held('bytes', 'Bytes of blobs', ({ bytes }) => bytes),
  ...ofFreed('reclaimable', 'what a sweep of this mode would free', ({ reclaimable }) => reclaimable.total),
  ...ofFreed('untagged_reclaimable', 'what a sweep with --untagged would free', ({ ifUntagged }) => ifUntagged.total),
  {
    name: 'regsweep_reclaimable_items',
    help: 'What a sweep of this mode would delete, by kind.',
    labels: ['kind'],
    samples: ({ report }) => classesOf(report.reclaimable).map(({ kind, count }) => [count, kind]),
  },
  {
    name: 'regsweep_reclaimable_item_bytes',
    help: 'Bytes of what a sweep of this mode would delete, by kind; links have next to none.',
    labels: ['kind'],
    samples: ({ report }) =>
      classesOf(report.reclaimable).flatMap(({ kind, size }) => (size === undefined ? [] : [[size.bytes, kind]])),
  },
  {
    name: 'regsweep_problems',
    help: 'Damage that was found. An error: an image cannot be pulled, or what is kept is in doubt.',
    labels: ['severity'],
    samples: ({ report }) => {
      const { errors, warnings } = severitiesOf(report.problems);
      return [
        [errors, 'error'],
        [warnings, 'warning'],
      ];
    },
  },
  {
    name: 'regsweep_problems_by_code',
    help: 'Damage that was found, by its code; without series for codes of which there is none.',
    labels: ['code', 'severity'],
    samples: ({ report }) => classify(report.problems).map(({ code, severity, count }) => [count, code, severity]),
  },
  ofTrash('runs', 'Sweeps that can be taken back.', ({ runs }) => runs),
  ofTrash('bytes', 'Bytes in the trash.', ({ bytes }) => bytes),
  ofTrash('disk_bytes', 'Bytes on disk in the trash, until they are purged.', ({ diskBytes }) => diskBytes),
  swept('sweeps', 'Sweeps that were carried out, by what became of them.', ({ runs }) => runs),
  swept('swept_bytes', 'Bytes that sweeps took, by what became of them; purged is freed.', ({ bytes }) => bytes),
  swept('swept_disk_bytes', 'Bytes on disk that sweeps took, by what became of them.', ({ diskBytes }) => diskBytes),
  ofLastSweep('timestamp_seconds', 'When the last sweep ended, or began where it was cut off.', ({ at }) =>
    seconds(at),
  ),
  ofLastSweep('bytes', 'Bytes that the last sweep took.', ({ bytes }) => bytes),
  ofLastSweep('disk_bytes', 'Bytes on disk that the last sweep took.', ({ diskBytes }) => diskBytes),
  ofRepository('bytes', 'referenced bytes that it reaches; shared ones count in each.', (row) => row.bytes),
  ofRepository('exclusive_bytes', 'bytes that would go if it went.', (row) => row.exclusiveBytes),
  ofRepository(
    'reclaimable_bytes',
    'reclaimable bytes that it links; shared count in each.',
    (row) => row.reclaimableBytes,
  ),
  ofRepository('orphaned_bytes', 'bytes that it links and none of its manifests names.', (row) => row.orphanedBytes),
  ofRepository('tags', 'tags.', (row) => row.tags),
  ofRepository('revisions', 'revisions.', (row) => row.revisions),
  ofRepository('untagged_revisions', 'revisions that no tag keeps.', (row) => row.untaggedRevisions),
];

function ofReport(name: string, help: string, value: (report: Report) => number | null): Metric {
  return { name: `regsweep_${name}`, help, labels: [], samples: ({ report }) => [[value(report)]] };
}

function ofAmount(name: string, what: string, amount: (report: Report) => Amount): readonly Metric[] {
  return [
    ofReport(`${name}_blobs`, `${what}.`, (report) => amount(report).blobs),
    ofReport(`${name}_bytes`, `${what}, in bytes.`, (report) => amount(report).bytes),
    ofReport(
      `${name}_disk_bytes`,
      `${what}, in bytes on disk; only where all was stat-ed.`,
      (report) => amount(report).diskBytes,
    ),
  ];
}

function ofFreed(name: string, what: string, freed: (report: Report) => Freed): readonly Metric[] {
  return [
    ofReport(`${name}_bytes`, `Bytes of ${what}.`, (report) => freed(report).bytes),
    ofReport(`${name}_disk_bytes`, `Bytes on disk of ${what}.`, (report) => freed(report).diskBytes),
    ofReport(`${name}_inodes`, `Files and folders of ${what}.`, (report) => freed(report).inodes),
  ];
}

function held(unit: string, what: string, value: (amount: Amount) => number): Metric {
  return {
    name: `regsweep_held_${unit}`,
    help: `${what} that no root reaches and that are kept back, by the reason.`,
    labels: ['reason'],
    samples: ({ report: { held: amounts } }) => [
      [value(amounts.excluded), 'excluded'],
      [value(amounts.damaged), 'damaged'],
      [value(amounts.young), 'young'],
    ],
  };
}

/** Where nobody could look at the runs, the trash of a report is that of a volume without any: not known, and not nothing. */
function ofTrash(name: string, help: string, value: (trash: Report['trash']) => number): Metric {
  return {
    name: `regsweep_trash_${name}`,
    help,
    labels: [],
    samples: ({ report, sweeps }) => [[sweeps === null ? null : value(report.trash)]],
  };
}

function swept(name: string, help: string, value: (figures: SweptFigures) => number): Metric {
  return {
    name: `regsweep_${name}`,
    help,
    labels: ['state'],
    samples: ({ sweeps }) => Object.entries(sweeps?.states ?? {}).map(([state, figures]) => [value(figures), state]),
  };
}

type LastSweep = NonNullable<NonNullable<MetricFacts['sweeps']>['last']>;

function ofLastSweep(name: string, help: string, value: (last: LastSweep) => number): Metric {
  return {
    name: `regsweep_last_sweep_${name}`,
    help,
    labels: [],
    samples: ({ sweeps }) => (sweeps?.last == null ? [] : [[value(sweeps.last)]]),
  };
}

function ofRepository(name: string, help: string, value: (row: RepositoryFigures) => number): Metric {
  return {
    name: `regsweep_repository_${name}`,
    help: `Of each of the largest repositories: ${help}`,
    labels: ['repository'],
    samples: ({ repositories }) => repositories.map((row) => [value(row), row.name]),
  };
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
