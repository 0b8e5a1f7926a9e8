/** Of an upload: whether it still holds what it held, and nobody has fed it. Measured as the scan measures it. */
import { lstatSync, readdirSync } from 'node:fs';
import type { Expectation } from '../gc/action.ts';
import { isSameTime, type Checked } from './checked.ts';

/** `hashstates/<alg>/<offset>` is two folders deep; what lies deeper than this is not the registry's. */
const MAX_UPLOAD_DEPTH = 4;

/** Throws the errors of `fs`. Follows no symbolic link. */
export function checkUpload(expect: Expectation, absolute: string): Checked {
  if (!('bytes' in expect)) return { changed: 'is an upload, and the plan expects none' };
  const folder = lstatSync(absolute);
  if (!folder.isDirectory()) return { changed: 'is not a folder' };
  const sum = { bytes: 0, newestAt: 0 };
  if (!measure(absolute, folder.dev, 0, sum)) return { changed: 'holds what no upload holds' };
  if (sum.bytes !== expect.bytes) return { changed: `holds ${sum.bytes} bytes, and held ${expect.bytes}` };
  const newestAt = sum.newestAt === 0 ? folder.mtimeMs : sum.newestAt;
  return isSameTime(expect.modifiedAt, newestAt) ? 'as-expected' : { changed: 'was written since' };
}

function measure(folder: string, device: number, depth: number, sum: { bytes: number; newestAt: number }): boolean {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const stats = lstatSync(path);
    if (stats.dev !== device) return false;
    if (stats.isDirectory()) {
      if (depth >= MAX_UPLOAD_DEPTH || !measure(path, device, depth + 1, sum)) return false;
    } else if (stats.isFile()) {
      sum.bytes += stats.size;
      sum.newestAt = Math.max(sum.newestAt, stats.mtimeMs);
    }
  }
  return true;
}
