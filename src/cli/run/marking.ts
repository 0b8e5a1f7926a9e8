import { parseSeconds, parseSecondsOrNever } from '../durations.ts';
import type { TargetRequest } from '../../pipeline/scan-registry.ts';
import type { Retention } from '../../policy/model.ts';
import type { StatedPolicy } from '../../policy/stated.ts';
import { AppError } from '../../shared/errors.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import { parseBytes } from '../sizes.ts';
import { asksForPolicy, type RetentionArguments } from './retention-words.ts';

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
async function markingOptions(args: MarkingArguments, now: number): Promise<MarkingOptions> {
  return {
    mode: args.untagged ? 'untagged' : 'revisions',
    minAgeSeconds: parseSeconds('min-age', args.minAge),
    repositories: await globsOf(args.repo),
    uploadsOlderThanSeconds: parseSecondsOrNever('uploads-older-than', args.uploadsOlderThan),
    now,
  };
}

/** RE2, which globs are compiled to, is loaded where there are any. */
async function globsOf(globs: readonly string[] | undefined): Promise<readonly string[]> {
  return globs === undefined ? [] : (await import('../../shared/globs.ts')).checkedGlobs(globs);
}

/** As `markingOptions`, where a policy may be given. Throws `usage`, `policy-invalid`. */
export async function markingOrPolicy(
  args: MarkingArguments & RetentionArguments & TargetArguments,
  now: number,
): Promise<MarkingOptions> {
  const marking = await markingOptions(args, now);
  if (!asksForPolicy(args)) return withTarget(marking, args);
  const { readStatedPolicy } = await import('./retention.ts');
  const { retentionOf } = await import('../../policy/stated.ts');
  const policy = await readStatedPolicy(args);
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

/** Whether an index may keep what these options give: what the standard modes give in all repositories. */
export function isStandard({ mode, repositories, target }: MarkingOptions): boolean {
  return mode !== 'policy' && repositories.length === 0 && target === undefined;
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
