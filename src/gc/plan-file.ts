/**
 * A plan as a file, NDJSON: a header, and its lines (`plan-lines.ts`). A file that is cut short, or was changed, is refused.
 */
import * as z from 'zod';
import { AppError } from '../shared/errors.ts';
import {
  ActionLines,
  check,
  checkAction,
  checkEnd,
  LATER_LINES,
  Sums,
  timeField,
  type Checked,
  type ParsedAction,
  type PlanEnd,
  type WrittenAction,
} from './plan-lines.ts';
import type { PlanMode } from './reasons.ts';

export const PLAN_SCHEMA = 'regsweep.plan/1';

/** The longest line that is read, in characters: a path has 4096 bytes, each of which JSON may spell with six. */
const MAX_LINE_LENGTH = 256 * 1024;

const witness = z.object({ digest: z.string(), bytes: z.int().nonnegative(), mtime: timeField });

/** The options that a fresh plan is made with again; others are the reader's to know. */
const options = z.looseObject({
  untagged: z.boolean().optional(),
  repo: z.array(z.string()).readonly().optional(),
  minAgeSeconds: z.number().nonnegative().optional(),
  /** Null: uploads stay, however old. */
  uploadsOlderThanSeconds: z.number().nonnegative().nullable().optional(),
  /** Bytes on disk that were to be freed: what it names is no more than that needs. */
  targetFreeDiskBytes: z.int().positive().optional(),
  /** In mode `rm`: what was to be removed. */
  references: z.array(z.string()).readonly().optional(),
});

const header = z.object({
  schema: z.literal(PLAN_SCHEMA),
  /** The registry root that it was made of. */
  root: z.string(),
  createdAt: timeField,
  mode: z.enum(['revisions', 'untagged', 'policy', 'rm'] satisfies PlanMode[]),
  minAgeSeconds: z.number().nonnegative(),
  /** All that shaped it, by the names that it has on the command line. */
  options: options.readonly(),
  policy: z.unknown().optional(),
  witnesses: z.array(witness).max(32).readonly(),
});

/** The JSON Schema of a line of a plan, of draft 7. What a journal adds to its actions is in it, too. */
export function planJsonSchema(): object {
  return z.toJSONSchema(z.union([header, ...LATER_LINES]), { target: 'draft-7', unrepresentable: 'any' });
}

/** The first line. */
export type PlanHeader = Readonly<z.infer<typeof header>>;

/** The lines of a plan file, each with its line break. */
export function* planLines(head: PlanHeader, actions: Iterable<WrittenAction>): Generator<string> {
  const sums = new Sums();
  yield sums.add(`${JSON.stringify(head)}\n`);
  const lines = new ActionLines();
  for (const one of actions) {
    sums.count(one);
    yield sums.add(lines.of(one, one));
  }
  yield sums.lastLine();
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
  return { header: sound(check(header, stated), 1), actions: readActions(rest, sums) };
}

function* readActions(lines: Iterator<string>, sums: Sums): Generator<ParsedAction> {
  for (let number = 2; ; number++) {
    const next = lines.next();
    if (next.done === true) throw invalid('its last line is missing: it was cut short');
    const document = parsed(next.value, number);
    if (typeof document === 'object' && document !== null && 'end' in document) {
      checkSums(sums, sound(checkEnd(document), number), next.value);
      if (lines.next().done !== true) throw invalid('something stands behind its last line');
      return;
    }
    sums.add(next.value);
    const one = sound(checkAction(document), number);
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

function sound<Value>(checked: Checked<Value>, number: number): Value {
  if (checked.ok) return checked.value;
  throw invalid(`line ${number}: ${checked.field}: ${checked.why}`);
}

function checkSums(sums: Sums, stated: PlanEnd, line: string): void {
  const { actions } = sums.totals;
  if (stated.actions !== actions) throw invalid(`it says that it has ${stated.actions} actions, and has ${actions}`);
  if (line !== sums.lastLine()) throw invalid('it is not as it was written: its last line says otherwise');
}

function invalid(what: string): AppError {
  return new AppError(
    'plan-invalid',
    `the plan cannot be used: ${what}`,
    'make a new one with regsweep plan ROOT -o FILE',
  );
}
