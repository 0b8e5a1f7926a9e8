import { createColors } from 'picocolors';
import { escapeTerminal } from '../report/escape.ts';
import { AppError, SeveralErrors } from '../shared/errors.ts';
import type { OutputStream } from './context.ts';
import { USUAL_HINTS } from './usual-hints.ts';

/** What is said on stderr, beside the data. Everything is escaped, for messages name what lies on the volume. */
export interface Messages {
  warn(message: string): void;
  /** What was done, in one line. */
  note(message: string): void;
  /** A failure with its hint; with `verbose` its causes and, for an unknown error, its stack. */
  fail(error: unknown): void;
}

export interface MessageOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** Called before each message: a progress bar clears its line. */
  readonly before?: () => void;
}

/** Messages that go to `stream`. */
export function createMessages(stream: OutputStream, options: MessageOptions): Messages {
  const colors = createColors(options.color);
  const say = (line: string): void => {
    options.before?.();
    stream.write(`${line}\n`);
  };
  return {
    warn: (message) => {
      if (!options.quiet) say(`${colors.yellow('warning:')} ${escapeTerminal(message)}`);
    },
    note: (message) => {
      if (!options.quiet) say(escapeTerminal(message));
    },
    fail: (error) => {
      for (const [label, text] of explain(error, options.verbose)) {
        say(`${label === 'error' ? colors.red('error:') : `${label}:`} ${escapeTerminal(text)}`);
      }
    },
  };
}

function* explain(error: unknown, verbose: boolean): Generator<readonly [string, string]> {
  if (error instanceof SeveralErrors) {
    for (const one of error.errors) yield* explainOne(one, verbose, one.hint);
    // What is usual for all of them is said once.
    if (error.errors.every(({ hint }) => hint === undefined)) yield ['hint', USUAL_HINTS[error.code]];
    return;
  }
  yield* explainOne(error, verbose, error instanceof AppError ? (error.hint ?? USUAL_HINTS[error.code]) : undefined);
}

function* explainOne(error: unknown, verbose: boolean, hint: string | undefined): Generator<readonly [string, string]> {
  yield ['error', messageOf(error)];
  if (hint !== undefined) yield ['hint', hint];
  if (!verbose) return;
  let cause = error instanceof Error ? error.cause : undefined;
  // Causes come from anywhere, and could point at each other.
  for (let depth = 0; cause !== undefined && depth < 5; depth++) {
    yield ['cause', messageOf(cause)];
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  if (error instanceof Error && !(error instanceof AppError)) {
    for (const frame of (error.stack ?? '').split('\n').slice(1)) yield ['  at', frame.trim().replace(/^at /, '')];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
