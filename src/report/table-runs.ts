import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatCount, formatQuantity, formatSignedBytes, formatTime } from './format.ts';
import { drawGrid } from './grid.ts';
import type { PurgeResult, RestoreResult, RunsResult } from './model-sweep.ts';
import { drawRefusals } from './table-refusals.ts';
import { wrapBehind } from './text.ts';

const LISTED = 10;

/** The sweeps that were carried out, oldest first. */
export function renderRunsTable({ runs }: RunsResult, appearance: Appearance): string {
  const style = styleFor(appearance);
  if (runs.length === 0) return 'No sweep was carried out here.\n';
  const grid = drawGrid(
    [
      { head: 'run' },
      { head: 'started', drop: 3 },
      { head: 'mode', drop: 4 },
      { head: 'actions', align: 'right', drop: 2 },
      { head: 'bytes', align: 'right', drop: 1 },
      { head: 'on disk', align: 'right' },
      { head: 'state' },
    ],
    runs.map((row) => [
      escapeTerminal(row.run),
      formatTime(row.startedAt),
      row.mode ?? '-',
      formatCount(row.actions),
      formatBytes(row.bytes),
      formatBytes(row.diskBytes),
      row.state,
    ]),
    style,
    0,
  );
  return `${grid.join('\n')}\n`;
}

/** What a restore brought back, and what it could not. */
export function renderRestoreTable(result: RestoreResult, appearance: Appearance): string {
  const style = styleFor(appearance);
  const { done } = result;
  const head = `${style.title('Restore')}  run ${escapeTerminal(result.run)}`;
  const sections = [
    done === null ? [head] : [head, `  ${restoredWords(done)}`],
    drawRefusals(result.refusals, result.warnings, style),
    result.notes.flatMap((note) => wrapBehind('  ', escapeTerminal(note), style)),
    ...(done === null ? [] : drawRest(done, style)),
  ];
  const drawn = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

type Restored = NonNullable<RestoreResult['done']>;

function restoredWords({ already, restored, stopped }: Restored): string {
  if (already) return 'it had been restored before: nothing was done';
  const early = stopped === null ? '' : ', then stopped early: restore it again to go on';
  return `${formatQuantity(restored, 'action')} taken back${early}`;
}

function drawRest({ kept, leftOut, failed }: Restored, style: Style): string[][] {
  return [
    drawList(
      'Left in the trash: something stands there by now',
      kept.map((path) => [path, '']),
      style,
    ),
    drawList(
      'Not restored: not whole any more',
      leftOut.map(({ path, missing }) => [path, `needs ${missing}, which is nowhere`]),
      style,
    ),
    drawList(
      'Failed',
      failed.map(({ path, errno }) => [path, errno]),
      style,
    ),
  ];
}

function drawList(title: string, entries: readonly (readonly [string, string])[], style: Style): string[] {
  if (entries.length === 0) return [];
  const rest = entries.length - LISTED;
  return [
    `${style.title(title)}  ${formatCount(entries.length)}`,
    ...drawGrid(
      [
        { head: '', cut: 'middle' },
        { head: '', cut: 'end' },
      ],
      entries.slice(0, LISTED).map(([path, why]) => [escapeTerminal(path), escapeTerminal(why)]),
      style,
    ),
    ...(rest > 0 ? [style.faint(`  and ${formatCount(rest)} more, with --json`)] : []),
  ];
}

/** What a purge freed. */
export function renderPurgeTable({ runs, freedOnFileSystem }: PurgeResult, appearance: Appearance): string {
  const style = styleFor(appearance);
  if (runs.length === 0) return 'Nothing to purge.\n';
  const bytes = runs.reduce((sum, run) => sum + run.diskBytes, 0);
  const lines = [
    ...wrapBehind('', `${formatQuantity(runs.length, 'run')} purged, ${formatBytes(bytes)} on disk`, style),
    ...wrapBehind('', `free space on the file system: ${formatSignedBytes(freedOnFileSystem)}`, style),
    ...drawList(
      'Failed',
      runs.flatMap(({ failed }) => failed.map(({ path, errno }): [string, string] => [path, errno])),
      style,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
