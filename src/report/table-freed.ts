import type { Style } from './appearance.ts';
import { formatBytes, formatBytesOrUnknown, formatCount, formatQuantity } from './format.ts';
import type { GridRow } from './grid.ts';
import { drawGrid } from './grid.ts';
import type { Freed, Reclaimable, Report } from './model.ts';
import { goingClasses, SWEEP_WORDS } from './reclaimable.ts';
import { wrapBehind } from './text.ts';

/** What a sweep of this mode frees, by class, and right below what one with `--untagged` would. An empty volume: no lines. */
export function drawFreed(report: Report, style: Style): string[] {
  const { reclaimable, totals } = report;
  if (totals.repositories === 0 && totals.blobs === 0) return [];
  const title = style.title(`A ${SWEEP_WORDS[report.mode]} would free`);
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
  const rows: GridRow[] = [
    ...goingClasses(reclaimable).map(({ name, count, size }): GridRow => {
      const sizes = size === undefined ? ['', ''] : [formatBytes(size.bytes), formatBytesOrUnknown(size.diskBytes)];
      return [name, formatCount(count), ...sizes, ''];
    }),
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
