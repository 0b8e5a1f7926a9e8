/** What stands in a folder, as comparable text: for tests that say what changed on disk, or that nothing did. */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';

export interface SnapshotOptions {
  /** Modification times count too. */
  readonly times?: boolean;
  /** Permission bits count too. */
  readonly modes?: boolean;
  /** The numbers of user and group count too. */
  readonly owners?: boolean;
}

/**
 * Every entry below `root`, in byte order: its path relative to `root` (bytes as Latin-1, names need not be UTF-8) and a
 * line that says its kind and content. Symbolic links are not followed; FIFOs and the like are never opened.
 */
export function snapshot(root: string, options: SnapshotOptions = {}): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  walk(Buffer.from(root), '', options, entries);
  return entries;
}

/** The paths at which two snapshots differ, sorted. */
export function changedPaths(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

function walk(folder: Buffer, prefix: string, options: SnapshotOptions, entries: Map<string, string>): void {
  for (const name of namesIn(folder) ?? []) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const relative = prefix + name.toString('latin1');
    const stat = lstatSync(path, { bigint: true });
    let line: string;
    if (stat.isDirectory()) line = namesIn(path) === undefined ? 'unreadable folder' : 'folder';
    else if (stat.isSymbolicLink()) line = `symbolic link to ${readlinkSync(path)}`;
    else if (!stat.isFile()) line = `special ${stat.rdev}`;
    else line = `file ${stat.size} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
    if (options.modes === true) line += ` ${(stat.mode & 0o7777n).toString(8)}`;
    if (options.owners === true) line += ` ${stat.uid}:${stat.gid}`;
    if (options.times === true) line += ` ${stat.mtimeNs}`;
    entries.set(relative, line);
    if (stat.isDirectory()) walk(path, `${relative}/`, options, entries);
  }
}

/** In byte order; `undefined` where listing is forbidden. */
function namesIn(folder: Buffer): readonly Buffer[] | undefined {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).sort((a, b) => a.compare(b));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return undefined;
    throw error;
  }
}
