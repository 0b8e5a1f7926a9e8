import { describe, expect, it } from 'vitest';
import { runAll, runLater, runNow, type Steps } from '../../src/scan/steps.ts';

/** Ends with `value` once it was resumed so many times, each in a turn of its own. */
function* waits<T>(times: number, value: T): Steps<T> {
  for (let time = 0; time < times; time++) yield (resume) => void setImmediate(resume);
  return value;
}

function* fails(): Steps<number> {
  yield (resume) => void setImmediate(resume);
  throw new RangeError('out of memory');
}

function ended<T>(steps: Steps<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    runLater(steps, resolve, reject);
  });
}

describe('steps', () => {
  it('that wait for nothing are walked at once', () => {
    expect(runNow(waits(0, 'done'))).toBe('done');
  });

  it('that wait are refused where an answer is needed now', () => {
    expect(() => runNow(waits(1, 'done'))).toThrow(TypeError);
  });

  it('side by side end in their order, whichever ends first', async () => {
    const items = Array.from({ length: 300 }, (_, place) => place);
    expect(await ended(runAll(items, (item) => waits((item * 7) % 11, item)))).toEqual(items);
  });

  it('that are answered at once, however often, do not fill the stack', async () => {
    function* many(): Steps<number> {
      for (let time = 0; time < 100_000; time++) yield (resume) => resume();
      return 1;
    }
    const items = Array.from({ length: 100_000 }, (_, place) => place);
    expect(await ended(many())).toBe(1);
    expect(await ended(runAll(items, () => waits(0, 1)))).toHaveLength(items.length);
  });

  it('of nothing end at once', () => {
    expect(runNow(runAll([], () => waits(1, 0)))).toEqual([]);
  });

  it('that fail among others fail once', async () => {
    let failures = 0;
    const walk = runAll([0, 1, 2, 3], (item) => (item % 2 === 0 ? fails() : waits(3, item)));
    await new Promise<void>((resolve) => {
      runLater(
        walk,
        () => resolve(),
        () => {
          failures++;
          setTimeout(resolve, 50);
        },
      );
    });
    expect(failures).toBe(1);
  });
});
