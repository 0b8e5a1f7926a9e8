import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import {
  OWN_OPTIONS,
  withExplain,
  withFormat,
  withIndex,
  withMarking,
  withRetention,
  withRoot,
  withTarget,
} from '../options.ts';

function withCompare<T>(program: Argv<T>) {
  return program.option('compare', {
    type: 'string',
    requiresArg: true,
    group: OWN_OPTIONS,
    describe: 'show the policy beside the one of this file: what each would free, and where they differ',
  });
}

const options = (program: Argv) =>
  withFormat(withCompare(withExplain(withTarget(withRetention(withMarking(withIndex(withRoot(program))))))), [
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
