/**
 * Every failure that ends a command. The code is stable and is what scripts may match on; `cli/exit-codes.ts` maps it
 * to an exit status. A bad file inside the registry is never one of these: it is a recorded problem (`problem.ts`).
 */
export type ErrorCode =
  | 'usage'
  | 'not-a-registry'
  | 'root-unreadable'
  | 'index-foreign'
  | 'index-version'
  | 'index-missing'
  | 'index-under-root'
  | 'index-failed'
  | 'no-such-name'
  | 'ambiguous-name'
  | 'query-failed'
  | 'output-failed'
  | 'interrupted'
  | 'scan-failed'
  | 'sweep-failed'
  | 'refused'
  | 'locked'
  | 'no-room'
  | 'registry-writable'
  | 'plan-invalid'
  | 'policy-invalid'
  | 'run-missing'
  | 'condition-holds'
  | 'serve-failed';

/** A known failure: a message that names the path or digest, and a hint that says what to do about it. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint?: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Several failures of one kind that are all worth knowing at once: each is said as an error of its own. */
export class SeveralErrors extends AppError {
  constructor(
    code: ErrorCode,
    /** At least one. */
    readonly errors: readonly AppError[],
  ) {
    super(code, errors.map(({ message }) => message).join('\n'));
  }
}

/** The `errno` name (`ENOENT`, `EACCES`, …) of an error of Node's `fs`, or `undefined` for any other value. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
