/** Tells all that listen when something changes, ten times a second at most. */
import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';

const LEAST_PAUSE = 100;
/** Milliseconds: proxies and browsers take a connection that says nothing for one that is gone. */
const PULSE = 15_000;

export class Events {
  private readonly listeners = new Set<Listener>();
  private timer: NodeJS.Timeout | undefined;
  private toldAt = -Infinity;

  /** `state`: what an event says. */
  constructor(private readonly state: () => unknown) {}

  /** Says that the state has changed: who listens hears of it now, or once the pause is over. */
  changed(): void {
    if (this.timer !== undefined || this.listeners.size === 0) return;
    const pause = this.toldAt + LEAST_PAUSE - performance.now();
    this.timer = setTimeout(() => this.tell(), Math.max(0, pause));
  }

  listen(context: Context): Response {
    return streamSSE(context, async (stream) => {
      const left = new Promise<void>((done) => stream.onAbort(done));
      const listener = new Listener(stream, this.state);
      this.listeners.add(listener);
      void listener.tell();
      const pulse = setInterval(() => void listener.pulse(), PULSE);
      await left;
      clearInterval(pulse);
      this.listeners.delete(listener);
    });
  }

  /** Sends every listener away. */
  close(): void {
    clearTimeout(this.timer);
    for (const listener of this.listeners) listener.leave();
  }

  private tell(): void {
    this.timer = undefined;
    this.toldAt = performance.now();
    for (const listener of this.listeners) void listener.tell();
  }
}

/** Whoever reads slowly is told less often, and then what is so by then. */
class Listener {
  private isSending = false;
  /** How often there was something to tell. */
  private wanted = 0;

  constructor(
    private readonly stream: SSEStreamingApi,
    private readonly state: () => unknown,
  ) {}

  async tell(): Promise<void> {
    this.wanted++;
    if (this.isSending) return;
    this.isSending = true;
    for (let told = 0; told !== this.wanted;) {
      told = this.wanted;
      await this.stream.writeSSE({ event: 'state', data: JSON.stringify(this.state()) });
    }
    this.isSending = false;
  }

  async pulse(): Promise<void> {
    if (!this.isSending) await this.stream.write(': still here\n\n');
  }

  leave(): void {
    this.stream.abort();
  }
}
