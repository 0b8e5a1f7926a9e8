import { closeSync, ftruncateSync, futimesSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { blobData, blobFolder, LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import type { Digest } from '../../src/layout/digest.ts';

/** Where a generated tree goes. Paths are relative to the layout's folder; times are epoch seconds. */
export interface Volume {
  /** A blob whose content is known. */
  readonly blob: (digest: Digest, content: string, time: number) => void;
  /** A blob of `bytes` bytes that takes no space: its name is all that is true of it. */
  readonly sparseBlob: (digest: Digest, bytes: number, time: number) => void;
  /** A link as the registry writes it: the digest, 71 bytes for sha256, no newline. */
  readonly link: (path: string, digest: Digest, time: number) => void;
  readonly file: (path: string, content: string | Uint8Array, time: number) => void;
  readonly sparseFile: (path: string, bytes: number, time: number) => void;
  readonly folder: (path: string) => void;
}

type Fill = (descriptor: number) => void;

/**
 * The volume on the file system below `root` (the registry root). Everything is synchronous: with one write per file,
 * waiting for a promise would cost more than the write.
 */
export function createFilesystemVolume(root: string): Volume {
  const base = `${root}/${LAYOUT_FOLDER}`;
  const folder = (path: string): void => {
    mkdirSync(`${base}/${path}`, { recursive: true });
  };
  const write = (path: string, flags: 'w' | 'wx', time: number, fill: Fill): void => {
    const descriptor = openSync(`${base}/${path}`, flags);
    try {
      fill(descriptor);
      futimesSync(descriptor, time, time);
    } finally {
      closeSync(descriptor);
    }
  };
  const text =
    (content: string | Uint8Array): Fill =>
    (descriptor) => {
      if (typeof content === 'string') writeSync(descriptor, content);
      else writeSync(descriptor, content);
    };
  const hole =
    (bytes: number): Fill =>
    (descriptor) => {
      ftruncateSync(descriptor, bytes);
    };
  const blob = (digest: Digest, time: number, fill: Fill): void => {
    folder(blobFolder(digest));
    // A digest comes once: a second one would make the expected figures wrong, so it fails.
    write(blobData(digest), 'wx', time, fill);
  };
  const file = (path: string, time: number, fill: Fill): void => {
    folder(dirname(path));
    write(path, 'w', time, fill);
  };
  return {
    blob: (digest, content, time) => blob(digest, time, text(content)),
    sparseBlob: (digest, bytes, time) => blob(digest, time, hole(bytes)),
    link: (path, digest, time) => file(path, time, text(digest)),
    file: (path, content, time) => file(path, time, text(content)),
    sparseFile: (path, bytes, time) => file(path, time, hole(bytes)),
    folder,
  };
}
