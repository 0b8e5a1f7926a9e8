/**
 * How many bytes a set of images frees together, kept up to date while one is taken or given back: each item counts the
 * images that it stays for, and goes with the last of them. Linear in what is taken.
 */
import { at } from '../shared/columns.ts';
import type { CandidateImage } from './target-images.ts';
import type { TargetHistory, TargetItems } from './target-items.ts';

export class TargetFreed {
  /** Allocated bytes. */
  private bytes: number;
  private readonly keepers: Uint32Array;
  /** By row of `tagIndexEntries`: how many of the things have gone with any of which it goes. */
  private readonly entries = new Map<number, number>();

  /** `garbageBytes`: what goes before any image does. */
  constructor(
    private readonly items: TargetItems,
    private readonly history: TargetHistory,
    images: readonly CandidateImage[],
    garbageBytes: number,
  ) {
    this.bytes = garbageBytes;
    this.keepers = new Uint32Array(items.count);
    for (const image of images) for (const item of image.items) this.keepers[item] = at(this.keepers, item) + 1;
  }

  get diskBytes(): number {
    return this.bytes;
  }

  /** How many images that have not been taken it stays for. */
  keepersOf(item: number): number {
    return at(this.keepers, item);
  }

  take({ items }: CandidateImage): void {
    for (const item of items) {
      const left = at(this.keepers, item) - 1;
      this.keepers[item] = left;
      if (left === 0) this.change(item, 1);
    }
  }

  giveBack({ items }: CandidateImage): void {
    for (const item of items) {
      const before = at(this.keepers, item);
      this.keepers[item] = before + 1;
      if (before === 0) this.change(item, -1);
    }
  }

  /** `by`: 1, it goes; -1, it stays again. */
  private change(item: number, by: 1 | -1): void {
    this.bytes += by * this.items.diskBytes(item);
    for (const row of this.history.byItem.get(item) ?? []) {
      const before = this.entries.get(row) ?? 0;
      this.entries.set(row, before + by);
      if (Math.max(before, before + by) === 1) this.bytes += by * this.history.diskBytes(row);
    }
  }
}
