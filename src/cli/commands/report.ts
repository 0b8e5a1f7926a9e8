import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { OWN_OPTIONS, withFormat, withIndex, withMarking, withRetention, withRoot, withTarget } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withTarget(withRetention(withMarking(withIndex(withRoot(program))))), ['table', 'json', 'csv']).option(
    'explain',
    {
      type: 'boolean',
      default: false,
      group: OWN_OPTIONS,
      describe: 'say of every tag which rule of the policy keeps it, or why none does',
    },
  );

export type ReportArguments = ArgumentsOf<typeof options>;

/** `regsweep report ROOT`, and plain `regsweep ROOT`. */
export function reportCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    ['report <root>', '$0'],
    'what a sweep would free, by class and by repository, and what is damaged',
    options,
    async (args) => (await import('../run/report.ts')).runReport(args, context),
  );
}
