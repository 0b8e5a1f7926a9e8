/** Results to render: a small registry with something of everything, and parts to change in it. */
import type { Amount, Report, RepositoryRow } from '../../src/report/model.ts';
import type { Problem } from '../../src/shared/problem.ts';

const NO_AMOUNT: Amount = { blobs: 0, bytes: 0, diskBytes: null };

export function repositoryRow(name: string, changes: Partial<RepositoryRow> = {}): RepositoryRow {
  return {
    name,
    tags: 0,
    revisions: 0,
    untaggedRevisions: 0,
    layerLinks: 0,
    orphanedLayers: 0,
    orphanedBytes: 0,
    orphanedDiskBytes: null,
    danglingLinks: 0,
    references: 0,
    bytes: 0,
    diskBytes: null,
    exclusiveBytes: 0,
    sharedBytes: 0,
    reclaimableBytes: 0,
    growthBytes: null,
    uploads: 0,
    lastPushedAt: null,
    ...changes,
  };
}

export function emptyReport(changes: Partial<Report> = {}): Report {
  return {
    schema: 'regsweep.report/1',
    generatedAt: '2026-03-01T12:00:05.000Z',
    registry: { root: '/var/lib/registry', scannedAt: '2026-03-01T12:00:03.000Z', layoutVersion: 'v2' },
    mode: 'revisions',
    minAgeSeconds: 3600,
    complete: true,
    notices: [],
    totals: {
      repositories: 0,
      tags: 0,
      revisions: 0,
      layerLinks: 0,
      tagIndexEntries: 0,
      uploads: 0,
      manifests: 0,
      blobs: 0,
      bytes: 0,
      diskBytes: null,
    },
    referenced: NO_AMOUNT,
    unreferenced: NO_AMOUNT,
    reclaimable: {
      blobs: { count: 0, bytes: 0, diskBytes: 0 },
      revisions: { count: 0 },
      tags: { count: 0 },
      tagIndexEntries: { count: 0 },
      layerLinks: { count: 0 },
      signatureLinks: { count: 0 },
      uploads: { count: 0, bytes: 0, diskBytes: 0 },
      strayFiles: { count: 0, bytes: 0, diskBytes: 0 },
      emptyDirectories: { count: 0 },
      total: { bytes: 0, diskBytes: 0, inodes: 0 },
    },
    held: { excluded: NO_AMOUNT, damaged: NO_AMOUNT, young: NO_AMOUNT },
    trash: { runs: 0, bytes: 0, diskBytes: 0 },
    ifUntagged: { total: { bytes: 0, diskBytes: 0, inodes: 0 } },
    repositories: [],
    problems: [],
    ...changes,
  };
}

const PROBLEMS: readonly Problem[] = [
  {
    code: 'dangling-layer-link',
    severity: 'warning',
    path: 'repositories/team/app/_layers/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/link',
    repository: 'team/app',
    message: 'the blob of a layer link is missing',
  },
  {
    code: 'dangling-layer-link',
    severity: 'warning',
    path: 'repositories/team/web/_layers/sha256/1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/link',
    repository: 'team/web',
    message: 'the blob of a layer link is missing',
  },
  {
    code: 'tag-not-linked',
    severity: 'error',
    path: 'repositories/team/app/_manifests/tags/v1/current/link',
    repository: 'team/app',
    tag: 'v1',
    message:
      'the tag names a revision that is not linked: it keeps 1200 bytes that `regsweep rm team/app:v1` would let go',
  },
];

/** A report with every section in it. */
export function fullReport(changes: Partial<Report> = {}): Report {
  const repositories = Array.from({ length: 11 }, (_, at) =>
    repositoryRow(at === 3 ? 'platform/continuous-integration/build-cache/linux-amd64' : `team/app-${at}`, {
      tags: at * 3,
      revisions: at * 5,
      untaggedRevisions: at * 2,
      layerLinks: at * 40,
      orphanedLayers: at,
      orphanedBytes: at * 31_000_000,
      references: at * 120,
      bytes: at * 912_345_678,
      exclusiveBytes: at * 412_345_678,
      sharedBytes: at * 500_000_000,
      reclaimableBytes: at * at * 41_000_000,
      growthBytes: at % 2 === 0 ? at * 1_000_000 : at * -1_000,
      lastPushedAt: '2026-02-11T08:30:00.000Z',
    }),
  );
  return emptyReport({
    totals: {
      repositories: 11,
      tags: 165,
      revisions: 275,
      layerLinks: 2_200,
      tagIndexEntries: 301,
      uploads: 3,
      manifests: 312,
      blobs: 12_345,
      bytes: 52_345_678_901,
      diskBytes: null,
    },
    referenced: { blobs: 11_000, bytes: 46_000_000_000, diskBytes: null },
    unreferenced: { blobs: 1_345, bytes: 6_345_678_901, diskBytes: 6_400_000_000 },
    reclaimable: {
      blobs: { count: 1_200, bytes: 6_000_000_000, diskBytes: 6_010_000_000 },
      revisions: { count: 0 },
      tags: { count: 0 },
      tagIndexEntries: { count: 12 },
      layerLinks: { count: 1_311 },
      signatureLinks: { count: 0 },
      uploads: { count: 2, bytes: 120_000_000, diskBytes: 120_004_608 },
      strayFiles: { count: 0, bytes: 0, diskBytes: 0 },
      emptyDirectories: { count: 4 },
      total: { bytes: 6_120_000_000, diskBytes: 6_130_004_608, inodes: 7_731 },
    },
    held: {
      excluded: { blobs: 20, bytes: 45_678_901, diskBytes: null },
      damaged: { blobs: 25, bytes: 100_000_000, diskBytes: null },
      young: { blobs: 100, bytes: 200_000_000, diskBytes: null },
    },
    trash: { runs: 2, bytes: 3_000_000_000, diskBytes: 3_000_500_000 },
    ifUntagged: { total: { bytes: 21_000_000_000, diskBytes: 21_010_000_000, inodes: 20_311 } },
    repositories,
    problems: PROBLEMS,
    ...changes,
  });
}
