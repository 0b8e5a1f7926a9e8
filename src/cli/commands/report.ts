import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { OWN_OPTIONS, withFormat, withIndex, withMarking, withRetention, withRoot, withTarget } from '../options.ts';

function withPolicyViews<T>(program: Argv<T>) {
  return program
    .option('explain', {
      type: 'boolean',
      default: false,
      group: OWN_OPTIONS,
      describe: 'say of every tag which rule of the policy keeps it, or why none does',
    })
    .option('compare', {
      type: 'string',
      requiresArg: true,
      group: OWN_OPTIONS,
      describe: 'show the policy beside the one of this file: what each would free, and where they differ',
    });
}

const options = (program: Argv) =>
  withFormat(withPolicyViews(withTarget(withRetention(withMarking(withIndex(withRoot(program)))))), [
    'table',
    'json',
    'csv',
  ]);

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
