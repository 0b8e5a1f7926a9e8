import { timed } from './latency.ts';

/** So many answers tell how long they take. */
const ENOUGH = 32;
/** Microseconds. */
const SLOW = 100;

/**
 * What it takes to look at a file that is open, and to close it. Nearly everywhere that asks nobody; where it does, even the
 * quickest of some takes long, and a busy processor alone does not make it so.
 */
export class OpenFileLatency {
  private asked = 0;
  private quickest = Infinity;

  get isSlow(): boolean {
    return this.asked >= ENOUGH && this.quickest > SLOW;
  }

  time<T>(ask: () => T): T {
    if (this.asked >= ENOUGH) return ask();
    const { value, microseconds } = timed(ask);
    this.quickest = Math.min(this.quickest, microseconds);
    this.asked++;
    return value;
  }
}
