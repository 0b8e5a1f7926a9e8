/**
 * Rows on their way from a reading thread to the one that collects: 32-bit words in one buffer that is handed over, not
 * copied. Objects would cost more to send than the disk costs to read. Everything begins at a whole word, so that no byte
 * of it has to be looked at alone; the threads are of one machine, which has one order of bytes.
 */
import { isSha256, parseDigest, SHA256_DIGITS, sha256DigestAt, writeSha256, type Digest } from '../layout/digest.ts';
import { SHA256_BYTES, SHA256_WORDS, type DigestId, type DigestTable } from '../inventory/digest-table.ts';
import { at } from '../shared/columns.ts';

const FIRST_WORDS = 256;
const AS_SHA256 = 0;
const AS_TEXT = 1;
const ABSENT = 2;

export class PacketWriter {
  private words = new Uint32Array(FIRST_WORDS);
  /** The same memory as `words`. */
  private bytes = Buffer.from(this.words.buffer);
  private used = 0;
  private readonly known = new Map<string, number>();
  private readonly double = new Float64Array(1);
  /** The same memory as `double`. */
  private readonly doubleWords = new Uint32Array(this.double.buffer);

  u32(value: number): void {
    if (this.used === this.words.length) this.grow(1);
    this.words[this.used++] = value;
  }

  f64(value: number): void {
    if (this.used + 2 > this.words.length) this.grow(2);
    this.double[0] = value;
    this.words[this.used] = this.doubleWords[0] ?? 0;
    this.words[this.used + 1] = this.doubleWords[1] ?? 0;
    this.used += 2;
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    const taken = wordsOf(length);
    this.u32(length);
    if (this.used + taken > this.words.length) this.grow(taken);
    this.bytes.write(value, this.used * 4);
    this.used += taken;
  }

  /** Text that comes again and again, as media types do: whole the first time, then as a number. */
  word(value: string): void {
    const known = this.known.get(value);
    this.u32(known ?? this.known.size);
    if (known !== undefined) return;
    this.known.set(value, this.known.size);
    this.text(value);
  }

  digest(digest: Digest | undefined): void {
    if (digest === undefined) {
      this.u32(ABSENT);
    } else if (isSha256(digest)) {
      if (this.used + 1 + SHA256_WORDS > this.words.length) this.grow(1 + SHA256_WORDS);
      this.words[this.used] = AS_SHA256;
      writeSha256(digest, this.bytes, (this.used + 1) * 4);
      this.used += 1 + SHA256_WORDS;
    } else {
      this.u32(AS_TEXT);
      this.text(digest);
    }
  }

  /** Digests of sha256 by their hexadecimal, 64 digits each, joined. */
  digests(hex: string): void {
    const count = hex.length / SHA256_DIGITS;
    const taken = count * SHA256_WORDS;
    this.u32(count);
    if (this.used + taken > this.words.length) this.grow(taken);
    this.bytes.write(hex, this.used * 4, 'hex');
    this.used += taken;
  }

  /** The digest of an id of `table`, as `digest` writes it. */
  digestOf(table: DigestTable, id: DigestId): void {
    if (!table.isSha256(id)) {
      this.digest(table.digest(id));
      return;
    }
    this.u32(AS_SHA256);
    if (this.used + SHA256_WORDS > this.words.length) this.grow(SHA256_WORDS);
    table.copySha256(id, this.words, this.used);
    this.used += SHA256_WORDS;
  }

  get isEmpty(): boolean {
    return this.used === 0;
  }

  /** What another writer holds, which starts anew. What comes before and behind it shares no words with it. */
  append(other: PacketWriter): void {
    if (this.used + other.used > this.words.length) this.grow(other.used);
    this.words.set(other.words.subarray(0, other.used), this.used);
    this.used += other.used;
    this.known.clear();
    other.used = 0;
    other.known.clear();
  }

  /** What was written, in a buffer of its own that may be handed to another thread. The writer starts anew. */
  take(): Uint32Array<ArrayBuffer> {
    const packet = this.words.slice(0, this.used);
    this.used = 0;
    this.known.clear();
    return packet;
  }

  private grow(more: number): void {
    const larger = new Uint32Array(Math.max(this.words.length * 2, this.used + more));
    larger.set(this.words);
    this.words = larger;
    this.bytes = Buffer.from(larger.buffer);
  }
}

/** How many words so many bytes take. */
function wordsOf(bytes: number): number {
  return (bytes + 3) >>> 2;
}

export class PacketReader {
  private readonly bytes: Buffer;
  private place = 0;
  private readonly known: string[] = [];
  private readonly double = new Float64Array(1);
  /** The same memory as `double`. */
  private readonly doubleWords = new Uint32Array(this.double.buffer);

  constructor(private readonly words: Uint32Array) {
    this.bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  }

  get atEnd(): boolean {
    return this.place >= this.words.length;
  }

  u32(): number {
    return at(this.words, this.place++);
  }

  f64(): number {
    this.doubleWords[0] = at(this.words, this.place);
    this.doubleWords[1] = at(this.words, this.place + 1);
    this.place += 2;
    return this.double[0] ?? NaN;
  }

  text(): string {
    const length = this.u32();
    const start = this.place * 4;
    this.place += wordsOf(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  word(): string {
    const known = this.u32();
    if (known === this.known.length) this.known.push(this.text());
    const value = this.known[known];
    if (value === undefined) throw new RangeError(`a packet names word ${known} of ${this.known.length}`);
    return value;
  }

  /** The words so far are of another packet than those that come. */
  forgetWords(): void {
    this.known.length = 0;
  }

  /** The digest's id in `table`, or `undefined` where none was written. */
  digestId(table: DigestTable): DigestId | undefined {
    const form = this.u32();
    if (form === ABSENT) return undefined;
    if (form === AS_SHA256) {
      this.place += SHA256_WORDS;
      return table.internWords(this.words, this.place - SHA256_WORDS);
    }
    return table.intern(this.textDigest());
  }

  /** The ids in `table` of what `digests` wrote. */
  digestIds(table: DigestTable): Uint32Array {
    const ids = new Uint32Array(this.u32());
    for (let index = 0; index < ids.length; index++, this.place += SHA256_WORDS) {
      ids[index] = table.internWords(this.words, this.place);
    }
    return ids;
  }

  digest(): Digest | undefined {
    const form = this.u32();
    if (form === ABSENT) return undefined;
    if (form === AS_SHA256) {
      this.place += SHA256_WORDS;
      return sha256DigestAt(this.bytes, this.place * 4 - SHA256_BYTES);
    }
    return this.textDigest();
  }

  private textDigest(): Digest {
    const digest = parseDigest(this.text());
    if (digest === undefined) throw new RangeError('a packet holds text that is no digest');
    return digest;
  }
}
