import { verifyData, type DataRequest, type HashedData } from '../../pipeline/verify.ts';
import { buildVerification } from '../../query/verification.ts';
import { renderVerification } from '../../report/index.ts';
import type { CheckedData } from '../../report/model-verify.ts';
import { AppError } from '../../shared/errors.ts';
import { severitiesOf } from '../../shared/problem.ts';
import { isoTime } from '../../shared/times.ts';
import type { VerifyArguments } from '../commands/verify.ts';
import type { RunningCommand } from '../context.ts';
import { parseSeconds } from '../durations.ts';
import { EXIT } from '../exit-codes.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import { parseSubset } from '../subset.ts';
import { runPullCheck } from './pull-check.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/**
 * `regsweep verify`: ends with 3 where there is damage, and else with 5 where hashing was ended early. What was hashed until then
 * is told, and remembered.
 */
export async function runVerify(args: VerifyArguments, context: RunningCommand): Promise<void> {
  const data = dataOf(args);
  const session = await startSession({ ...args, scan: true, full: false, diskUsage: true }, context);
  if (args.pullCheck !== undefined) return runPullCheck(args.pullCheck, args, session, context);
  const opened = await session.open({
    minAgeSeconds: parseSeconds('min-age', DEFAULT_MIN_AGE),
    uploadsOlderThanSeconds: parseSeconds('uploads-older-than', DEFAULT_UPLOADS_OLDER_THAN),
    repositories: [],
    trustNothing: true,
    now: context.now(),
  });
  const verified = await verifyData(opened, data, session.ports);
  const checked = verified.data === undefined ? undefined : checkedData(args.dataSubset ?? 'all', verified.data);
  const result = buildVerification(opened.analysis, verified.bad, checked);
  const text = renderVerification(session.format, result, session.appearance());
  // What was hashed before an interrupt has to be told.
  await (verified.data === undefined ? session.deliver(text) : session.deliverAlways(text));
  warnOfProblems(severitiesOf(result.problems), result.complete, session.messages);
  if (result.damaged) context.endWith(EXIT.damage);
  else if (verified.data?.finished === false) context.endWith(EXIT.stopped);
}

/** Throws `usage`. */
function dataOf({ data, dataSubset, maxDuration, pullCheck }: VerifyArguments): DataRequest | undefined {
  const isAsked = data || dataSubset !== undefined;
  if (pullCheck !== undefined && (dataSubset !== undefined || maxDuration !== undefined)) {
    throw new AppError(
      'usage',
      '--pull-check looks at one image: --data-subset and --max-duration are for the registry',
    );
  }
  if (!isAsked && maxDuration !== undefined) {
    throw new AppError('usage', '--max-duration is for hashing, and nothing is hashed without --data or --data-subset');
  }
  if (!isAsked) return undefined;
  const subset = dataSubset === undefined ? ({ kind: 'all' } as const) : parseSubset(dataSubset);
  return maxDuration === undefined
    ? { subset }
    : { subset, maxDurationSeconds: parseSeconds('max-duration', maxDuration) };
}

function checkedData(subset: string, { selected, hashed, finished, seconds, ...coverage }: HashedData): CheckedData {
  const { neverVerified, longestAgo } = coverage;
  const oldestVerifiedAt = longestAgo === undefined ? null : isoTime(longestAgo);
  return { subset, selected, hashed, finished, durationSeconds: seconds, neverVerified, oldestVerifiedAt };
}
