/**
 * Work that asks the disk and waits for answers, written once for both ways of waiting: where the disk answers at once a
 * walk runs through without a pause, where it answers later many walks wait side by side.
 */

/** Asks for something, and says once when the answer is there, or why there will be none. */
type Ask = (resume: (failure?: Error) => void) => void;

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
  let failure: Error | undefined;
  repeatedly((again) => {
    let step: IteratorResult<Ask, T>;
    try {
      step = failure === undefined ? steps.next() : steps.throw(failure);
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (step.done === true) done(step.value);
    else
      step.value((cause) => {
        failure = cause;
        again();
      });
  });
}

/**
 * Does `once`, and once more whenever it says so: at once where it says so on its way, but never inside itself. However many
 * answers are there at once, the stack does not grow with them.
 */
function repeatedly(once: (again: () => void) => void): void {
  let isDoing = false;
  let isAsked = false;
  const again = (): void => {
    isAsked = true;
    if (isDoing) return;
    isDoing = true;
    try {
      while (isAsked) {
        isAsked = false;
        once(again);
      }
    } finally {
      isDoing = false;
    }
  };
  again();
}

/** So many walks are begun at once: more would only wait for their turn, and hold what they have so far. */
const SIDE_BY_SIDE = 64;

/** A walk for each of `items`, side by side; what each ended with, in their order. */
export function* runAll<I, T>(items: readonly I[], begin: (item: I, place: number) => Steps<T>): Steps<readonly T[]> {
  if (items.length === 0) return [];
  const results = new Array<T>(items.length);
  yield (resume) => runEach(items, begin, results, resume);
  return results;
}

function runEach<I, T>(
  items: readonly I[],
  begin: (item: I, place: number) => Steps<T>,
  results: T[],
  resume: (failure?: Error) => void,
): void {
  let left = items.length;
  const walks = items.entries();
  const failed = (failure: Error): void => {
    // Of many failures one is told.
    if (left > 0) resume(failure);
    left = 0;
  };
  // Each that ends makes room for one more.
  let room = SIDE_BY_SIDE;
  repeatedly((again) => {
    while (room > 0) {
      const walk = left === 0 ? undefined : walks.next();
      if (walk?.done !== false) return;
      const [place, item] = walk.value;
      room--;
      const done = (value: T): void => {
        results[place] = value;
        if (left === 0) return;
        room++;
        if (--left === 0) resume();
        else again();
      };
      runLater(begin(item, place), done, failed);
    }
  });
}
