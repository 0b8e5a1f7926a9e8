/** The options of retention as words. Nothing of a policy is loaded for them. */
import { CALENDAR_WORDS } from '../../policy/calendar-words.ts';
import { AppError } from '../../shared/errors.ts';

export interface RetentionArguments {
  readonly policy?: string | undefined;
  readonly keepLast?: string | undefined;
  readonly keepWithin?: string | undefined;
  readonly keepHourly?: string | undefined;
  readonly keepDaily?: string | undefined;
  readonly keepWeekly?: string | undefined;
  readonly keepMonthly?: string | undefined;
  readonly keepYearly?: string | undefined;
  readonly keepTag?: readonly string[] | undefined;
  readonly keepSemver?: string | undefined;
  readonly keepSemverPer?: string | undefined;
  readonly keepDigests?: string | undefined;
  readonly trustTimes: boolean;
}

/** Of the rules, those with a number. */
export const COUNTING = ['keepLast', ...Object.values(CALENDAR_WORDS), 'keepSemver'] as const;

/** The words of the arguments that make a policy, to be typed again. */
export function retentionWords(args: RetentionArguments): readonly string[] {
  const { trustTimes, keepTag, ...single } = args;
  const order = ['policy', ...COUNTING, 'keepSemverPer', 'keepWithin', 'keepDigests'] as const;
  return [
    ...order.flatMap((name) => (single[name] === undefined ? [] : [optionOf(name), single[name]])),
    ...(keepTag ?? []).flatMap((pattern) => ['--keep-tag', pattern]),
    ...(trustTimes ? ['--trust-times'] : []),
  ];
}

/** As it is typed. */
export function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Whether a policy is asked for, or something that only a policy has. */
export function asksForPolicy(args: RetentionArguments): boolean {
  return retentionWords(args).length > 0;
}

/** For what only a policy has an answer to. `what` an option does. */
export function withoutPolicy(what: string): AppError {
  return new AppError('usage', `${what}, and there is none`, 'give a --policy, or a rule as --keep-last 2');
}
