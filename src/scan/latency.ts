/** How long the volume takes to answer, as it was seen lately: that tells how it is best asked. */
import { medianOf } from './median.ts';

/**
 * Up to here it is quickest to wait for each answer, microseconds. What the system holds in memory takes 3 to 10; to hand a
 * question to another thread and be woken for its answer takes 20 to 50, and there more threads than one can wait.
 */
const SLOW = 150;
/** From slow back to fast at less, so that a volume in between does not go to and fro. */
const FAST = 75;
/** The median of so many: a thread that had to wait for a processor says nothing of the volume. */
const REMEMBERED = 9;

export class Latency {
  private readonly seen: number[] = [];
  private slow = false;

  /** Whether so much time is spent waiting that many questions should wait side by side. */
  get isSlow(): boolean {
    return this.slow;
  }

  /** `microseconds`: what an answer took. */
  observe(microseconds: number): void {
    this.seen.push(microseconds);
    if (this.seen.length > REMEMBERED) this.seen.shift();
    this.slow = medianOf(this.seen) > (this.slow ? FAST : SLOW);
  }
}

/** What some of the answers took. */
export class Samples {
  private took: number[] = [];

  /** Asks, and notes how long each of so many answers took. */
  time<T>(answers: number, ask: () => T): T {
    const { value, microseconds } = timed(ask);
    this.took.push(microseconds / answers);
    return value;
  }

  /** What an answer took since the last call, microseconds, the median; `undefined` where none was timed. */
  take(): number | undefined {
    const { took } = this;
    this.took = [];
    return took.length === 0 ? undefined : medianOf(took);
  }
}

/** Asks, and says how long the answer took. */
export function timed<T>(ask: () => T): { readonly value: T; readonly microseconds: number } {
  const before = performance.now();
  const value = ask();
  return { value, microseconds: (performance.now() - before) * 1000 };
}
