/** How many questions wait for their answers side by side, and how many are put in a second. */

/** What was not used is saved up for so long, milliseconds. */
const BURST_MS = 50;

type Start = (leave: () => void) => void;

export interface ThrottleOptions {
  /** How many may wait at once. */
  readonly limit: number;
  /** How many answers a second; absent: as many as there are. */
  readonly perSecond: number | undefined;
}

export class Throttle {
  private inside = 0;
  private waiting: { readonly weight: number; readonly start: Start }[] = [];
  private first = 0;
  private isLettingIn = false;
  private isClosed = false;
  /** When the next may be put, by `performance.now()`. */
  private nextAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ThrottleOptions) {}

  /** Starts when there is room, in the order of asking; whoever has started calls `leave` once. `weight`: answers it takes. */
  enter(weight: number, start: Start): void {
    if (this.isClosed) return;
    this.waiting.push({ weight, start });
    this.letIn();
  }

  /** Lets nobody in any more, and waits for nothing: whoever has not started never will. */
  close(): void {
    this.isClosed = true;
    this.waiting = [];
    this.first = 0;
    clearTimeout(this.timer);
  }

  private readonly letIn = (): void => {
    // Whoever leaves while others are let in makes room for them there: the stack does not grow with those who come and go at once.
    if (this.isLettingIn) return;
    this.isLettingIn = true;
    try {
      while (this.inside < this.options.limit) {
        const next = this.waiting[this.first];
        if (next === undefined || this.mustWait(next.weight)) break;
        this.first++;
        this.inside++;
        next.start(this.leave);
      }
    } finally {
      this.isLettingIn = false;
    }
    if (this.first === this.waiting.length || this.first > 4096) {
      this.waiting = this.waiting.slice(this.first);
      this.first = 0;
    }
  };

  private readonly leave = (): void => {
    this.inside--;
    this.letIn();
  };

  private mustWait(weight: number): boolean {
    const { perSecond } = this.options;
    if (perSecond === undefined) return false;
    const now = performance.now();
    if (now < this.nextAt) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.letIn();
      }, this.nextAt - now);
      return true;
    }
    this.nextAt = Math.max(this.nextAt, now - BURST_MS) + (weight * 1000) / perSecond;
    return false;
  }
}
