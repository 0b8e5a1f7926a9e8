/** What the options of a sweep mean. */
import { parseRegistryUrl } from '../../probe/address.ts';
import type { ProofRequest } from '../../probe/proof.ts';
import { AppError } from '../../shared/errors.ts';
import { parseSeconds } from '../durations.ts';
import { parseBytes } from '../sizes.ts';
import { parseClockTime } from '../times.ts';

export interface ProofArguments {
  readonly registryUrl?: readonly string[] | undefined;
  readonly registryCa?: string | undefined;
  readonly registryConfig?: string | undefined;
  readonly registryStopped: boolean;
}

export interface SweepingArguments extends ProofArguments {
  readonly apply: boolean;
  readonly yes: boolean;
  readonly trash: boolean;
  readonly purgeOlderThan?: string | undefined;
  readonly state?: string | undefined;
  readonly maxDuration?: string | undefined;
  readonly until?: string | undefined;
  readonly maxBytes?: string | undefined;
  readonly maxDeletePercent: string;
  readonly acceptLostRepositories: boolean;
  readonly tagsAreComplete: boolean;
}

export interface SweepingOptions {
  readonly apply: boolean;
  readonly yes: boolean;
  readonly trash: boolean;
  readonly proof: ProofRequest;
  readonly purgeOlderThanSeconds?: number;
  readonly state?: string;
  /** When the sweep stops, epoch milliseconds, and which option says so: the earlier of `--max-duration` and `--until`. */
  readonly deadline?: { readonly at: number; readonly by: 'duration' | 'until' };
  readonly maxBytes?: number;
  readonly maxDeletePercent: number;
  readonly acceptLostRepositories: boolean;
  readonly tagsAreComplete: boolean;
}

/** Which proofs are asked for. Throws `usage` for what is no URL, and for kinds that contradict each other. */
export function proofRequest(args: ProofArguments): ProofRequest {
  const urls = (args.registryUrl ?? []).map((text) => parseRegistryUrl(text));
  if (args.registryStopped && urls.length > 0) {
    throw new AppError(
      'usage',
      '--registry-stopped and --registry-url contradict each other: one that is stopped answers nowhere',
    );
  }
  if (args.registryCa !== undefined && !urls.some(({ protocol }) => protocol === 'https:')) {
    throw new AppError('usage', '--registry-ca is for a --registry-url that is https, and there is none');
  }
  return {
    registryUrls: urls,
    ...(args.registryCa === undefined ? {} : { registryCa: args.registryCa }),
    ...(args.registryConfig === undefined ? {} : { registryConfig: args.registryConfig }),
    registryStopped: args.registryStopped,
  };
}

/** The proof that has to be had, or is asked for without need; `undefined`: a dry run is judged by the volume alone. */
export function proofToAsk(proof: ProofRequest, apply: boolean): ProofRequest | undefined {
  const isGiven = proof.registryStopped || proof.registryConfig !== undefined || proof.registryUrls.length > 0;
  return apply || isGiven ? proof : undefined;
}

/** All options of a sweep that begins at `now` (epoch milliseconds). Throws `usage`. */
export function sweepingOptions(args: SweepingArguments, now: number): SweepingOptions {
  const deadline = deadlineOf(args, now);
  return {
    apply: args.apply,
    yes: args.yes,
    trash: args.trash,
    proof: proofRequest(args),
    ...(args.purgeOlderThan === undefined
      ? {}
      : { purgeOlderThanSeconds: parseSeconds('purge-older-than', args.purgeOlderThan) }),
    ...(args.state === undefined ? {} : { state: args.state }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(args.maxBytes === undefined ? {} : { maxBytes: parseBytes('max-bytes', args.maxBytes) }),
    maxDeletePercent: parsePercent('max-delete-percent', args.maxDeletePercent),
    acceptLostRepositories: args.acceptLostRepositories,
    tagsAreComplete: args.tagsAreComplete,
  };
}

function deadlineOf(args: SweepingArguments, now: number): SweepingOptions['deadline'] {
  const until = args.until === undefined ? Infinity : parseClockTime('until', args.until, now);
  const seconds = args.maxDuration === undefined ? Infinity : parseSeconds('max-duration', args.maxDuration);
  if (seconds === 0) throw new AppError('usage', '--max-duration 0 leaves no time for anything');
  const after = now + seconds * 1000;
  if (until === Infinity && after === Infinity) return undefined;
  return after <= until ? { at: after, by: 'duration' } : { at: until, by: 'until' };
}

/** A number from 0 to 100, with or without a fraction. Throws `usage`, naming `option`. */
export function parsePercent(option: string, text: string): number {
  const value = /^\d{1,3}(?:\.\d+)?$/.test(text) ? Number(text) : Infinity;
  if (value > 100) throw new AppError('usage', `--${option}: "${text}" is not a number from 0 to 100`);
  return value;
}
