/**
 * Rows on their way from a reading thread to the one that collects: bytes in one buffer that is handed over, not copied.
 * Objects would cost more to send than the disk costs to read.
 */
import { isSha256, parseDigest, sha256Digest, writeSha256, type Digest } from '../layout/digest.ts';
import { SHA256_BYTES, type DigestId, type DigestTable } from '../inventory/digest-table.ts';

const FIRST_BYTES = 16 * 1024;
const AS_SHA256 = 0;
const AS_TEXT = 1;
const ABSENT = 2;

export class PacketWriter {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private used = 0;
  private readonly words = new Map<string, number>();

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.used++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.used = this.bytes.writeUInt32LE(value, this.used);
  }

  f64(value: number): void {
    this.reserve(8);
    this.used = this.bytes.writeDoubleLE(value, this.used);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.u32(length);
    this.reserve(length);
    this.used += this.bytes.write(value, this.used);
  }

  /** Text that comes again and again, as media types do: whole the first time, then as a number. */
  word(value: string): void {
    const known = this.words.get(value);
    this.u32(known ?? this.words.size);
    if (known !== undefined) return;
    this.words.set(value, this.words.size);
    this.text(value);
  }

  digest(digest: Digest | undefined): void {
    if (digest === undefined) {
      this.u8(ABSENT);
    } else if (isSha256(digest)) {
      this.u8(AS_SHA256);
      this.reserve(SHA256_BYTES);
      writeSha256(digest, this.bytes, this.used);
      this.used += SHA256_BYTES;
    } else {
      this.u8(AS_TEXT);
      this.text(digest);
    }
  }

  /** The digest of an id of `table`, as `digest` writes it. */
  digestOf(table: DigestTable, id: DigestId): void {
    if (!table.isSha256(id)) {
      this.digest(table.digest(id));
      return;
    }
    this.u8(AS_SHA256);
    this.reserve(SHA256_BYTES);
    this.bytes.set(table.sha256(id), this.used);
    this.used += SHA256_BYTES;
  }

  /** What was written, in a buffer of its own that may be handed to another thread. The writer starts anew. */
  take(): Uint8Array<ArrayBuffer> {
    const packet = new Uint8Array(this.used);
    packet.set(this.bytes.subarray(0, this.used));
    this.used = 0;
    this.words.clear();
    return packet;
  }

  private reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.used + more));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}

export class PacketReader {
  private readonly bytes: Buffer;
  private place = 0;
  private readonly words: string[] = [];

  constructor(packet: Uint8Array) {
    this.bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  }

  get atEnd(): boolean {
    return this.place >= this.bytes.length;
  }

  u8(): number {
    return this.bytes.readUInt8(this.place++);
  }

  u32(): number {
    const value = this.bytes.readUInt32LE(this.place);
    this.place += 4;
    return value;
  }

  f64(): number {
    const value = this.bytes.readDoubleLE(this.place);
    this.place += 8;
    return value;
  }

  text(): string {
    const length = this.u32();
    const value = this.bytes.toString('utf8', this.place, this.place + length);
    this.place += length;
    return value;
  }

  word(): string {
    const known = this.u32();
    if (known === this.words.length) this.words.push(this.text());
    const value = this.words[known];
    if (value === undefined) throw new RangeError(`a packet names word ${known} of ${this.words.length}`);
    return value;
  }

  /** The digest's id in `table`, or `undefined` where none was written. */
  digestId(table: DigestTable): DigestId | undefined {
    const form = this.u8();
    if (form === ABSENT) return undefined;
    if (form === AS_SHA256) {
      const id = table.internSha256(this.bytes, this.place);
      this.place += SHA256_BYTES;
      return id;
    }
    const digest = parseDigest(this.text());
    if (digest === undefined) throw new RangeError('a packet holds text that is no digest');
    return table.intern(digest);
  }

  digest(): Digest | undefined {
    const form = this.u8();
    if (form === ABSENT) return undefined;
    if (form === AS_SHA256) {
      this.place += SHA256_BYTES;
      return sha256Digest(this.bytes.subarray(this.place - SHA256_BYTES, this.place));
    }
    const digest = parseDigest(this.text());
    if (digest === undefined) throw new RangeError('a packet holds text that is no digest');
    return digest;
  }
}
