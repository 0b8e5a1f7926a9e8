/** How long the volume takes to answer, as it was seen lately: that tells how it is best asked. */

/** Up to here it is quickest to wait for each answer, microseconds: what the system holds in memory takes 3 to 10. */
const SLOW = 40;
/** From slow back to fast at less, so that a volume in between does not go to and fro. */
const FAST = 20;
/** So much of what is known is forgotten with each new answer. */
const FORGOTTEN = 0.2;

/** Where many questions wait side by side, one that is waited for every so many milliseconds tells how long an answer takes. */
const INTERVAL_MS = 50;

export class Latency {
  private microseconds: number | undefined;
  private slow = false;
  private sampledAt = -Infinity;

  /** Whether so much time is spent waiting that many questions should wait side by side. */
  get isSlow(): boolean {
    return this.slow;
  }

  /** Microseconds; 0 as long as nothing is known. */
  get mean(): number {
    return this.microseconds ?? 0;
  }

  /** `microseconds`: what an answer took, or some on average. */
  observe(microseconds: number): void {
    const before = this.microseconds ?? microseconds;
    this.microseconds = before + (microseconds - before) * FORGOTTEN;
    this.slow = this.microseconds > (this.slow ? FAST : SLOW);
  }

  /** Whether it is time to look again how long an answer takes. */
  isDue(): boolean {
    return performance.now() - this.sampledAt >= INTERVAL_MS;
  }

  /** Asks, and notes how long each of so many answers took. */
  time<T>(answers: number, ask: () => T): T {
    const before = performance.now();
    const value = ask();
    this.sampledAt = performance.now();
    this.observe(((this.sampledAt - before) * 1000) / answers);
    return value;
  }
}
