/** Lets signals and timers in now and then: the work itself is synchronous, which is the fastest way to the disk. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

const STEPS = 64;

export class Pace {
  private steps = 0;

  /** Counts a step; true where it is time for `rest`. */
  isDue(): boolean {
    return ++this.steps % STEPS === 0;
  }

  async rest(): Promise<void> {
    await turnOfTheLoop();
  }
}
