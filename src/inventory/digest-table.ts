/**
 * Every digest once, as a dense number. Digests of sha256, nearly all there are, lie as 32 raw bytes in one array under
 * an open-addressing table; the few others are kept as text. Names of files are hostile input, so the hash is seeded:
 * nobody can choose digests that all collide.
 */
import { digestAlgorithm, digestHex, isSha256, sha256Digest, writeSha256, type Digest } from '../layout/digest.ts';
import { at, enlarged, flagAt } from '../shared/columns.ts';

export type DigestId = number;

export const SHA256_BYTES = 32;
/** In words of 32 bits, as the machine orders their bytes. */
export const SHA256_WORDS = SHA256_BYTES / 4;
const FIRST_CAPACITY = 1024;
const EMPTY = -1;

/** A table of digests as plain values, which can be sent to another thread. */
export interface PackedDigestTable {
  readonly size: number;
  readonly words: Uint32Array;
  readonly others: readonly (readonly [DigestId, Digest])[];
}

export class DigestTable {
  private words: Uint32Array = new Uint32Array(FIRST_CAPACITY * SHA256_WORDS);
  /** The same memory as `words`. */
  private raw: Uint8Array = new Uint8Array(this.words.buffer);
  private slots: Int32Array = new Int32Array(FIRST_CAPACITY * 2).fill(EMPTY);
  private readonly others = new Map<string, DigestId>();
  private readonly otherText = new Map<DigestId, Digest>();
  private used = 0;
  /** False once unpacked, until something is looked up: whoever only spells digests needs no slots. */
  private isHashed = true;
  /** The digest that is looked for, where it comes as text or as bytes at any address. */
  private readonly wanted = new Uint32Array(SHA256_WORDS);
  private readonly wantedBytes = new Uint8Array(this.wanted.buffer);

  constructor(private readonly seed: number = (Math.random() * 0x7fffffff) | 1) {}

  /** The table that `pack` was called on: the same digests have the same ids. It goes on with the memory that it is given. */
  static unpack(packed: PackedDigestTable): DigestTable {
    const table = new DigestTable();
    table.used = packed.size;
    table.words = packed.words;
    table.raw = new Uint8Array(table.words.buffer, table.words.byteOffset, table.words.byteLength);
    for (const [id, digest] of packed.others) {
      table.others.set(digest, id);
      table.otherText.set(id, digest);
    }
    table.isHashed = false;
    return table;
  }

  /** Shares memory with the table: good until a digest is added. */
  pack(): PackedDigestTable {
    const words = this.words.subarray(0, this.used * SHA256_WORDS);
    return { size: this.used, words, others: [...this.otherText] };
  }

  /** How many digests there are; ids are 0 … size - 1. */
  get size(): number {
    return this.used;
  }

  /** The id of a digest, which it is given now if it has none. */
  intern(digest: Digest): DigestId {
    if (isSha256(digest)) {
      writeSha256(digest, this.wantedBytes, 0);
      return this.internWords(this.wanted, 0);
    }
    const known = this.others.get(digest);
    if (known !== undefined) return known;
    const id = this.add();
    this.others.set(digest, id);
    this.otherText.set(id, digest);
    return id;
  }

  /** As `intern`, for the raw bytes of a sha256 digest, in the eight words from `from` on. */
  internWords(words: Uint32Array, from: number): DigestId {
    const slot = this.slotOf(words, from);
    const known = at(this.slots, slot);
    if (known !== EMPTY) return known;
    const id = this.add();
    for (let i = 0; i < SHA256_WORDS; i++) this.words[id * SHA256_WORDS + i] = at(words, from + i);
    this.slots[slot] = id;
    if (this.used * 2 > this.slots.length) this.rehash(this.slots.length * 2);
    return id;
  }

  /** As `intern`, for the digest that has this id in another table. */
  internFrom(table: DigestTable, id: DigestId): DigestId {
    return table.isSha256(id) ? this.internWords(table.words, id * SHA256_WORDS) : this.intern(table.digest(id));
  }

  /** As `find`, for the digest that has this id in another table. */
  findFrom(table: DigestTable, id: DigestId): DigestId | undefined {
    if (!table.isSha256(id)) return this.others.get(table.digest(id));
    return this.idAt(this.slotOf(table.words, id * SHA256_WORDS));
  }

