import type { Readable, Writable } from 'node:stream';
import type { ProgressMessage } from '../shared/progress.ts';
import type { ExitStatus } from './exit-codes.ts';

/** A stream that a command writes to, with what a terminal adds to it. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Everything that a command takes from its surroundings: tests hand in their own. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** Where an operator answers a question: only where it is a terminal is anything asked. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How this very program is started once more; absent: it cannot be. */
  readonly program?: { readonly command: string; readonly argv: readonly string[] };
  /** Tells whoever started this process how far it is, instead of a bar; absent: nobody asked for it. */
  readonly tellProgress?: (message: ProgressMessage) => void;
}

/** What a command gets: its surroundings, and how it tells the status of a result that is no failure. */
export interface RunningCommand extends CommandContext {
  /** The words of the command line, to be shown again. */
  readonly argv: readonly string[];
  /** Without it the status is 0. */
  readonly endWith: (status: ExitStatus) => void;
}
