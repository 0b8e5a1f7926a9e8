/** The commands that lead on from a dry run, and from what was carried out. */
import { quoteShellWord } from './escape.ts';
import type { SweepDone } from './model-sweep.ts';
import { asTyped, type NextCommand } from './table-next.ts';

interface Result {
  readonly registry: { readonly root: string };
  readonly plan: { readonly actions: number };
  readonly refusals: readonly unknown[];
  readonly done: SweepDone | null;
}

/** What was typed: the words of the command, and `--state`. */
interface Typed {
  readonly command?: readonly string[];
  readonly state?: string;
}

/** `then`: what comes after a restore that is not needed; it is given ROOT and the run, as they may be typed. */
export function commandsAround(
  { registry, plan, refusals, done }: Result,
  { command, state }: Typed,
  then: (run: string) => NextCommand,
): readonly NextCommand[] {
  if (command === undefined) return [];
  if (done?.inTrash === true && done.actions > 0 && done.run !== null) {
    const kept = state === undefined ? '' : ` --state ${quoteShellWord(state)}`;
    const run = `${quoteShellWord(registry.root)} ${done.run}${kept}`;
    return [
      ...(goesOn(command, done) ? [{ command: typed(command), why: 'goes on with what is left' }] : []),
      { command: `regsweep restore ${run}`, why: 'takes it back, with a proof as this one had' },
      then(run),
    ];
  }
  if (done !== null || plan.actions === 0 || refusals.length > 0) return [];
  const words = command.includes('--apply') ? command : [...command, '--apply'];
  return [
    {
      command: typed(words),
      why: 'carries it out, with a proof that nobody writes: --registry-url, --registry-config or --registry-stopped',
    },
  ];
}

function typed(words: readonly string[]): string {
  return ['regsweep', ...words.map(asTyped)].join(' ');
}

/** Whether the same again takes up the rest: a sweep does, which makes its plan anew. */
function goesOn([command]: readonly string[], { stopped, left }: SweepDone): boolean {
  return command === 'sweep' && stopped !== null && left > 0;
}
