import { parseSeconds, parseSecondsOrNever } from '../durations.ts';
import type { TargetRequest } from '../../pipeline/open-index.ts';
import type { Retention } from '../../policy/model.ts';
import { AppError } from '../../shared/errors.ts';
import { checkedGlobs } from '../../shared/globs.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import { parseBytes } from '../sizes.ts';
import { readStatedPolicy, retentionOf, type RetentionArguments, type StatedPolicy } from './retention.ts';

export interface MarkingArguments {
  readonly untagged: boolean;
  readonly repo?: readonly string[] | undefined;
  readonly minAge: string;
  readonly uploadsOlderThan: string;
}

export interface TargetArguments {
  readonly targetFree?: string | undefined;
}

export interface MarkingOptions {
  readonly mode: 'revisions' | 'untagged' | 'policy';
  readonly minAgeSeconds: number;
  readonly repositories: readonly string[];
  readonly uploadsOlderThanSeconds: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** In mode `policy`: what it means, and as a plan file tells it. */
  readonly retention?: Retention;
  readonly policy?: StatedPolicy;
  /** `--target-free`. */
  readonly target?: TargetRequest;
}

/** What is to be kept, out of the arguments. Throws `usage` for what is no duration or no glob. */
function markingOptions(args: MarkingArguments, now: number): MarkingOptions {
  return {
    mode: args.untagged ? 'untagged' : 'revisions',
    minAgeSeconds: parseSeconds('min-age', args.minAge),
    repositories: checkedGlobs(args.repo ?? []),
    uploadsOlderThanSeconds: parseSecondsOrNever('uploads-older-than', args.uploadsOlderThan),
    now,
  };
}

/** As `markingOptions`, where a policy may be given. Throws `usage`, `policy-invalid`. */
export async function markingOrPolicy(
  args: MarkingArguments & RetentionArguments & TargetArguments,
  now: number,
): Promise<MarkingOptions> {
  const marking = markingOptions(args, now);
  const policy = await readStatedPolicy(args);
  if (policy === undefined) return withTarget(marking, args);
  if (args.untagged) {
    throw new AppError('usage', '--untagged and a policy contradict each other: a policy says which tags are roots');
  }
  return withTarget({ ...marking, mode: 'policy', policy, retention: retentionOf(policy) }, args);
}

function withTarget(marking: MarkingOptions, { targetFree }: TargetArguments): MarkingOptions {
  if (targetFree === undefined) return marking;
  const { mode, uploadsOlderThanSeconds } = marking;
  return { ...marking, target: { mode, uploadsOlderThanSeconds, diskBytes: parseBytes('target-free', targetFree) } };
}

/** The words of a target, to be typed again. */
export function targetWords({ targetFree }: TargetArguments): readonly string[] {
  return targetFree === undefined ? [] : ['--target-free', targetFree];
}

/**
 * The options, beside `--untagged`, without which the same command would not say the same: words to type again. What stands
 * at its default is left out.
 */
export function shapingOptions(
  args: MarkingArguments & { readonly db?: string | undefined; readonly scan: boolean },
): readonly string[] {
  return [
    ...(args.minAge === DEFAULT_MIN_AGE ? [] : ['--min-age', args.minAge]),
    ...(args.uploadsOlderThan === DEFAULT_UPLOADS_OLDER_THAN ? [] : ['--uploads-older-than', args.uploadsOlderThan]),
    ...(args.repo ?? []).flatMap((glob) => ['--repo', glob]),
    ...(args.db === undefined ? [] : ['--db', args.db]),
    ...(args.scan ? [] : ['--no-scan']),
  ];
}
