import type { Volume } from '../../scripts/registry-generator/volume.ts';
import type { FoundFile } from './naive-count.ts';

/** Keeps documents and links, so that a large profile can be counted without a disk. */
export function recordingVolume(): Volume & { readonly files: FoundFile[] } {
  const files: FoundFile[] = [];
  const blobPath = (digest: string): string => `blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`;
  return {
    files,
    blob: (digest, content, time) => files.push({ path: blobPath(digest), bytes: content.length, time, content }),
    sparseBlob: (digest, bytes, time) => files.push({ path: blobPath(digest), bytes, time }),
    link: (path, digest, time) => files.push({ path, bytes: digest.length, time, content: digest }),
    file: (path, content, time) => files.push({ path, bytes: content.length, time }),
    sparseFile: (path, bytes, time) => files.push({ path, bytes, time }),
    folder: () => undefined,
  };
}

/** Writes to both. */
export function teeVolume(first: Volume, second: Volume): Volume {
  const both =
    <Call extends readonly unknown[]>(one: (...call: Call) => void, other: (...call: Call) => void) =>
    (...call: Call): void => {
      one(...call);
      other(...call);
    };
  return {
    blob: both(first.blob, second.blob),
    sparseBlob: both(first.sparseBlob, second.sparseBlob),
    link: both(first.link, second.link),
    file: both(first.file, second.file),
    sparseFile: both(first.sparseFile, second.sparseFile),
    folder: both(first.folder, second.folder),
  };
}
