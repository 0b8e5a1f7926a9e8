import type { PlanFile, PlanHeader } from '../../gc/plan-file.ts';
import { referencesOfPlan } from '../../gc/removal-names.ts';
import { shapedBy } from '../../pipeline/plan-marked.ts';
import type { Wish } from '../../pipeline/prepare-sweep.ts';
import { parseStatedPolicy, retentionOf } from '../../policy/stated.ts';
import { AppError } from '../../shared/errors.ts';
import { checkedGlobs } from '../../shared/globs.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import type { SweepArguments } from '../commands/sweep.ts';
import type { RunningCommand } from '../context.ts';
import { parseSeconds } from '../durations.ts';
import { openPlanFile } from '../plan-input.ts';
import { markingOrPolicy, type MarkingOptions } from './marking.ts';
import { retentionWords } from './retention-words.ts';
import { runSweeping, type AskedSweep } from './run-sweeping.ts';

/** `regsweep sweep`. */
export async function runSweep(args: SweepArguments, context: RunningCommand): Promise<void> {
  const file = args.plan === undefined ? undefined : openPlanFile(args.plan);
  try {
    if (file?.plan.header.mode === 'rm') {
      await runSweeping(args, context, removalOfFile(args, file.plan));
      return;
    }
    const marking =
      file === undefined
        ? await markingOrPolicy(args, context.now())
        : markingOfFile(args, file.plan.header, context.now());
    const { minAgeSeconds, repositories, policy } = marking;
    await runSweeping(args, context, {
      wish: wishOf(marking),
      minAgeSeconds,
      quietSeconds: parseSeconds('min-age', args.minAge),
      repositories,
      shapedBy: shapedBy(marking),
      ...(policy === undefined ? {} : { policy }),
      ...(marking.target === undefined ? {} : { targetDiskBytes: marking.target.diskBytes }),
      ...(file === undefined ? {} : { planFile: file.plan }),
    });
  } finally {
    file?.close();
  }
}

function wishOf({ mode, retention, uploadsOlderThanSeconds }: MarkingOptions): Wish {
  if (mode !== 'policy') return { mode, uploadsOlderThanSeconds };
  if (retention === undefined) throw new TypeError('a policy is missing');
  return { mode, retention, uploadsOlderThanSeconds };
}

/** What a file removes that `rm` made, or the page: so much of it as `rm` would still take. */
function removalOfFile(args: SweepArguments, planFile: PlanFile): AskedSweep {
  const { header } = planFile;
  refuseWhatThePlanSays(args, header);
  return {
    wish: { mode: 'rm', references: referencesOfPlan(header.options) },
    minAgeSeconds: header.minAgeSeconds,
    quietSeconds: parseSeconds('min-age', args.minAge),
    repositories: [],
    shapedBy: header.options,
    planFile,
  };
}

/**
 * A plan file says itself what shaped it: a fresh plan is made with the same. How long the volume must have been quiet it
 * does not say: that is for who sweeps.
 */
function markingOfFile(args: SweepArguments, header: PlanHeader, now: number): MarkingOptions {
  refuseWhatThePlanSays(args, header);
  const { mode, minAgeSeconds, options } = header;
  if (mode === 'rm') throw new AppError('plan-invalid', `a plan of mode ${mode} cannot be carried out by sweep`);
  const uploadsOlderThanSeconds = options.uploadsOlderThanSeconds ?? undefined;
  const { targetFreeDiskBytes: diskBytes } = options;
  const target = diskBytes === undefined ? {} : { target: { mode, uploadsOlderThanSeconds, diskBytes } };
  const repositories = checkedGlobs(options.repo ?? []);
  const marking = { minAgeSeconds, repositories, uploadsOlderThanSeconds, now, ...target };
  if (mode !== 'policy') return { ...marking, mode };
  const policy = parseStatedPolicy(header.policy);
  return { ...marking, mode, policy, retention: retentionOf(policy) };
}

function refuseWhatThePlanSays(args: SweepArguments, { minAgeSeconds }: PlanHeader): void {
  const isGiven =
    args.untagged ||
    args.repo !== undefined ||
    args.uploadsOlderThan !== DEFAULT_UPLOADS_OLDER_THAN ||
    args.targetFree !== undefined ||
    retentionWords(args).length > 0;
  if (isGiven) {
    throw new AppError(
      'usage',
      '--plan says itself what is to be kept: leave out --untagged, --repo, --uploads-older-than, --target-free, --policy and --keep-…',
    );
  }
  if (args.minAge !== DEFAULT_MIN_AGE && parseSeconds('min-age', args.minAge) > minAgeSeconds) {
    throw new AppError(
      'usage',
      `--min-age is longer than the ${minAgeSeconds} s that --plan was made with`,
      'make a plan with that --min-age; a shorter one says here how long the volume must have been quiet',
    );
  }
}
