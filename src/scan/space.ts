import { statfsSync } from 'node:fs';

/** What the file system of a volume has room for, in bytes; null where it does not say, or nothing that can be. */
export interface Space {
  /** For whoever is not root, as `df` has it. */
  readonly freeBytes: number | null;
  readonly capacityBytes: number | null;
}

const UNKNOWN: Space = { freeBytes: null, capacityBytes: null };

/** The space of the file system that the folder lies on. Never throws: nothing depends on it. */
export function readSpace(folder: string): Space {
  try {
    return spaceOf(statfsSync(folder));
  } catch {
    return UNKNOWN;
  }
}

/** What `statfs` said (statfs(2)): blocks of `bsize` bytes. Some network file systems say nothing that can be. */
export function spaceOf({ bsize, blocks, bavail }: { bsize: number; blocks: number; bavail: number }): Space {
  const capacityBytes = blocks * bsize;
  if (!Number.isSafeInteger(capacityBytes) || capacityBytes <= 0 || bsize <= 0) return UNKNOWN;
  // Where only root may write any more, there is less than none left for others.
  const freeBytes = Math.max(0, bavail * bsize);
  return { capacityBytes, freeBytes: Number.isSafeInteger(freeBytes) && freeBytes <= capacityBytes ? freeBytes : null };
}
