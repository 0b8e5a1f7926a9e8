import { Readable, Writable } from 'node:stream';
import type { CommandContext, OutputStream } from '../../src/cli/context.ts';

/** A stream that remembers what was written to it. */
export class MemoryStream extends Writable {
  text = '';

  constructor(
    readonly isTTY = false,
    readonly columns?: number,
  ) {
    super();
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  // What terminals have besides, and cli-progress moves its cursor with.
  cursorTo(): boolean {
    return true;
  }

  clearLine(): boolean {
    return true;
  }

  moveCursor(): boolean {
    return true;
  }
}

export interface MemoryContext extends CommandContext {
  readonly stdout: OutputStream & { readonly text: string };
  readonly stderr: OutputStream & { readonly text: string };
}

export function memoryContext(environment: Record<string, string> = {}): MemoryContext {
  return {
    environment,
    stdout: withoutUndefined(new MemoryStream()),
    stderr: withoutUndefined(new MemoryStream()),
    stdin: Readable.from([]),
    signal: new AbortController().signal,
    now: () => Date.UTC(2026, 2, 1),
  };
}

/** A stream as Node has them: one without columns has no such property. */
export function withoutUndefined(stream: MemoryStream): OutputStream & { readonly text: string } {
  if (stream.columns === undefined) Reflect.deleteProperty(stream, 'columns');
  return stream as OutputStream & { readonly text: string };
}
