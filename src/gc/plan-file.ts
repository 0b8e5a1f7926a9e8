/**
 * A plan as a file, NDJSON: a header, a line for each action, and a last line with their number, their sums and the sha256
 * of all lines before. A journal has the same form. A file that is cut short, or was changed, is refused.
 */
import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../shared/errors.ts';
import { ACTION_KINDS, type Action } from './action.ts';
import type { PlanMode } from './reasons.ts';

export const PLAN_SCHEMA = 'regsweep.plan/1';

/** The longest line that is read, in characters: a path has 4096 bytes, each of which JSON may spell with six. */
const MAX_LINE_LENGTH = 256 * 1024;

const witness = z.object({ digest: z.string(), bytes: z.int().nonnegative(), mtime: z.iso.datetime() });

/** The options that a fresh plan is made with again; others are the reader's to know. */
const options = z.looseObject({
  untagged: z.boolean().optional(),
  repo: z.array(z.string()).readonly().optional(),
  minAgeSeconds: z.number().nonnegative().optional(),
  /** Null: uploads stay, however old. */
  uploadsOlderThanSeconds: z.number().nonnegative().nullable().optional(),
});

const header = z.object({
  schema: z.literal(PLAN_SCHEMA),
  /** The registry root that it was made of. */
  root: z.string(),
  createdAt: z.iso.datetime(),
  mode: z.enum(['revisions', 'untagged', 'policy', 'rm'] satisfies PlanMode[]),
  minAgeSeconds: z.number().nonnegative(),
  /** All that shaped it, by the names that it has on the command line. */
  options: options.readonly(),
  policy: z.unknown().optional(),
  witnesses: z.array(witness).max(32).readonly(),
});

/** The first line. */
export type PlanHeader = Readonly<z.infer<typeof header>>;

const time = z.iso.datetime().nullable();
const size = z.int().nonnegative();

const action = z.object({
  kind: z.enum(ACTION_KINDS),
  batch: z.int().positive(),
  path: z.string().min(1),
  repository: z.string().optional(),
  tag: z.string().optional(),
  digest: z.string().optional(),
  bytes: size,
  diskBytes: size,
  expect: z.union([
    z.object({ link: z.string().nullable(), modifiedAt: time }),
    z.object({ bytes: size, modifiedAt: time }),
    z.object({ entries: z.array(z.string()).readonly() }),
  ]),
  reason: z.object({ code: z.string(), text: z.string() }),
  /** In a journal: where in the run's folder it lies. */
  trash: z.string().optional(),
  /** In a journal, of an empty directory: what it was, so that it can be made again. */
  folder: z.object({ mode: z.int(), uid: z.int(), gid: z.int(), modifiedAt: time }).optional(),
});

/** An action as a file tells it: nothing in it has been compared with a volume. */
export type ParsedAction = Readonly<z.infer<typeof action>>;

/** What a journal adds to an action. */
export type WrittenAction = Action & Pick<ParsedAction, 'trash' | 'folder'>;

const end = z.object({ end: z.literal(true), actions: size, bytes: size, diskBytes: size, sha256: z.string() });

/** The lines of a plan file, each with its line break. */
export function* planLines(head: PlanHeader, actions: Iterable<WrittenAction>): Generator<string> {
  const sums = new Sums();
  yield sums.add(`${JSON.stringify(head)}\n`);
  for (const one of actions) {
    sums.count(one);
    yield sums.add(`${JSON.stringify(lineOf(one))}\n`);
  }
  yield sums.lastLine();
}

/** The fields of the contract, in one order. */
function lineOf(one: WrittenAction): Readonly<Record<string, unknown>> {
  const { kind, batch, path, repository, tag, digest, bytes, diskBytes, expect, reason, trash, folder } = one;
  return { kind, batch, path, repository, tag, digest, bytes, diskBytes, expect, reason, trash, folder };
}

export interface PlanFile {
  readonly header: PlanHeader;
  /**
   * Read as they are asked for, once. That the file is whole, and nobody changed it, is known when the last has been given
   * out: until then nothing may be done.
   */
  readonly actions: Iterable<ParsedAction>;
}

/**
 * Reads a plan file from its lines, each with its line break, as `splitLines` gives them. Throws `plan-invalid`, for the
 * header at once and for all else while the actions are read.
 */
export function readPlanLines(lines: Iterable<string>): PlanFile {
  const sums = new Sums();
  const rest = lines[Symbol.iterator]();
  const first = rest.next();
  if (first.done === true) throw invalid('the file is empty');
  const text = sums.add(first.value);
  const stated = parsed(text, 1);
  const { schema } = z.object({ schema: z.unknown() }).catch({ schema: undefined }).parse(stated);
  if (schema !== PLAN_SCHEMA) throw invalid(`it is not of ${PLAN_SCHEMA}, which this program reads`);
  return { header: checked(header, stated, 1), actions: readActions(rest, sums) };
}

function* readActions(lines: Iterator<string>, sums: Sums): Generator<ParsedAction> {
  for (let number = 2; ; number++) {
    const next = lines.next();
    if (next.done === true) throw invalid('its last line is missing: it was cut short');
    const document = parsed(next.value, number);
    if (typeof document === 'object' && document !== null && 'end' in document) {
      sums.check(checked(end, document, number), next.value);
      if (lines.next().done !== true) throw invalid('something stands behind its last line');
      return;
    }
    sums.add(next.value);
    const one = checked(action, document, number);
    sums.count(one);
    yield one;
  }
}

/** Of a file that is read piece by piece the lines, each with its line break. Throws `plan-invalid` where one is too long. */
export function* splitLines(pieces: Iterable<Uint8Array>): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  const decode = (piece?: Uint8Array): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      throw invalid('it is not UTF-8');
    }
  };
  for (const piece of pieces) {
    const lines = (rest + decode(piece)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) throw invalid('one of its lines is too long');
    for (const line of lines) yield `${line}\n`;
  }
  rest += decode();
  if (rest !== '') yield rest;
}

function parsed(line: string, number: number): unknown {
  if (line.length > MAX_LINE_LENGTH) throw invalid(`line ${number} is too long`);
  if (!line.endsWith('\n')) throw invalid(`line ${number} is cut short`);
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw invalid(`line ${number} is not JSON`);
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, document: unknown, number: number): z.infer<Schema> {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`line ${number}: ${issue === undefined ? 'is wrong' : `${issue.path.join('.')}: ${issue.message}`}`);
}

function invalid(what: string): AppError {
  return new AppError(
    'plan-invalid',
    `the plan cannot be used: ${what}`,
    'make a new one with regsweep plan ROOT -o FILE',
  );
}

/** What the last line says of all lines before it. */
class Sums {
  private readonly hash: Hash = createHash('sha256');
  private actions = 0;
  private bytes = 0;
  private diskBytes = 0;

  add(line: string): string {
    this.hash.update(line);
    return line;
  }

  count(one: { readonly bytes: number; readonly diskBytes: number }): void {
    this.actions++;
    this.bytes += one.bytes;
    this.diskBytes += one.diskBytes;
  }

  lastLine(): string {
    const { actions, bytes, diskBytes } = this;
    return `${JSON.stringify({ end: true, actions, bytes, diskBytes, sha256: this.hash.digest('hex') })}\n`;
  }

  check(stated: z.infer<typeof end>, line: string): void {
    const { actions } = this;
    if (stated.actions !== actions) throw invalid(`it says that it has ${stated.actions} actions, and has ${actions}`);
    if (line !== this.lastLine()) throw invalid('it is not as it was written: its last line says otherwise');
  }
}