  /** The id of a digest, or `undefined` where it has none. */
  find(digest: Digest): DigestId | undefined {
    if (!isSha256(digest)) return this.others.get(digest);
    writeSha256(digest, this.wantedBytes, 0);
    return this.idAt(this.slotOf(this.wanted, 0));
  }

  /** The digest of an id that this table gave. */
  digest(id: DigestId): Digest {
    const other = this.isSha256(id) ? undefined : this.otherText.get(id);
    if (other !== undefined) return other;
    if (id >= this.used) throw new RangeError(`digest id ${id} of ${this.used}`);
    return sha256Digest(this.sha256(id));
  }

  /** Whether the id's digest is kept as raw bytes (sha256), and not as text. */
  isSha256(id: DigestId): boolean {
    return this.otherText.size === 0 || !this.otherText.has(id);
  }

  /** The algorithm of the id's digest, as its folder is called: without spelling the digest. */
  algorithm(id: DigestId): string {
    return this.isSha256(id) ? 'sha256' : digestAlgorithm(this.digest(id));
  }

  /** The raw bytes of a sha256 digest: a view, not a copy. */
  sha256(id: DigestId): Uint8Array {
    return this.raw.subarray(id * SHA256_BYTES, (id + 1) * SHA256_BYTES);
  }

  /** Writes the raw bytes of a sha256 digest into `target`, as eight words from `to` on. */
  copySha256(id: DigestId, target: Uint32Array, to: number): void {
    for (let i = 0; i < SHA256_WORDS; i++) target[to + i] = at(this.words, id * SHA256_WORDS + i);
  }

  /** The first of the raw bytes of a sha256 digest. */
  firstByte(id: DigestId): number {
    return flagAt(this.raw, id * SHA256_BYTES);
  }

  /** Digests whose hexadecimal begins with `prefix`, in no order. */
  withPrefix(prefix: string): readonly DigestId[] {
    const found: DigestId[] = [];
    const digits = Array.from(prefix, (digit) => '0123456789abcdef'.indexOf(digit));
    for (let id = 0; id < this.used; id++) {
      const begins = this.isSha256(id) ? this.beginsWith(id, digits) : digestHex(this.digest(id)).startsWith(prefix);
      if (begins) found.push(id);
    }
    return found;
  }

  /** To spell every digest would take longer than all else that a question needs. */
  private beginsWith(id: DigestId, digits: readonly number[]): boolean {
    if (digits.length > SHA256_BYTES * 2) return false;
    return digits.every((digit, place) => {
      const byte = flagAt(this.raw, id * SHA256_BYTES + (place >> 1));
      return digit === (place % 2 === 0 ? byte >> 4 : byte & 0xf);
    });
  }

  private add(): DigestId {
    const id = this.used++;
    if (this.used * SHA256_WORDS > this.words.length) {
      const length = Math.max(this.words.length * 2, FIRST_CAPACITY * SHA256_WORDS);
      this.words = enlarged(this.words, Uint32Array, length);
      this.raw = new Uint8Array(this.words.buffer);
    }
    return id;
  }

  private idAt(slot: number): DigestId | undefined {
    const id = at(this.slots, slot);
    return id === EMPTY ? undefined : id;
  }

  /** Where in `slots` the digest of the eight words from `from` on is, or belongs. */
  private slotOf(words: Uint32Array, from: number): number {
    if (!this.isHashed) this.rehashAll();
    const mask = this.slots.length - 1;
    let slot = this.hash(words, from) & mask;
    for (;;) {
      const id = at(this.slots, slot);
      if (id === EMPTY || this.equals(id, words, from)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private equals(id: DigestId, words: Uint32Array, from: number): boolean {
    const base = id * SHA256_WORDS;
    for (let i = 0; i < SHA256_WORDS; i++) if (at(this.words, base + i) !== at(words, from + i)) return false;
    return true;
  }

  private hash(words: Uint32Array, from: number): number {
    let hash = this.seed;
    for (let i = 0; i < SHA256_WORDS; i++) {
      hash = Math.imul(hash ^ at(words, from + i), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }

  private rehashAll(): void {
    this.isHashed = true;
    let slots = this.slots.length;
    while (this.used * 2 > slots) slots *= 2;
    this.rehash(slots);
  }

  private rehash(size: number): void {
    this.slots = enlarged(this.slots, Int32Array, size).fill(EMPTY);
    for (let id = 0; id < this.used; id++) {
      if (this.isSha256(id)) this.slots[this.slotOf(this.words, id * SHA256_WORDS)] = id;
    }
  }
}
