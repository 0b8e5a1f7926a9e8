/**
 * Every digest once, as a dense number. Digests of sha256, nearly all there are, lie as 32 raw bytes in one array under
 * an open-addressing table; the few others are kept as text. Names of files are hostile input, so the hash is seeded:
 * nobody can choose digests that all collide.
 */
import { digestHex, sha256Digest, type Digest } from '../layout/digest.ts';

export type DigestId = number;

export const SHA256_BYTES = 32;
const SHA256_PREFIX = 'sha256:';
const FIRST_CAPACITY = 1024;
const EMPTY = -1;

export class DigestTable {
  private raw = new Uint8Array(FIRST_CAPACITY * SHA256_BYTES);
  private slots = new Int32Array(FIRST_CAPACITY * 2).fill(EMPTY);
  private readonly others = new Map<string, DigestId>();
  private readonly otherText = new Map<DigestId, Digest>();
  private used = 0;
  private readonly scratch = Buffer.alloc(SHA256_BYTES);

  constructor(private readonly seed: number = (Math.random() * 0x7fffffff) | 1) {}

  /** How many digests there are; ids are 0 … size - 1. */
  get size(): number {
    return this.used;
  }

  /** The id of a digest, which it is given now if it has none. */
  intern(digest: Digest): DigestId {
    if (digest.startsWith(SHA256_PREFIX)) {
      this.scratch.write(digest.slice(SHA256_PREFIX.length), 'hex');
      return this.internSha256(this.scratch, 0);
    }
    const known = this.others.get(digest);
    if (known !== undefined) return known;
    const id = this.add();
    this.others.set(digest, id);
    this.otherText.set(id, digest);
    return id;
  }

  /** As `intern`, for the 32 raw bytes of a sha256 digest at `offset`. */
  internSha256(bytes: Uint8Array, offset: number): DigestId {
    const slot = this.slotOf(bytes, offset);
    const known = this.slots[slot] ?? EMPTY;
    if (known !== EMPTY) return known;
    const id = this.add();
    this.raw.set(bytes.subarray(offset, offset + SHA256_BYTES), id * SHA256_BYTES);
    this.slots[slot] = id;
    if (this.used * 2 > this.slots.length) this.rehash(this.slots.length * 2);
    return id;
  }

  /** The id of a digest, or `undefined` where it has none. */
  find(digest: Digest): DigestId | undefined {
    if (!digest.startsWith(SHA256_PREFIX)) return this.others.get(digest);
    this.scratch.write(digest.slice(SHA256_PREFIX.length), 'hex');
    const id = this.slots[this.slotOf(this.scratch, 0)] ?? EMPTY;
    return id === EMPTY ? undefined : id;
  }

  /** The digest of an id that this table gave. */
  digest(id: DigestId): Digest {
    const other = this.otherText.get(id);
    if (other !== undefined) return other;
    if (id >= this.used) throw new RangeError(`digest id ${id} of ${this.used}`);
    return sha256Digest(this.sha256(id));
  }

  /** Whether the id's digest is kept as raw bytes (sha256), and not as text. */
  isSha256(id: DigestId): boolean {
    return !this.otherText.has(id);
  }

  /** The raw bytes of a sha256 digest: a view, not a copy. */
  sha256(id: DigestId): Uint8Array {
    return this.raw.subarray(id * SHA256_BYTES, (id + 1) * SHA256_BYTES);
  }

  /** Digests whose hexadecimal begins with `prefix`, in no order. */
  withPrefix(prefix: string): readonly DigestId[] {
    const found: DigestId[] = [];
    for (let id = 0; id < this.used; id++) if (digestHex(this.digest(id)).startsWith(prefix)) found.push(id);
    return found;
  }

  private add(): DigestId {
    const id = this.used++;
    if (this.used * SHA256_BYTES > this.raw.length) {
      const larger = new Uint8Array(this.raw.length * 2);
      larger.set(this.raw);
      this.raw = larger;
    }
    return id;
  }

  private slotOf(bytes: Uint8Array, offset: number): number {
    const mask = this.slots.length - 1;
    let slot = this.hash(bytes, offset) & mask;
    for (;;) {
      const id = this.slots[slot] ?? EMPTY;
      if (id === EMPTY || this.equals(id, bytes, offset)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private equals(id: DigestId, bytes: Uint8Array, offset: number): boolean {
    const base = id * SHA256_BYTES;
    for (let i = 0; i < SHA256_BYTES; i++) if (this.raw[base + i] !== bytes[offset + i]) return false;
    return true;
  }

  private hash(bytes: Uint8Array, offset: number): number {
    let hash = this.seed;
    for (let i = 0; i < SHA256_BYTES; i += 4) {
      const word =
        (bytes[offset + i] ?? 0) |
        ((bytes[offset + i + 1] ?? 0) << 8) |
        ((bytes[offset + i + 2] ?? 0) << 16) |
        ((bytes[offset + i + 3] ?? 0) << 24);
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }

  private rehash(size: number): void {
    this.slots = new Int32Array(size).fill(EMPTY);
    for (let id = 0; id < this.used; id++) {
      if (this.isSha256(id)) this.slots[this.slotOf(this.raw, id * SHA256_BYTES)] = id;
    }
  }
}
