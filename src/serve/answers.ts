/** How an error becomes an answer, and how what is asked is read. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as z from 'zod';
import type { ServedError } from '../report/model-serve.ts';
import { AppError, type ErrorCode } from '../shared/errors.ts';
import { isApi } from './security.ts';

const STATUS: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  usage: 400,
  'policy-invalid': 400,
  'no-such-name': 404,
  'ambiguous-name': 400,
  'run-missing': 404,
  'index-missing': 503,
  refused: 403,
  locked: 409,
};

/** What we did not expect tells nothing of itself but that it was. */
export function answerError(error: unknown, context: Context, warn: (message: string) => void): Response {
  if (error instanceof HTTPException) {
    return context.json(served('wrong-request', error.message), error.status);
  }
  if (error instanceof AppError) {
    return context.json(served(error.code, error.message, error.hint), STATUS[error.code] ?? 500);
  }
  warn(`${context.req.method} ${context.req.path}: ${error instanceof Error ? error.message : String(error)}`);
  return context.json(served('failed', 'the server failed; what it says on stderr tells more'), 500);
}

export function answerMissing(context: Context): Response {
  const message = `there is no ${context.req.path}`;
  return isApi(context) ? context.json(served('no-such-path', message), 404) : context.text(`${message}\n`, 404);
}

export function served(code: string, message: string, hint?: string): ServedError {
  return { code, message, hint: hint ?? null };
}

/** A parameter of the query, at most this long. Throws `usage` where it is missing. */
export function parameter(context: Context, name: string): string {
  const value = context.req.query(name);
  if (value === undefined) throw new AppError('usage', `${name} is missing`);
  return value;
}

/** A whole number from 0 to `most`, or `otherwise`. Throws `usage`. */
export function count(context: Context, name: string, most: number, otherwise: number): number {
  const text = context.req.query(name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value <= most) return value;
  throw new AppError('usage', `${name} is no whole number up to ${most}`);
}

/** What was sent, as JSON of that form. Throws `usage`. */
export async function bodyOf<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.infer<Schema>> {
  let json: unknown;
  try {
    json = await context.req.json();
  } catch {
    throw new AppError('usage', 'what was sent is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('usage', `what was sent: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`);
}

/** A `Selection`. */
export const selectionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('references'), references: z.array(z.string().max(1000)).min(1).max(100_000).readonly() }),
  z.object({ kind: z.literal('mode'), mode: z.enum(['revisions', 'untagged']) }),
  z.object({ kind: z.literal('policy'), text: z.string() }),
]);
