/** What looking at the target of an action comes to. */

/** `gone`: it is not there any more. `changed` says what else is there; that stays. */
export type Checked = 'as-expected' | 'gone' | { readonly changed: string };

/** Times are kept in milliseconds, cut off. */
export function isSameTime(expected: string | null, time: number): boolean {
  return expected === null || Date.parse(expected) === Math.trunc(time);
}
