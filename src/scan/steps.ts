/**
 * Work that asks the disk and waits for answers, written once for both ways of waiting: where the disk answers at once a
 * walk runs through without a pause, where it answers later many walks wait side by side.
 */

/** Asks for something, and says once when the answer is there, or why there will be none. */
export type Ask = (resume: (failure?: Error) => void) => void;

/** A walk: it stops at each `Ask`, goes on when that has been answered, and ends with a `T`. */
export type Steps<T> = Generator<Ask, T, void>;

/** Walks to the end. Throws `TypeError` where the disk would answer later: that is a fault of who chose the disk. */
export function runNow<T>(steps: Steps<T>): T {
  const step = steps.next();
  if (step.done !== true) throw new TypeError('a disk that answers later was asked for an answer now');
  return step.value;
}

/** Walks to the first question, and on from there whenever an answer comes. Exactly one of the two is called. */
export function runLater<T>(steps: Steps<T>, done: (value: T) => void, failed: (failure: Error) => void): void {
  const advance = (failure?: Error): void => {
    let step: IteratorResult<Ask, T>;
    try {
      step = failure === undefined ? steps.next() : steps.throw(failure);
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (step.done === true) done(step.value);
    else step.value(advance);
  };
  advance();
}

/** Walks side by side; what each ended with, in their order. */
export function* runAll<T>(walks: readonly Steps<T>[]): Steps<readonly T[]> {
  if (walks.length === 0) return [];
  const results = new Array<T>(walks.length);
  yield (resume) => {
    let left = walks.length;
    const end = (failure?: Error): void => {
      // Of many failures one is told.
      if (left > 0) resume(failure);
      left = 0;
    };
    for (const [place, steps] of walks.entries()) {
      const done = (value: T): void => {
        results[place] = value;
        if (left === 1) end();
        else left--;
      };
      runLater(steps, done, end);
    }
  };
  return results;
}
