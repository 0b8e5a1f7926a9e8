/**
 * The journal of a run: its plan with the place of each thing in the trash, NDJSON, written and made durable whole before
 * the first rename. Whatever happens later, what is in the trash can be told from it.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { Action } from '../gc/action.ts';
import {
  ActionLines,
  checkAction,
  checkEnd,
  Sums,
  type InJournal,
  type ParsedAction,
  type PlanEnd,
} from '../gc/plan-lines.ts';
import { AppError } from '../shared/errors.ts';

/** The plan's first line; a journal's says its run, too. */
export type JournalHeader = Readonly<Record<string, unknown>> & { readonly mode: string };

/** Of a folder that is removed because it is empty: all that it takes to make it again. */
export type FolderState = NonNullable<ParsedAction['folder']>;

export type JournalTotals = Sums['totals'];

/** What restoring needs of a line. Names have not been compared with the grammar: a path tells whether they are legal. */
export type JournalEntry = Pick<
  ParsedAction,
  'kind' | 'path' | 'repository' | 'tag' | 'digest' | 'time' | 'trash' | 'folder' | 'makes'
>;

const CHUNK = 256 * 1024;

/** Writes a journal line by line; `end` makes it durable. Throws the errors of `fs`. */
export class JournalWriter {
  private readonly file: number;
  private readonly sums = new Sums();
  private readonly lines = new ActionLines();
  private pending = '';

  constructor(path: string, header: JournalHeader) {
    this.file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    this.append(`${JSON.stringify(header)}\n`);
  }

  /**
   * `trash`: where it goes, below the run's folder; absent without trash. `folder`: of an `empty-directory`. `makes`: of a
   * link that is written. Throws `RangeError` for a size that is no number, before anything has gone: the journal is the way back.
   */
  add(action: Action, beside: InJournal): void {
    this.append(this.lines.of(action, beside));
    this.sums.count(action);
  }

  end(): JournalTotals {
    this.flush();
    writeFileSync(this.file, this.sums.lastLine());
    fsyncSync(this.file);
    return this.sums.totals;
  }

  close(): void {
    closeSync(this.file);
  }

  private append(line: string): void {
    this.pending += line;
    if (this.pending.length >= CHUNK) this.flush();
  }

  private flush(): void {
    writeFileSync(this.file, this.sums.add(Buffer.from(this.pending)));
    this.pending = '';
  }
}

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
  private end: PlanEnd | undefined;

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

  /** The entry of an action, counted from 0. Throws `plan-invalid`, naming the line and the field that no sweep writes so. */
  entry(index: number): JournalEntry {
    const checked = checkAction(this.json(index + 1));
    if (!checked.ok) throw this.invalid(`line ${index + 2}: ${checked.field}: ${checked.why}`);
    return checked.value;
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
    const checked = checkEnd(this.json(lastLine));
    if (checked.ok) this.end = checked.value;
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
