import type { TracedCall } from './strace.ts';

/** Calls of each kind. */
export interface CallCounts {
  readonly stat: number;
  readonly read: number;
  readonly list: number;
}

const KIND_BYTES = { stat: 'S', read: 'R', list: 'L' } as const;
const READ_WITH_FSTAT = 'F'.charCodeAt(0);

/** The list that `reader.c` takes: of what is asked for below a folder, each call once, in the order of the first. */
export class CallList {
  private bytes = Buffer.allocUnsafe(1 << 20);
  private used = 0;
  /** Where each call stands. A list has millions, and texts would take ten times the memory of numbers made of them. */
  private readonly places = new Map<number, number>();
  private readonly counts = { stat: 0, read: 0, list: 0 };

  constructor(private readonly root: string) {}

  add({ kind, path }: TracedCall): void {
    if (path !== this.root && !path.startsWith(`${this.root}/`)) return;
    const below = path.slice(this.root.length);
    if (kind === 'fstat') {
      const place = this.places.get(numberOf(`${KIND_BYTES.read}${below}`));
      if (place !== undefined) this.bytes[place] = READ_WITH_FSTAT;
      return;
    }
    const call = `${KIND_BYTES[kind]}${below}`;
    const number = numberOf(call);
    if (this.places.has(number)) return;
    this.places.set(number, this.used);
    this.counts[kind] += 1;
    this.append(`${call}\0`);
  }

  /** `reader.c` says what stands in it. */
  content(): { readonly bytes: Buffer; readonly counts: CallCounts } {
    return { bytes: this.bytes.subarray(0, this.used), counts: { ...this.counts } };
  }

  private append(text: string): void {
    if (this.used + text.length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.bytes.length + text.length);
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    this.used += this.bytes.write(text, this.used, 'latin1');
  }
}

/** A number of 53 bits. Of four million texts two have the same one once in a thousand lists, and then one call is less. */
function numberOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (0x1fffff & low) + (high >>> 0);
}
