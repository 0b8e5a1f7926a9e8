/** Looks at the folders of blobs that are about to go, in a thread beside the one that takes them away. */
import type { Digest } from '../layout/digest.ts';
import { blobFolder, DATA } from '../layout/paths.ts';
import { numberAt } from '../shared/columns.ts';
import type { Volume } from './volume.ts';

/** Of a folder that holds a regular `data` and nothing else: its size, and its time in epoch milliseconds. */
export interface LoneData {
  readonly bytes: number;
  readonly time: number;
}

/** Bytes and time. */
const FIGURES = 2;

/** Two numbers for each folder, in their order: NaN where it holds anything else, or cannot be looked at. */
export function readBlobFolders(digests: readonly Digest[], volume: Volume): Uint32Array<ArrayBuffer> {
  const figures = new Float64Array(digests.length * FIGURES);
  for (const [index, digest] of digests.entries()) {
    const data = volume.loneFile(blobFolder(digest), DATA);
    figures[index * FIGURES] = data?.bytes ?? NaN;
    figures[index * FIGURES + 1] = data?.time ?? NaN;
  }
  return new Uint32Array(figures.buffer);
}

/** What `readBlobFolders` found. */
export class BlobFolders {
  private readonly figures: Float64Array;

  /** Throws `RangeError` where the packet does not tell of `count` folders: that is a fault of who made it. */
  constructor(packet: Uint32Array<ArrayBuffer>, count: number) {
    this.figures = new Float64Array(packet.buffer);
    if (this.figures.length !== count * FIGURES) throw new RangeError(`${packet.length} words for ${count} folders`);
  }

  /** Of the folder with this number, from 0; `undefined` where there is anything to look at more closely. */
  at(index: number): LoneData | undefined {
    const bytes = numberAt(this.figures, index * FIGURES);
    const time = numberAt(this.figures, index * FIGURES + 1);
    return Number.isNaN(bytes) ? undefined : { bytes, time };
  }
}
