import { parseSeconds, parseSecondsOrNever } from '../durations.ts';

export interface MarkingArguments {
  readonly untagged: boolean;
  readonly repo?: readonly string[] | undefined;
  readonly minAge: string;
  readonly uploadsOlderThan: string;
}

export interface MarkingOptions {
  readonly mode: 'revisions' | 'untagged';
  readonly minAgeSeconds: number;
  readonly repositories: readonly string[];
  readonly uploadsOlderThanSeconds: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What is to be kept, out of the arguments. Throws `usage` for what is no duration. */
export function markingOptions(args: MarkingArguments, now: number): MarkingOptions {
  return {
    mode: args.untagged ? 'untagged' : 'revisions',
    minAgeSeconds: parseSeconds('min-age', args.minAge),
    repositories: args.repo ?? [],
    uploadsOlderThanSeconds: parseSecondsOrNever('uploads-older-than', args.uploadsOlderThan),
    now,
  };
}
