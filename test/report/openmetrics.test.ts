/** Metrics, read back by a parser of the Prometheus text format. */
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { describe, expect, test } from 'vitest';
import { metricFacts } from '../../src/query/metric-facts.ts';
import { METRICS } from '../../src/report/metrics.ts';
import { OTHER_REPOSITORIES } from '../../src/report/model-metrics.ts';
import type { Report } from '../../src/report/model.ts';
import type { RunsResult } from '../../src/report/model-sweep.ts';
import { renderOpenMetrics } from '../../src/report/openmetrics.ts';
import { fullReport, repositoryRow } from './sample.ts';

type Run = RunsResult['runs'][number];

const ROOT = '/var/lib/registry';

function run(name: string, changes: Partial<Run>): Run {
  const startedAt = `2026-02-0${name}T03:00:00.000Z`;
  const none = { endedAt: null, mode: 'revisions', actions: 1, bytes: 0, diskBytes: 0, repositoriesRemoved: [] };
  return { ...none, run: name, startedAt, state: 'trash', ...changes };
}

async function rendered(report: Report, runs?: readonly Run[], top = 20): Promise<string> {
  return renderOpenMetrics(metricFacts(report, runs, { version: '1.2.3', top, others: OTHER_REPOSITORIES }));
}

/** The values of each metric, by their labels but for `registry`. */
function valuesOf(text: string): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const families = parsePrometheusTextFormat(text).map(({ name, metrics }) => {
    const values = metrics.map(({ value, labels: { registry, ...labels } = {} }) => {
      expect(registry).toBe(ROOT);
      return [Object.values(labels).join(' '), Number(value)] as const;
    });
    return [name, Object.fromEntries(values)] as const;
  });
  return Object.fromEntries(families);
}

