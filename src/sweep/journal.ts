/**
 * The journal of a run: its plan with the place of each thing in the trash, NDJSON, written and made durable whole before
 * the first rename. Whatever happens later, what is in the trash can be told from it.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ACTION_KINDS, type Action, type Reason } from '../gc/action.ts';
import { AppError } from '../shared/errors.ts';

/** The plan's first line; a journal's says its run, too. */
export type JournalHeader = Readonly<Record<string, unknown>> & { readonly mode: string };

/** Of a folder that is removed because it is empty: all that it takes to make it again. Time is ISO 8601. */
export interface FolderState {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: string;
}

export interface JournalTotals {
  readonly actions: number;
  readonly bytes: number;
  readonly diskBytes: number;
}

const CHUNK = 256 * 1024;

/** Writes a journal line by line; `end` makes it durable. Throws the errors of `fs`. */
export class JournalWriter {
  private readonly file: number;
  private readonly hash: Hash = createHash('sha256');
  private pending = '';
  /** Many actions share one: it is spelled once. */
  private lastReason: Reason | undefined;
  private reasonText = '';
  private totals = { actions: 0, bytes: 0, diskBytes: 0 };

  constructor(path: string, header: JournalHeader) {
    this.file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    this.append(JSON.stringify(header));
  }

  /** `trash`: where it goes, below the run's folder; absent without trash. `folder`: of an `empty-directory`. */
  add(action: Action, trash: string | undefined, folder: FolderState | undefined): void {
    const { kind, batch, path, repository, tag, digest, bytes, diskBytes, expect, reason } = action;
    // Before anything has gone: what is no number has no place in JSON, and the journal is the way back.
    if (!Number.isFinite(bytes + diskBytes)) throw new RangeError(`${path} has a size that is no number`);
    if (reason !== this.lastReason) {
      this.lastReason = reason;
      this.reasonText = JSON.stringify(reason);
    }
    // Piece by piece: a large object for each of a million lines costs more than the writing does.
    this.append(
      `{"kind":"${kind}","batch":${batch},"path":${JSON.stringify(path)}${field('repository', repository)}` +
        `${field('tag', tag)}${field('digest', digest)},"bytes":${bytes},"diskBytes":${diskBytes}` +
        `,"expect":${JSON.stringify(expect)},"reason":${this.reasonText}${field('trash', trash)}` +
        `${folder === undefined ? '' : `,"folder":${JSON.stringify(folder)}`}}`,
    );
    this.totals.actions++;
    this.totals.bytes += bytes;
    this.totals.diskBytes += diskBytes;
  }

  end(): JournalTotals {
    this.flush();
    this.pending = `${JSON.stringify({ end: true, ...this.totals, sha256: this.hash.digest('hex') })}\n`;
    writeFileSync(this.file, this.pending);
    fsyncSync(this.file);
    return this.totals;
  }

  close(): void {
    closeSync(this.file);
  }

  private append(line: string): void {
    this.pending += `${line}\n`;
    if (this.pending.length >= CHUNK) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending);
    this.hash.update(bytes);
    writeFileSync(this.file, bytes);
    this.pending = '';
  }
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

const actionSchema = z.object({
  kind: z.enum(ACTION_KINDS),
  path: z.string(),
  repository: z.string().optional(),
  tag: z.string().optional(),
  digest: z.string().optional(),
  trash: z.string().optional(),
  folder: z.object({ mode: z.number(), uid: z.number(), gid: z.number(), modifiedAt: z.string() }).optional(),
});
/** What restoring needs of a line. */
export type JournalEntry = Readonly<z.infer<typeof actionSchema>>;

const endSchema = z.object({ end: z.literal(true), actions: z.number(), sha256: z.string() });

/** Longer lines are none of ours. Bytes. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** The entries of a journal, to be read in any order, though there may be millions: only where each begins is kept. */
export class JournalReader {
  private readonly file: number;
  /** Where each line begins, and the end of the last. */
  private readonly offsets: number[] = [0];
  private readonly hash: Hash = createHash('sha256');
  /** Its last line; absent where that is missing. */
  private end: z.infer<typeof endSchema> | undefined;

  /**
   * Reads it whole. `isWhole` is false where its last line is missing: whoever wrote it died before he moved anything.
   * Throws `plan-invalid` where it is not what was written, and the errors of `fs`.
   */
  constructor(private readonly path: string) {
    this.file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    this.findLines();
  }

  get isWhole(): boolean {
    return this.end !== undefined;
  }

  /** How many actions there are: none where the journal is not whole. */
  get length(): number {
    return this.end === undefined ? 0 : this.offsets.length - 3;
  }

  /** The entry of an action, counted from 0. */
  entry(index: number): JournalEntry {
    const parsed = actionSchema.safeParse(this.json(index + 1));
    if (!parsed.success) throw this.invalid(`line ${index + 2} is no action`);
    return parsed.data;
  }

  /** Throws `plan-invalid` unless the count and the sum of the last line are right. */
  verify(): void {
    if (this.end === undefined) return;
    if (this.end.actions !== this.length) throw this.invalid('it does not hold as many actions as it says');
    const last = this.offsets.at(-2) ?? 0;
    for (let at = 0; at < last; at += CHUNK) this.hash.update(this.bytes(at, Math.min(at + CHUNK, last)));
    if (this.hash.digest('hex') !== this.end.sha256) throw this.invalid('its sum is not right');
  }

  close(): void {
    closeSync(this.file);
  }

  private findLines(): void {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let base = 0;
    for (
      let got = readSync(this.file, chunk, 0, CHUNK, base);
      got > 0;
      got = readSync(this.file, chunk, 0, CHUNK, base)
    ) {
      const read = chunk.subarray(0, got);
      for (let at = read.indexOf(NEWLINE); at !== -1; at = read.indexOf(NEWLINE, at + 1))
        this.offsets.push(base + at + 1);
      base += got;
    }
    const lastLine = this.offsets.length - 2;
    if (lastLine < 1 || this.offsets.at(-1) !== base) return;
    const parsed = endSchema.safeParse(this.json(lastLine));
    if (parsed.success) this.end = parsed.data;
  }

  private json(line: number): unknown {
    const from = this.offsets[line] ?? 0;
    const to = this.offsets[line + 1] ?? from;
    if (to - from > MAX_LINE_BYTES) throw this.invalid(`line ${line + 1} is too long`);
    try {
      return JSON.parse(this.bytes(from, to).toString('utf8')) as unknown;
    } catch (cause) {
      if (cause instanceof SyntaxError) throw this.invalid(`line ${line + 1} is not JSON`);
      throw cause;
    }
  }

  private bytes(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(this.file, bytes, filled, bytes.length - filled, from + filled);
      if (got === 0) throw this.invalid('it became shorter while it was read');
      filled += got;
    }
    return bytes;
  }

  private invalid(why: string): AppError {
    return new AppError(
      'plan-invalid',
      `the journal ${this.path} is not as it was written: ${why}`,
      'nothing was changed; what the run took lies in the folder trash beside it, in the places that it had',
    );
  }
}
