import type { Style } from './appearance.ts';
import { quoteShellWord } from './escape.ts';
import { formatBytesOrUnknown } from './format.ts';
import type { Report } from './model.ts';
import { widthOf, wrapBehind } from './text.ts';

export interface NextCommand {
  readonly command: string;
  readonly why: string;
}

/** The answer to "why is nothing freed?" is worth a command when it is at least this many times what goes now. */
const MUCH_MORE = 2;

/**
 * The commands that lead on from here, the most useful first. They are never cut, for they are there to be copied, and
 * have the options that shaped this report, so that their figures agree with it.
 */
export function drawNextCommands(report: Report, shapedBy: readonly string[], style: Style): string[] {
  return drawCommands(nextCommands(report, shapedBy), style);
}

/** Commands to copy, each with its reason. None: no lines. */
export function drawCommands(commands: readonly NextCommand[], style: Style): string[] {
  if (commands.length === 0) return [];
  const widest = Math.max(...commands.map(({ command }) => widthOf(command)));
  return [style.title('Next'), ...commands.flatMap((next) => drawCommand(next, widest, style))];
}

const OPTION = /^--?[a-z][a-z-]*$/;

/** A word of a command line as it may be typed again: options bare, all else quoted where a shell would read into it. */
export function asTyped(word: string): string {
  return OPTION.test(word) ? word : quoteShellWord(word);
}

/** The reason stands beside its command where there is room for both, else below it. */
function drawCommand({ command, why }: NextCommand, widest: number, style: Style): string[] {
  const margin = 2 + widest + 2;
  const padding = ' '.repeat(margin - 2 - widthOf(command));
  if (margin + widthOf(why) <= style.width) return [`  ${style.title(command)}${padding}${style.faint(why)}`];
  return [`  ${style.title(command)}`, ...wrapBehind('      ', why, style).map((line) => style.faint(line))];
}

/** The commands that lead on from a report. */
export function nextCommands(report: Report, shapedBy: readonly string[]): NextCommand[] {
  const regsweep = (command: string, ...own: readonly string[]): string =>
    ['regsweep', command, quoteShellWord(report.registry.root), ...own, ...shapedBy.map(asTyped)].join(' ');
  const mode = report.mode === 'untagged' ? ['--untagged'] : [];
  const { totals, reclaimable, ifUntagged } = report;
  const commands: NextCommand[] = [];
  if (report.mode === 'revisions' && ifUntagged.total.bytes > MUCH_MORE * reclaimable.total.bytes) {
    commands.push({
      command: regsweep('report', '--untagged'),
      why: `if untagged revisions may go, too: ${formatBytesOrUnknown(ifUntagged.total.diskBytes)}`,
    });
  }
  if (isSweepable(report, shapedBy)) {
    const command = regsweep('sweep', ...mode);
    commands.push({
      command,
      why: 'a dry run of it: nothing goes without --apply',
    });
  }
  // `rank` knows no targets: its figures would be others.
  if (totals.repositories > 0 && report.target === undefined) {
    const command = regsweep('rank', '--by', 'reclaimable', ...mode);
    commands.push({ command, why: 'all repositories, by what they could give back' });
  }
  if (report.problems.length > 0) {
    commands.push({ command: regsweep('report', '--json', ...mode), why: 'every problem, with its path and meaning' });
  }
  return commands;
}

/** What is noticed about the whole volume would be refused, and `--no-scan` may look at a copy of the index far away. */
function isSweepable({ notices, reclaimable }: Report, shapedBy: readonly string[]): boolean {
  return notices.length === 0 && reclaimable.total.inodes > 0 && !shapedBy.includes('--no-scan');
}
