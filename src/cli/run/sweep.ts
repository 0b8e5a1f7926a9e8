import type { PlanHeader } from '../../gc/plan-file.ts';
import { AppError } from '../../shared/errors.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import type { SweepArguments } from '../commands/sweep.ts';
import type { RunningCommand } from '../context.ts';
import { parseSeconds } from '../durations.ts';
import { openPlanFile } from '../plan-input.ts';
import { shapedBy } from './plan.ts';
import { markingOptions, type MarkingOptions } from './marking.ts';
import { runSweeping } from './run-sweeping.ts';

/** `regsweep sweep`. */
export async function runSweep(args: SweepArguments, context: RunningCommand): Promise<void> {
  const file = args.plan === undefined ? undefined : openPlanFile(args.plan);
  try {
    const marking =
      file === undefined ? markingOptions(args, context.now()) : markingOfFile(args, file.plan.header, context.now());
    const { mode, uploadsOlderThanSeconds, minAgeSeconds, repositories } = marking;
    await runSweeping(args, context, {
      wish: { mode, uploadsOlderThanSeconds },
      minAgeSeconds,
      quietSeconds: parseSeconds('min-age', args.minAge),
      repositories,
      shapedBy: shapedBy(marking),
      ...(file === undefined ? {} : { planFile: file.plan }),
    });
  } finally {
    file?.close();
  }
}

/**
 * A plan file says itself what shaped it: a fresh plan is made with the same. How long the volume must have been quiet it
 * does not say: that is for who sweeps.
 */
function markingOfFile(args: SweepArguments, header: PlanHeader, now: number): MarkingOptions {
  if (args.untagged || args.repo !== undefined || args.uploadsOlderThan !== DEFAULT_UPLOADS_OLDER_THAN) {
    throw new AppError(
      'usage',
      '--plan says itself what is to be kept: leave out --untagged, --repo and --uploads-older-than',
    );
  }
  const { mode, minAgeSeconds, options } = header;
  if (args.minAge !== DEFAULT_MIN_AGE && parseSeconds('min-age', args.minAge) > minAgeSeconds) {
    throw new AppError(
      'usage',
      `--min-age is longer than the ${minAgeSeconds} s that --plan was made with`,
      'make a plan with that --min-age; a shorter one says here how long the volume must have been quiet',
    );
  }
  if (mode !== 'revisions' && mode !== 'untagged') {
    throw new AppError('plan-invalid', `a plan of mode ${mode} cannot be carried out by sweep`);
  }
  const uploadsOlderThanSeconds = options.uploadsOlderThanSeconds ?? undefined;
  return { mode, minAgeSeconds, repositories: options.repo ?? [], uploadsOlderThanSeconds, now };
}
