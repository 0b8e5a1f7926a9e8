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

function withGate<T>(program: Argv<T>) {
  return program.option('fail-if', {
    type: 'string',
    requiresArg: true,
    group: OWN_OPTIONS,
    describe: "end with 3 where this holds, as 'reclaimable > 50G or damage > 0 or orphaned > 20%'",
  });
}

function withMetrics<T>(program: Argv<T>) {
  return program.option('metric-repositories', {
    type: 'string',
    requiresArg: true,
    default: '20',
    group: OWN_OPTIONS,
    describe: 'with openmetrics: series of their own for so many repositories, the largest; 0 for none',
  });
}

const options = (program: Argv) =>
  withFormat(
    withMetrics(
      withGate(withAs(withCompare(withExplain(withTarget(withRetention(withMarking(withIndex(withRoot(program))))))))),
    ),
    ['table', 'json', 'csv', 'ndjson', 'markdown', 'openmetrics', 'html'],
  )
    .example(...example('report /var/lib/registry', 'what a sweep would free; nothing is changed'))
    .example(
      ...example(
        'report /var/lib/registry --keep-last 3 --explain',
        'what a rule would free, and why each tag stays or goes',
      ),
    )
    .example(
      ...example(
        "report /var/lib/registry --fail-if 'reclaimable > 50G or damage > 0'",
        'ends with 3 where that holds: for whoever watches by night',
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
