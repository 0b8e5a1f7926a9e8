/** A repair for a terminal: what it would mend or mended, what it leaves, why it may not, and what to do now. */
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { commandsAround } from './commands-around.ts';
import { escapeTerminal, quoteShellWord } from './escape.ts';
import { formatCount, formatElapsed, formatQuantity, formatTime } from './format.ts';
import { drawGrid } from './grid.ts';
import type { RepairAction, RepairLeft, RepairResult } from './model-repair.ts';
import type { SweepDone } from './model-sweep.ts';
import { drawCommands, type NextCommand } from './table-next.ts';
import { drawRefusals } from './table-refusals.ts';
import { drawNotDone, notesOnDone, type ShownBesideSweep } from './table-sweep.ts';
import { wrapBehind } from './text.ts';

/** So many paths of a reason are shown; all of them are in the JSON. */
const LISTED = 10;

/** The result of `repair` for a terminal. */
export function renderRepairTable(result: RepairResult, shown: ShownBesideSweep, appearance: Appearance): string {
  const style = styleFor(appearance);
  const { registry, refusals, warnings, notes, done } = result;
  const sections = [
    [
      `${style.title('Registry')}  ${escapeTerminal(registry.root)}`,
      `  scanned ${formatTime(registry.scannedAt)}, every link read`,
    ],
    drawPlan(result, style),
    ...drawGroups(result.plan.list, ({ reason }) => reason.text, style),
    drawLeft(result, style),
    drawRefusals(refusals, warnings, style),
    notes.flatMap((note) => wrapBehind('  ', escapeTerminal(note), style)),
    ...(done === null ? [] : drawDone(done, style)),
    drawCommands(commandsAround(result, shown, verifying(registry.root)), style),
  ];
  const drawn = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

function drawPlan({ plan, done }: RepairResult, style: Style): string[] {
  if (plan.actions === 0) return [`${style.title('Plan')}  nothing to mend`];
  const rows: readonly (readonly [string, number])[] = [
    ['folders made', plan.folders],
    ['links written', plan.links],
    ['tags taken', plan.tags],
    ['tag index entries taken', plan.tagIndexEntries],
    ['revisions taken', plan.revisions],
    ['layer links taken', plan.layerLinks],
  ];
  const title = done === null ? 'Would be mended' : 'Planned';
  const counted = rows.filter(([, count]) => count > 0).map(([name, count]) => [name, formatCount(count)]);
  return [style.title(title), ...drawGrid([{ head: '' }, { head: 'count', align: 'right' }], counted, style)];
}

/** The paths under what is said of them, in the order in which that comes first. */
function drawGroups<Entry extends RepairAction | RepairLeft>(
  entries: readonly Entry[],
  why: (entry: Entry) => string,
  style: Style,
): string[][] {
  return [...new Set(entries.map(why))].map((reason) => {
    const group = entries.filter((entry) => why(entry) === reason);
    const rest = group.length - LISTED;
    return [
      ...wrapBehind('  ', escapeTerminal(reason), style),
      ...drawGrid(
        [{ head: '' }, { head: '', cut: 'middle' }],
        group.slice(0, LISTED).map((entry) => ['kind' in entry ? entry.kind : '', escapeTerminal(entry.path)]),
        style,
        4,
      ),
      ...(rest > 0 ? [style.faint(`    and ${formatQuantity(rest, 'path')} more, with --json`)] : []),
    ];
  });
}

function drawLeft({ left }: RepairResult, style: Style): string[] {
  if (left.length === 0) return [];
  const advices = [...new Set(left.map(({ advice }) => advice))];
  return [
    `${style.title('Left as it is')}  ${formatQuantity(left.length, 'thing')}`,
    ...advices.flatMap((advice) => [
      ...wrapBehind('  ! ', escapeTerminal(advice), style).map((line) => style.warning(line)),
      ...drawGroups(
        left.filter((one) => one.advice === advice),
        ({ message }) => message,
        style,
      ).flat(),
    ]),
  ];
}

function drawDone(done: SweepDone, style: Style): string[][] {
  const seconds = (Date.parse(done.endedAt) - Date.parse(done.startedAt)) / 1000;
  const amount = `${formatQuantity(done.actions, 'action')} done in ${formatElapsed(seconds)}; what was there before is in the trash`;
  return [
    [
      `${style.title('Run')}  ${done.run ?? 'none: there was nothing to do'}`,
      ...(done.run === null ? [] : wrapBehind('  ', amount, style)),
      ...notesOnDone(done).flatMap((note) => wrapBehind('  ', note, style)),
    ],
    ...drawNotDone(done, style),
  ];
}

function verifying(root: string): () => NextCommand {
  return () => ({ command: `regsweep verify ${quoteShellWord(root)}`, why: 'says what is still wrong' });
}
