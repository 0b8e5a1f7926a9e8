/**
 * The list beside a stored registry tree: every folder and file with its modification time. Git keeps neither times nor
 * empty folders, so a copy of the tree gets both back from here.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FixtureTimes {
  /** Paths relative to the registry root, `/` between segments, and times in ISO 8601 UTC with milliseconds. */
  readonly folders: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Writes the list of the tree at `root` to `listFile`, sorted. */
export function writeFixtureTimes(root: string, listFile: string): void {
  const folders: Record<string, string> = {};
  const files: Record<string, string> = {};
  const visit = (relative: string): void => {
    for (const entry of readdirSync(join(root, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const time = lstatSync(join(root, path)).mtime.toISOString();
      if (entry.isDirectory()) {
        folders[path] = time;
        visit(path);
      } else {
        files[path] = time;
      }
    }
  };
  visit('');
  writeFileSync(listFile, `${JSON.stringify({ folders: sorted(folders), files: sorted(files) }, null, 1)}\n`);
}

/** The list in `listFile`, which this project wrote itself. */
export function readFixtureTimes(listFile: string): FixtureTimes {
  return JSON.parse(readFileSync(listFile, 'utf8')) as FixtureTimes;
}

/** Copies the stored tree `from` to `to`, which is made: what is listed and no more, each with its time. */
export async function copyListed(from: string, to: string, times: FixtureTimes): Promise<void> {
  mkdirSync(to, { recursive: true });
  // Sorted, so a folder comes before what is in it.
  for (const path of Object.keys(times.folders)) mkdirSync(join(to, path));
  await Promise.all(Object.keys(times.files).map((path) => copyFile(join(from, path), join(to, path))));
  // Folders last: nothing may be made in them afterwards.
  for (const [path, time] of [...Object.entries(times.files), ...Object.entries(times.folders)]) {
    utimesSync(join(to, path), new Date(time), new Date(time));
  }
}

function sorted(times: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(times).sort(([a], [b]) => (a < b ? -1 : 1)));
}
