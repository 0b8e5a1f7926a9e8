/** A sweep for a terminal: what would go or went, why it may not, what was left, and what to do now. */
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { commandsAround } from './commands-around.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatDuration, formatElapsed, formatQuantity, formatSignedBytes, formatTime } from './format.ts';
import { drawGrid } from './grid.ts';
import type { FailedAction, SkippedAction, StopReason, SweepDone, SweepResult } from './model-sweep.ts';
import { drawReclaimable } from './table-freed.ts';
import { drawCommands, type NextCommand } from './table-next.ts';
import { drawRefusals } from './table-refusals.ts';
import { drawTarget } from './table-target.ts';
import { wrapBehind, wrapParts } from './text.ts';

/** So many of a list are shown; all of them are in the JSON. */
const LISTED = 10;

/** What a terminal is shown that is not in the result. */
export interface ShownBesideSweep {
  /** The command that was given, as words behind `regsweep`; absent where what comes next is a question. */
  readonly command?: readonly string[];
  /** `--state`, as it was given. */
  readonly state?: string;
}

/** The result of `sweep` and `rm` for a terminal. */
export function renderSweepTable(result: SweepResult, shown: ShownBesideSweep, appearance: Appearance): string {
  const style = styleFor(appearance);
  const sections = [
    drawHead(result, style),
    drawPlan(result, style),
    drawBudget(result, style),
    drawTarget(result, style),
    drawRefusals(result.refusals, result.warnings, style),
    result.notes.flatMap((note) => wrapBehind('  ', escapeTerminal(note), style)),
    drawList('Not in what the volume says now', result.notInPlan, (skipped) => skipped.reason, style),
    ...(result.done === null ? [] : drawDone(result.done, result.trash.diskBytes, style)),
    drawCommands(commandsAround(result, shown, purge), style),
  ];
  const drawn = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

function drawHead({ registry, mode, minAgeSeconds }: SweepResult, style: Style): string[] {
  const facts = [
    `scanned ${formatTime(registry.scannedAt)}`,
    `mode ${mode}`,
    ...(mode === 'rm' ? [] : [`min-age ${formatDuration(minAgeSeconds)}`]),
  ];
  return [`${style.title('Registry')}  ${escapeTerminal(registry.root)}`, ...wrapParts('  ', facts, style)];
}

function drawPlan({ plan, done, budget }: SweepResult, style: Style): string[] {
  if (plan.actions === 0) return [`${style.title('Plan')}  nothing to delete`];
  const wouldGo = budget === undefined || budget.left === 0 ? 'Would go' : 'Would go in more than one sweep';
  const title = done === null ? wouldGo : 'Planned';
  return [style.title(title), ...drawReclaimable(plan, [], style)];
}

/** What of the plan would go now. Once it is done, that is told. */
function drawBudget({ budget, done }: SweepResult, style: Style): string[] {
  if (budget === undefined || done !== null) return [];
  const first = `${style.title('Budget')}  `;
  const given = `--max-bytes ${formatBytes(budget.diskBytes)}`;
  if (budget.left === 0) return wrapBehind(first, `${given}: all of it fits`, style);
  const goes = `${formatQuantity(budget.actions, 'deletion goes', 'deletions go')}, ${formatBytes(budget.freedDiskBytes)} on disk`;
  return wrapBehind(
    first,
    `${given}: now ${goes}; ${formatQuantity(budget.left, 'is left', 'are left')} for the next sweep`,
    style,
  );
}

function drawDone(done: SweepDone, trashBytes: number, style: Style): string[][] {
  const seconds = (Date.parse(done.endedAt) - Date.parse(done.startedAt)) / 1000;
  const verb = done.inTrash ? 'moved to the trash' : 'deleted';
  const amount = `${formatQuantity(done.actions, 'action')}, ${formatBytes(done.diskBytes)} on disk ${verb} in ${formatElapsed(seconds)}`;
  const measured = `free space on the file system: ${formatSignedBytes(done.freedOnFileSystem)}`;
  const trash = `the trash holds ${formatBytes(trashBytes)} on disk: purge it to have the space`;
  return [
    [
      `${style.title('Run')}  ${done.run ?? (done.left > 0 ? 'none' : 'none: there was nothing to do')}`,
      ...(done.run === null ? [] : [amount, done.inTrash ? trash : measured]).flatMap((note) =>
        wrapBehind('  ', note, style),
      ),
      ...notesOnDone(done).flatMap((note) => wrapBehind('  ', note, style)),
    ],
    ...drawNotDone(done, style),
    done.actions > 0 ? drawCacheWarning(style) : [],
  ];
}

/** What went otherwise than planned, in a sentence each. */
export function notesOnDone(done: SweepDone): readonly string[] {
  return [
    ...(done.gone > 0 ? [`${formatQuantity(done.gone, 'thing')} had gone already`] : []),
    ...(done.dropped > 0
      ? [`${formatQuantity(done.dropped, 'action')} not done: what was skipped or failed still needs them`]
      : []),
    ...(done.stopped === null ? [] : [`stopped early (${STOPPED[done.stopped]}): ${leftWords(done)}`]),
    ...(done.putBack.length > 0
      ? [`${formatQuantity(done.putBack.length, 'thing')} put back: a push needs them now, or an image that stays`]
      : []),
  ];
}

/** What was not done, and why. */
export function drawNotDone(done: SweepDone, style: Style): string[][] {
  return [
    drawList('Skipped', done.skipped, (skipped) => skipped.reason, style),
    drawList('Failed', done.failed, (failed) => failed.errno, style),
  ];
}

const STOPPED: Readonly<Record<StopReason, string>> = {
  signal: 'interrupted',
  duration: '--max-duration',
  until: '--until',
  'max-bytes': '--max-bytes',
  'registry-writable': 'the registry takes writes again',
};

function leftWords({ left }: SweepDone): string {
  return left === 0 ? 'nothing was left' : `${formatQuantity(left, 'action')} left for the next sweep`;
}

/** A registry that remembers blobs answers a push with "already there", and writes nothing. */
function drawCacheWarning(style: Style): string[] {
  const text =
    'Restart the registry before it takes writes again: with "cache: blobdescriptor" it still believes in the blobs that went, and a push of one would write nothing. With redis, delete its keys, too (regsweep runs ROOT RUN --redis-keys).';
  return wrapBehind('! ', text, style).map((line) => style.warning(line));
}

/** What was not done, under the reasons for it: there are few of them, and they are long. */
function drawList<Entry extends SkippedAction | FailedAction>(
  title: string,
  entries: readonly Entry[],
  why: (entry: Entry) => string,
  style: Style,
): string[] {
  if (entries.length === 0) return [];
  const listed = entries.slice(0, LISTED);
  const reasons = [...new Set(listed.map(why))];
  const rest = entries.length - LISTED;
  return [
    `${style.title(title)}  ${formatQuantity(entries.length, 'action')}`,
    ...reasons.flatMap((reason) => [
      ...wrapBehind('  ', escapeTerminal(reason), style),
      ...drawGrid(
        [{ head: '' }, { head: '', cut: 'middle' }],
        listed.filter((entry) => why(entry) === reason).map(({ kind, path }) => [kind, escapeTerminal(path)]),
        style,
        4,
      ),
    ]),
    ...(rest > 0 ? [style.faint(`  and ${formatQuantity(rest, 'action')} more, with --json`)] : []),
  ];
}

function purge(run: string): NextCommand {
  return { command: `regsweep purge ${run}`, why: 'frees the space for good' };
}
