import type { Dialect } from '../../distribution/dialect.ts';
import { predictCollector } from '../../pipeline/predict.ts';
import { reportAs } from '../../query/report-as.ts';
import { formatQuantity } from '../../report/format.ts';
import { allProblems } from '../../query/problems.ts';
import { renderReportAs } from '../../report/index.ts';
import { AppError } from '../../shared/errors.ts';
import { severitiesOf } from '../../shared/problem.ts';
import type { ReportArguments } from '../commands/report.ts';
import type { RunningCommand } from '../context.ts';
import { markingOrPolicy } from './marking.ts';
import { asksForPolicy } from './retention-words.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep report --as`: done (0) whatever the registry's own collector would come to, which is only told. */
export async function runReportAs(
  args: ReportArguments & { readonly as: Dialect },
  context: RunningCommand,
): Promise<void> {
  refuseContradictions(args);
  const { minAgeSeconds, repositories, uploadsOlderThanSeconds, now } = await markingOrPolicy(args, context.now());
  const mode = args.untagged ? ('untagged' as const) : ('revisions' as const);
  const options = { mode, minAgeSeconds, repositories, uploadsOlderThanSeconds, now };
  const session = await startSession(args, context);
  const opened = await session.open(options);
  const request = { root: session.root, dialect: args.as, deleteUntagged: args.untagged };
  const prediction = await predictCollector(request, context.signal);
  const result = reportAs(prediction, opened, options, context.now());
  await session.deliver(renderReportAs(session.format, result, session.appearance()));
  const { analysis } = opened;
  warnOfProblems(severitiesOf(allProblems(analysis)), analysis.inventory.complete, session.messages);
  if (result.brokenTags.length > 0) {
    const tags = formatQuantity(result.brokenTags.length, 'tag');
    session.messages.warn(
      `garbage-collect would break ${tags} that ${result.brokenTags.length === 1 ? 'is' : 'are'} whole now`,
    );
  }
}

/** The registry's own collector knows neither policies nor repositories nor an index: it reads the volume, and all of it. */
function refuseContradictions(args: ReportArguments): void {
  const given: readonly (readonly [string, boolean, string])[] = [
    ['--no-scan', !args.scan, 'it reads the volume itself, as the registry does: leave out --no-scan'],
    ['a policy', asksForPolicy(args), 'garbage-collect has two modes, plain and -m: for -m give --untagged'],
    ['--repo', args.repo !== undefined, 'garbage-collect always takes all repositories: leave out --repo'],
    [
      '--target-free',
      args.targetFree !== undefined,
      'garbage-collect deletes all that it can: leave out --target-free',
    ],
    ['--compare', args.compare !== undefined, 'the prediction is shown beside a sweep already: leave out --compare'],
    ['--explain', args.explain, '--explain says why a policy keeps tags: leave it out'],
    ['--fail-if', args.failIf !== undefined, 'leave out --fail-if: it asks for the figures of a sweep'],
    [`--format ${args.format}`, !['table', 'json', undefined].includes(args.format), 'formats: table, json'],
  ];
  for (const [what, isGiven, hint] of given) {
    if (isGiven) throw new AppError('usage', `--as and ${what} do not go together`, hint);
  }
}
