import type { Style } from './appearance.ts';
import { formatBytes, formatBytesOrUnknown, formatCount, formatQuantity } from './format.ts';
import type { GridRow } from './grid.ts';
import { drawGrid } from './grid.ts';
import type { Freed, Reclaimable, Report } from './model.ts';
import { wrapBehind } from './text.ts';

const TITLES: Readonly<Record<Report['mode'], string>> = {
  revisions: 'A sweep would free',
  untagged: 'A sweep with --untagged would free',
  policy: 'A sweep by this policy would free',
};

/** What a sweep of this mode frees, by class, and right below what one with `--untagged` would. An empty volume: no lines. */
export function drawFreed(report: Report, style: Style): string[] {
  const { reclaimable, totals } = report;
  if (totals.repositories === 0 && totals.blobs === 0) return [];
  const title = style.title(TITLES[report.mode]);
  const beside = report.mode === 'revisions' ? [freedRow('with --untagged', report.ifUntagged.total, style)] : [];
  return [title, ...drawReclaimable(reclaimable, beside, style), ...drawUnstated(reclaimable.total, style)];
}

const UNSTATED =
  'On disk: not known, for the scan did not stat all of this. Scan for this policy (leave out --no-scan), or once with ' +
  '--disk-usage: then the index knows it for any policy.';

/** Why bytes on disk are not known, where they are not. */
export function drawUnstated({ diskBytes }: Freed, style: Style): string[] {
  return diskBytes === null ? wrapBehind('  ', UNSTATED, style) : [];
}

/** A row for each class of which something goes, one for all of it, and `beside` below. */
export function drawReclaimable(reclaimable: Reclaimable, beside: readonly GridRow[], style: Style): string[] {
  const counted: readonly (readonly [string, number])[] = [
    ['tags', reclaimable.tags.count],
    ['tag index entries', reclaimable.tagIndexEntries.count],
    ['revisions', reclaimable.revisions.count],
    ['signature links', reclaimable.signatureLinks.count],
    ['layer links', reclaimable.layerLinks.count],
  ];
  const rows: GridRow[] = [
    ...counted.filter(([, count]) => count > 0).map(([name, count]) => [name, formatCount(count), '', '', '']),
    countedRow('blobs', reclaimable.blobs),
    ...(reclaimable.uploads.count > 0 ? [countedRow('uploads', reclaimable.uploads)] : []),
    ...(reclaimable.strayFiles.count > 0 ? [countedRow('stray temporary files', reclaimable.strayFiles)] : []),
    ...(reclaimable.emptyDirectories.count > 0
      ? [['empty folders', formatCount(reclaimable.emptyDirectories.count), '', '', '']]
      : []),
    freedRow('in all', reclaimable.total, style),
    ...beside,
  ];
  const columns = [
    { head: '' },
    { head: 'count', align: 'right' },
    { head: 'bytes', align: 'right', drop: 1 },
    { head: 'on disk', align: 'right' },
    { head: '', drop: 2 },
  ] as const;
  return drawGrid(columns, rows, style);
}

function countedRow(name: string, amount: Reclaimable['blobs']): GridRow {
  return [name, formatCount(amount.count), formatBytes(amount.bytes), formatBytesOrUnknown(amount.diskBytes), ''];
}

function freedRow(name: string, freed: Freed, style: Style): GridRow {
  const amount = formatBytesOrUnknown(freed.diskBytes);
  return [
    style.title(name),
    '',
    formatBytes(freed.bytes),
    (freed.diskBytes ?? 0) > 0 ? style.good(amount) : amount,
    formatQuantity(freed.inodes, 'file or folder', 'files and folders'),
  ];
}