describe('a report', () => {
  test('gives each metric its value; what is not known has none', async () => {
    const values = valuesOf(await rendered(fullReport()));
    expect(values).toMatchObject({
      regsweep_report_info: { '1.2.3 revisions': 1 },
      regsweep_report_timestamp_seconds: { '': Date.UTC(2026, 2, 1, 12, 0, 5) / 1000 },
      regsweep_scan_timestamp_seconds: { '': Date.UTC(2026, 2, 1, 12, 0, 3) / 1000 },
      regsweep_scan_complete: { '': 1 },
      regsweep_stored_bytes: { '': 52_345_678_901 },
      regsweep_referenced_blobs: { '': 11_000 },
      regsweep_unreferenced_disk_bytes: { '': 6_400_000_000 },
      regsweep_reclaimable_bytes: { '': 6_120_000_000 },
      regsweep_reclaimable_disk_bytes: { '': 6_130_004_608 },
      regsweep_reclaimable_inodes: { '': 7731 },
      regsweep_untagged_reclaimable_bytes: { '': 21_000_000_000 },
      regsweep_held_bytes: { excluded: 45_678_901, damaged: 100_000_000, young: 200_000_000 },
      regsweep_held_blobs: { excluded: 20, damaged: 25, young: 100 },
      regsweep_reclaimable_items: { blob: 1200, 'layer-link': 1311, upload: 2, revision: 0 },
      regsweep_reclaimable_item_bytes: { blob: 6_000_000_000, upload: 120_000_000 },
      regsweep_problems: { error: 1, warning: 2 },
      regsweep_problems_by_code: { 'dangling-layer-link warning': 2, 'tag-not-linked error': 1 },
    });
    expect(values).not.toHaveProperty('regsweep_stored_disk_bytes');
    expect(values).not.toHaveProperty('regsweep_sweeps');
    expect(values).not.toHaveProperty('regsweep_trash_runs');
  });

  test('gives the trash a value where somebody looked at the runs', async () => {
    expect(valuesOf(await rendered(fullReport(), []))).toMatchObject({
      regsweep_trash_runs: { '': 2 },
      regsweep_trash_bytes: { '': 3_000_000_000 },
    });
  });

  test('is text that both formats allow: gauges with help, no times, no empty line, and an end', async () => {
    const text = await rendered(fullReport(), [run('1', {})]);
    const lines = text.split('\n');
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    for (const line of lines.slice(0, -2)) {
      expect(line).toMatch(
        /^(?:# HELP \w+ [^"\\]+|# TYPE \w+ gauge|\w+\{(?:\w+="(?:[^"\\]|\\["\\n])*",?)+\} [\d.e+-]+)$/,
      );
    }
    expect(await rendered(fullReport(), [run('1', {})])).toBe(text);
  });

  test('that found nothing has no series of codes, and none of them at 0', async () => {
    const values = valuesOf(await rendered(fullReport({ problems: [], complete: false })));
    expect(values['regsweep_problems']).toEqual({ error: 0, warning: 0 });
    expect(values).not.toHaveProperty('regsweep_problems_by_code');
    expect(values['regsweep_scan_complete']).toEqual({ '': 0 });
  });
});

describe('sweeps', () => {
  test('by what became of them, and the last by itself', async () => {
    const runs = [
      run('1', { state: 'purged', bytes: 5, diskBytes: 8 }),
      run('2', { state: 'purged', bytes: 7, diskBytes: 8 }),
      run('3', { bytes: 100, diskBytes: 200, endedAt: '2026-02-03T03:10:00.000Z' }),
    ];
    expect(valuesOf(await rendered(fullReport(), runs))).toMatchObject({
      regsweep_sweeps: { trash: 1, purged: 2, restored: 0, partial: 0 },
      regsweep_swept_bytes: { trash: 100, purged: 12 },
      regsweep_swept_disk_bytes: { trash: 200, purged: 16 },
      regsweep_last_sweep_timestamp_seconds: { '': Date.UTC(2026, 1, 3, 3, 10) / 1000 },
      regsweep_last_sweep_bytes: { '': 100 },
      regsweep_last_sweep_disk_bytes: { '': 200 },
    });
  });

  test('that were never carried out leave the last one out', async () => {
    const values = valuesOf(await rendered(fullReport(), []));
    expect(values['regsweep_sweeps']).toEqual({ trash: 0, purged: 0, restored: 0, partial: 0 });
    expect(values).not.toHaveProperty('regsweep_last_sweep_bytes');
  });
});

describe('repositories', () => {
  const many = fullReport({
    repositories: Array.from({ length: 100 }, (_, at) =>
      repositoryRow(`r${String(at).padStart(2, '0')}`, { bytes: at, tags: 1, exclusiveBytes: 2 }),
    ),
  });

  test('have series of their own where they are among the largest; the others are put together', async () => {
    const values = valuesOf(await rendered(many, undefined, 3));
    expect(values['regsweep_repository_bytes']).toEqual({ r99: 99, r98: 98, r97: 97, '(others)': 4656 });
    expect(values['regsweep_repository_tags']).toEqual({ r99: 1, r98: 1, r97: 1, '(others)': 97 });
    expect(values['regsweep_repository_exclusive_bytes']).toMatchObject({ '(others)': 194 });
  });

  test('are all there where they are few, with nothing put together; with 0 none is', async () => {
    expect(Object.keys(valuesOf(await rendered(many, undefined, 100))['regsweep_repository_bytes'] ?? {})).toHaveLength(
      100,
    );
    expect(await rendered(many, undefined, 0)).not.toContain('regsweep_repository_');
  });

  test('one whose folder has the name of all others is one of them, however large', async () => {
    const rows = [repositoryRow('(others)', { bytes: 1000 }), ...many.repositories];
    const values = valuesOf(await rendered(fullReport({ repositories: rows }), undefined, 2));
    expect(values['regsweep_repository_bytes']).toEqual({ r99: 99, r98: 98, '(others)': 1000 + 4753 });
    const few = valuesOf(await rendered(fullReport({ repositories: rows.slice(0, 2) })));
    expect(few['regsweep_repository_bytes']).toEqual({ r00: 0, '(others)': 1000 });
  });

  test('keep names that would forge a line or turn the text as text', async () => {
    const name = 'a"} 1\nregsweep_tags{x="\\\u202e';
    const report = fullReport({ repositories: [repositoryRow(name, { bytes: 7 })] });
    const text = await rendered(report);
    expect(text).not.toMatch(/^regsweep_tags\{x/m);
    const [family] = parsePrometheusTextFormat(text).filter((one) => one.name === 'regsweep_repository_bytes');
    expect(family?.metrics).toEqual([
      { value: '7', labels: { registry: ROOT, repository: String.raw`a"} 1\x0aregsweep_tags{x="\\u202e` } },
    ]);
  });
});

describe('the names', () => {
  const names = METRICS.map(({ name }) => name);

  test('are there once, and say their unit as Prometheus wants it', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^regsweep_[a-z_]+$/);
    expect(names.filter((name) => /_(?:total|count|sum|bucket|kilobytes|milliseconds)$/.test(name))).toEqual([]);
  });

  test('that are stable: dashboards hold to them', () => {
    expect(names).toMatchInlineSnapshot(`
      [
        "regsweep_report_info",
        "regsweep_report_timestamp_seconds",
        "regsweep_scan_timestamp_seconds",
        "regsweep_scan_complete",
        "regsweep_repositories",
        "regsweep_tags",
        "regsweep_revisions",
        "regsweep_manifests",
        "regsweep_layer_links",
        "regsweep_tag_index_entries",
        "regsweep_uploads",
        "regsweep_stored_blobs",
        "regsweep_stored_bytes",
        "regsweep_stored_disk_bytes",
        "regsweep_referenced_blobs",
        "regsweep_referenced_bytes",
        "regsweep_referenced_disk_bytes",
        "regsweep_unreferenced_blobs",
        "regsweep_unreferenced_bytes",
        "regsweep_unreferenced_disk_bytes",
        "regsweep_held_blobs",
        "regsweep_held_bytes",
        "regsweep_reclaimable_bytes",
        "regsweep_reclaimable_disk_bytes",
        "regsweep_reclaimable_inodes",
        "regsweep_untagged_reclaimable_bytes",
        "regsweep_untagged_reclaimable_disk_bytes",
        "regsweep_untagged_reclaimable_inodes",
        "regsweep_reclaimable_items",
        "regsweep_reclaimable_item_bytes",
        "regsweep_problems",
        "regsweep_problems_by_code",
        "regsweep_trash_runs",
        "regsweep_trash_bytes",
        "regsweep_trash_disk_bytes",
        "regsweep_sweeps",
        "regsweep_swept_bytes",
        "regsweep_swept_disk_bytes",
        "regsweep_last_sweep_timestamp_seconds",
        "regsweep_last_sweep_bytes",
        "regsweep_last_sweep_disk_bytes",
        "regsweep_repository_bytes",
        "regsweep_repository_exclusive_bytes",
        "regsweep_repository_reclaimable_bytes",
        "regsweep_repository_orphaned_bytes",
        "regsweep_repository_tags",
        "regsweep_repository_revisions",
        "regsweep_repository_untagged_revisions",
      ]
    `);
  });
});
