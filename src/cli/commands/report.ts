import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import {
  example,
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

/** As `--as` names what is predicted. */
const COLLECTORS = ['distribution-2.8', 'distribution-3'] as const;

function withAs<T>(program: Argv<T>) {
  return program.option('as', {
    choices: COLLECTORS,
    requiresArg: true,
    group: OWN_OPTIONS,
    describe:
      "what the registry's own garbage-collect of this version would do here (with --untagged: its -m), and which tags it would break",
  });
}

const options = (program: Argv) =>
  withFormat(withAs(withCompare(withExplain(withTarget(withRetention(withMarking(withIndex(withRoot(program)))))))), [
    'table',
    'json',
    'csv',
    'html',
  ])
    .example(...example('report /var/lib/registry', 'what a sweep would free; nothing is changed'))
    .example(
      ...example('report /var/lib/registry --untagged --min-age 0', 'if only tags counted, however young things are'),
    )
    .example(
      ...example(
        'report /var/lib/registry --keep-last 3 --explain',
        'what a rule would free, and why each tag stays or goes',
      ),
    )
    .example(...example('report /var/lib/registry --format html -o report.html', 'a page to pass on'));

export type ReportArguments = ArgumentsOf<typeof options>;

/** `regsweep report ROOT`, and plain `regsweep ROOT`. */
export function reportCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    ['report <root>', '$0'],
    'what a sweep would free, by class and by repository, and what is damaged',
    options,
    async (args) =>
      args.as === undefined
        ? (await import('../run/report.ts')).runReport(args, context)
        : (await import('../run/report-as.ts')).runReportAs({ ...args, as: args.as }, context),
  );
}
