import { parseArgs } from 'node:util';
import { isProfileName, PROFILE_NAMES, type ProfileName } from '../registry-generator/profiles.ts';

/** What a run may be compared with, and `calls`: its system calls counted. */
const PARTS = ['reader', 'collector', 'find', 'again', 'calls'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly turns: number;
  readonly keep: string | undefined;
  readonly warm: boolean;
  readonly cold: boolean;
  /** Microseconds added to each call. */
  readonly latency: number | undefined;
  readonly command: string | undefined;
  readonly without: ReadonlySet<Part>;
  /** What the profiles are called. */
  readonly cpuProfile: string | undefined;
  readonly write: boolean;
}

export const USAGE =
  `usage: report [--profile ${PROFILE_NAMES.join('|')}] [--seed N] [--turns N] [--keep DIR] ` +
  `[--warm] [--cold] [--latency MICROSECONDS] [--without ${PARTS.join('|')}]… [--command LINE] ` +
  '[--cpu-prof NAME] [--write]';

/** A name that is a file's, and nothing else. */
const PROFILE_NAME = /^[a-z0-9][a-z0-9-]*$/;

/** The options of `report`. Throws where one is not known or makes no sense. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      profile: { type: 'string', default: 'M' },
      seed: { type: 'string', default: '1' },
      turns: { type: 'string', default: '5' },
      keep: { type: 'string' },
      warm: { type: 'boolean', default: false },
      cold: { type: 'boolean', default: false },
      latency: { type: 'string' },
      command: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      'cpu-prof': { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const { profile, keep, cold, command, write, 'cpu-prof': cpuProfile } = values;
  if (!isProfileName(profile)) throw new RangeError(`no profile is called ${profile}`);
  if (cpuProfile !== undefined && !PROFILE_NAME.test(cpuProfile)) throw new RangeError('--cpu-prof: a-z, 0-9 and -');
  // The tables that are kept are of the report itself.
  if (write && command !== undefined) throw new RangeError('--write goes without --command');
  const latency = values.latency === undefined ? undefined : wholeNumber('latency', values.latency, 1);
  return {
    profile,
    seed: wholeNumber('seed', values.seed, 0),
    turns: wholeNumber('turns', values.turns, 1),
    keep,
    warm: values.warm || (!cold && latency === undefined),
    cold,
    latency,
    command,
    without: new Set(values.without.map(partOf)),
    cpuProfile,
    write,
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`--${option}: a whole number from ${least}`);
  }
  return value;
}

function partOf(text: string): Part {
  const part = PARTS.find((name) => name === text);
  if (part === undefined) throw new RangeError(`--without: one of ${PARTS.join(', ')}`);
  return part;
}
