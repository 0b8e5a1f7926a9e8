/** From when on things are young, and until when uploads are stale. */

/** For `MarkOptions`: what is from then or later is young (epoch milliseconds); `Infinity`: nothing is. */
export function youngSince(minAgeSeconds: number, now: number): number {
  return minAgeSeconds === 0 ? Infinity : now - minAgeSeconds * 1000;
}

/** For `PlanOptions`: uploads that are older than so many seconds now (epoch milliseconds) go; `undefined`: none does. */
export function uploadsBefore(olderThanSeconds: number | undefined, now: number): number {
  return olderThanSeconds === undefined ? -Infinity : now - olderThanSeconds * 1000;
}

/** When a plan is looked at. */
export interface Moment {
  /** Epoch milliseconds, as for `MarkOptions`. */
  readonly youngSince: number;
  /** Epoch milliseconds, as for `PlanOptions`. */
  readonly uploadsBefore: number;
}

/** When a plan is made, and how old uploads must be to go. */
export interface PlanMoment {
  readonly uploadsOlderThanSeconds: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** `youngSince`: as the marking that is looked at was made with. */
export function momentOf(youngSince: number, { uploadsOlderThanSeconds, now }: PlanMoment): Moment {
  return { youngSince, uploadsBefore: uploadsBefore(uploadsOlderThanSeconds, now) };
}
