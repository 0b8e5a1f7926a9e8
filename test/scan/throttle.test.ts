import { describe, expect, it } from 'vitest';
import { Throttle } from '../../src/scan/throttle.ts';

/** Enters so many times; whoever is inside waits until `leaveOne` is called. */
function entered(throttle: Throttle, times: number): { readonly started: number[]; leaveOne: () => void } {
  const started: number[] = [];
  const inside: (() => void)[] = [];
  for (let number = 0; number < times; number++) {
    throttle.enter(1, (leave) => {
      started.push(number);
      inside.push(leave);
    });
  }
  return { started, leaveOne: () => inside.shift()?.() };
}

describe('a throttle', () => {
  it('lets so many in at once, and the next one when one leaves, in their order', () => {
    const { started, leaveOne } = entered(new Throttle({ limit: 3, perSecond: undefined }), 5);
    expect(started).toEqual([0, 1, 2]);
    leaveOne();
    expect(started).toEqual([0, 1, 2, 3]);
    leaveOne();
    leaveOne();
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('lets all in that come and go at once, however many they are', () => {
    const throttle = new Throttle({ limit: 1, perSecond: undefined });
    let started = 0;
    for (let number = 0; number < 10_000; number++) {
      throttle.enter(1, (leave) => {
        started++;
        leave();
      });
    }
    expect(started).toBe(10_000);
  });

  it('lets all in that waited and leave at once, however many they are', () => {
    const throttle = new Throttle({ limit: 1, perSecond: undefined });
    let first: (() => void) | undefined;
    let started = 0;
    throttle.enter(1, (leave) => (first = leave));
    for (let number = 0; number < 100_000; number++) {
      throttle.enter(1, (leave) => {
        started++;
        leave();
      });
    }
    expect(started).toBe(0);
    first?.();
    expect(started).toBe(100_000);
  });

  it('that is closed lets nobody in any more', async () => {
    const throttle = new Throttle({ limit: 1, perSecond: 1000 });
    const { started, leaveOne } = entered(throttle, 3);
    throttle.close();
    leaveOne();
    throttle.enter(1, () => started.push(99));
    await new Promise((resume) => setTimeout(resume, 30));
    expect(started).toEqual([0]);
  });

  it('lets no more in than a rate allows, and the others later', async () => {
    const { started } = entered(new Throttle({ limit: 1000, perSecond: 100 }), 12);
    // What was saved up before the first, and the first.
    expect(started.length).toBeLessThan(12);
    const before = started.length;
    await new Promise((resume) => setTimeout(resume, 300));
    expect(started.length).toBeGreaterThan(before);
    expect(started).toEqual([...started].sort((a, b) => a - b));
  });
});
