import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { withExplain, withFormat, withIndex, withMarking, withRetention, withRoot, withTarget } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withExplain(withTarget(withRetention(withMarking(withIndex(withRoot(program)))))), [
    'table',
    'json',
    'csv',
  ]);

export type PlanArguments = ArgumentsOf<typeof options>;

/** `regsweep plan ROOT`. */
export function planCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    'plan <root>',
    'writes the deletions that a sweep would make, one a line, with what each expects and why',
    options,
    async (args) => (await import('../run/plan.ts')).runPlan(args, context),
  );
}
