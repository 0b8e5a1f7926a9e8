import type { PlanHeader } from '../../gc/plan-file.ts';
import { AppError } from '../../shared/errors.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import type { SweepArguments } from '../commands/sweep.ts';
import type { RunningCommand } from '../context.ts';
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
      repositories,
      shapedBy: shapedBy(marking),
      ...(file === undefined ? {} : { planFile: file.plan }),
    });
  } finally {
    file?.close();
  }
}

/** A plan file says itself what shaped it: a fresh plan is made with the same. */
function markingOfFile(args: SweepArguments, header: PlanHeader, now: number): MarkingOptions {
  const given =
    args.untagged || args.repo !== undefined || args.minAge !== DEFAULT_MIN_AGE
      ? true
      : args.uploadsOlderThan !== DEFAULT_UPLOADS_OLDER_THAN;
  if (given) {
    throw new AppError(
      'usage',
      '--plan says itself what is to be kept: leave out --untagged, --repo, --min-age and --uploads-older-than',
    );
  }
  const { repo, uploadsOlderThanSeconds } = header.options;
  if (header.mode !== 'revisions' && header.mode !== 'untagged') {
    throw new AppError('plan-invalid', `a plan of mode ${header.mode} cannot be carried out by sweep`);
  }
  return {
    mode: header.mode,
    minAgeSeconds: header.minAgeSeconds,
    repositories: Array.isArray(repo) ? repo.map(String) : [],
    uploadsOlderThanSeconds: typeof uploadsOlderThanSeconds === 'number' ? uploadsOlderThanSeconds : undefined,
    now,
  };
}
