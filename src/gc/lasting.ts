/**
 * How long what was made of a marking stays as it is while nothing but time passes: what is young grows old, and uploads
 * grow stale. Whoever keeps figures asks here before giving them out again.
 */

/** Times are epoch milliseconds. */
export interface Lasting {
  /** Marked later, with a `youngSince` from this to `youngUntil`, everything is as it was. */
  readonly youngFrom: number;
  readonly youngUntil: number;
  /** Whether any upload goes. */
  readonly uploadsGo: boolean;
  /** With an `uploadsBefore` that is above the one and not above the other, the same uploads go. */
  readonly uploadsAbove: number;
  readonly uploadsUpTo: number;
}

/** Whether the same is young. `youngSince` as for `MarkOptions`. */
export function isAsYoung({ youngFrom, youngUntil }: Lasting, youngSince: number): boolean {
  return youngSince >= youngFrom && youngSince <= youngUntil;
}

/** Whether the same uploads go, where the same is young. `uploadsBefore` as for `PlanOptions`. */
export function isAsStale({ uploadsGo, uploadsAbove, uploadsUpTo }: Lasting, uploadsBefore: number): boolean {
  if (uploadsBefore === -Infinity) return !uploadsGo;
  return uploadsBefore > uploadsAbove && uploadsBefore <= uploadsUpTo;
}
