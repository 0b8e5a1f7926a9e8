/**
 * The lines of a plan, of which a journal is one: an action a line, and a last line with their number, their sums and the
 * sha256 of all lines before.
 */
import { createHash, type Hash } from 'node:crypto';
import * as z from 'zod';
import { parseDigest, type Digest } from '../layout/digest.ts';
import { isIsoTime } from '../shared/times.ts';
import { ACTION_KINDS, type Action, type Reason } from './action.ts';

/** Epoch milliseconds as ISO 8601: a volume may hold times that take six digits for the year. */
export const timeField = z.string().refine(isIsoTime, 'is no time');
const time = timeField.nullable();
/** Bytes. A sparse file may have more than a double counts one by one. */
const size = z.number().nonnegative().refine(Number.isInteger, 'is no whole number');
const digest = z
  .custom<Digest>((text) => typeof text === 'string' && parseDigest(text) !== undefined, 'is no digest')
  .meta({ type: 'string' });
/** `uid_t` and `gid_t` are of 32 bits. */
const owner = z.int().min(0).max(0xffff_ffff);

const action = z.object({
  kind: z.enum(ACTION_KINDS),
  batch: z.int().positive(),
  path: z.string().min(1),
  repository: z.string().optional(),
  tag: z.string().optional(),
  digest: digest.optional(),
  bytes: size,
  diskBytes: size,
  expect: z.union([
    z.object({ link: z.string().nullable(), modifiedAt: time }),
    z.object({ bytes: size, modifiedAt: time }),
    z.object({ entries: z.array(z.string()).readonly() }),
    z.object({ absent: z.literal(true) }),
  ]),
  reason: z.object({ code: z.string(), text: z.string() }),
  /** Of a link that is written: the time that its file gets. */
  time: timeField.optional(),
  /** In a journal: where in the run's folder it lies. */
  trash: z.string().optional(),
  /** In a journal, of an empty directory: what it was, so that it can be made again. `modifiedAt`: null where it is no time. */
  folder: z
    .object({ mode: z.int().min(0).max(0o7777), uid: owner, gid: owner, modifiedAt: time })
    .readonly()
    .optional(),
  /** In a journal, of a link that is written: the first of the folders on the way to it that was not there. */
  makes: z.string().optional(),
});

/** An action as a file tells it: nothing in it has been compared with a volume. */
export type ParsedAction = Readonly<z.infer<typeof action>>;

/** What a journal adds to an action. */
export type WrittenAction = Action & InJournal;

export type InJournal = Pick<ParsedAction, 'trash' | 'folder' | 'makes'>;

const end = z.object({ end: z.literal(true), actions: size, bytes: size, diskBytes: size, sha256: z.string() });

/** The last line. */
export type PlanEnd = Readonly<z.infer<typeof end>>;

/** The lines behind the first, for a schema of all. */
export const LATER_LINES = [action, end] as const;

/** What a line says, or what is wrong with it. */
export type Checked<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly field: string; readonly why: string };

/** The action of a line that was parsed as JSON. */
export function checkAction(document: unknown): Checked<ParsedAction> {
  return check(action, document);
}

/** The end of a plan, from its last line that was parsed as JSON. */
export function checkEnd(document: unknown): Checked<PlanEnd> {
  return check(end, document);
}

/** `field`: the first that is wrong, its parts joined by points. */
export function check<Schema extends z.ZodType>(schema: Schema, document: unknown): Checked<z.infer<Schema>> {
  const result = schema.safeParse(document);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return { ok: false, field: issue?.path.join('.') ?? '', why: issue?.message ?? 'is wrong' };
}

/** Spells actions as lines, each with its line break. */
export class ActionLines {
  /** Many actions share one: it is spelled once. */
  private lastReason: Reason | undefined;
  private reasonText = '';

  /** The fields of the contract, in one order. Throws `RangeError` for a size that is no number: JSON has no place for it. */
  of(action: Action, { trash, folder, makes }: InJournal = {}): string {
    const { kind, batch, path, repository, tag, digest, bytes, diskBytes, expect, reason, time } = action;
    if (!Number.isFinite(bytes + diskBytes)) throw new RangeError(`${path} has a size that is no number`);
    if (reason !== this.lastReason) {
      this.lastReason = reason;
      this.reasonText = JSON.stringify(reason);
    }
    // Piece by piece: a large object for each of a million lines costs more than the writing does.
    return (
      `{"kind":"${kind}","batch":${batch},"path":${JSON.stringify(path)}${field('repository', repository)}` +
      `${field('tag', tag)}${field('digest', digest)},"bytes":${bytes},"diskBytes":${diskBytes}` +
      `,"expect":${JSON.stringify(expect)},"reason":${this.reasonText}${field('time', time)}` +
      `${field('trash', trash)}${field('folder', folder)}${field('makes', makes)}}\n`
    );
  }
}

function field(name: string, value: unknown): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** What the last line says of all lines before it. */
export class Sums {
  private readonly hash: Hash = createHash('sha256');
  private actions = 0;
  private bytes = 0;
  private diskBytes = 0;

  add<Text extends string | Uint8Array>(lines: Text): Text {
    this.hash.update(lines);
    return lines;
  }

  count(one: { readonly bytes: number; readonly diskBytes: number }): void {
    this.actions++;
    this.bytes += one.bytes;
    this.diskBytes += one.diskBytes;
  }

  /** Sizes in bytes. */
  get totals(): Omit<PlanEnd, 'end' | 'sha256'> {
    const { actions, bytes, diskBytes } = this;
    return { actions, bytes, diskBytes };
  }

  /** With its line break. May be asked for once. */
  lastLine(): string {
    return `${JSON.stringify({ end: true, ...this.totals, sha256: this.hash.digest('hex') })}\n`;
  }
}
