/**
 * The one way to a value that may change a volume. Whatever deletes or puts back takes an `Armed` one, so what has not
 * passed the guard, or runs beside another sweep, does not compile.
 */
import { AppError } from '../shared/errors.ts';
import type { Proof } from '../shared/refusal.ts';

declare const armedBrand: unique symbol;
declare const lockedBrand: unique symbol;

/** Work that has passed the guard while the lock is held. Made by `arm` alone. */
export type Armed<T> = T & { readonly [armedBrand]: true };
/** Work that runs beside no other, and needs no proof that nobody writes: it touches our own folder. Made by `locked` alone. */
export type Locked<T> = T & { readonly [lockedBrand]: true };

/** The lock of the state folder (`db/lock.ts`), as long as it is held. */
export interface HeldLock {
  /** Whether it was not released yet. */
  readonly held: boolean;
}

/** Throws `refused` where the guard found a reason not to, and `locked` where the lock is not held any more. */
export function arm<T extends object>(work: T, guard: { readonly proof: Proof; readonly lock: HeldLock }): Armed<T> {
  const [first, ...others] = guard.proof.refusals;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new AppError('refused', `${first.message}${more}`, first.hint);
  }
  assertHeld(guard.lock);
  return work as Armed<T>;
}

/** Throws `locked` where the lock is not held any more. */
export function locked<T extends object>(work: T, lock: HeldLock): Locked<T> {
  assertHeld(lock);
  return work as Locked<T>;
}

function assertHeld(lock: HeldLock): void {
  if (!lock.held) throw new AppError('locked', 'the lock of the state folder is not held any more');
}
