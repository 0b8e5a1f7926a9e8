/** Where the index is, when nobody says: in the user's cache folder, never on the volume. */
import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { AppError } from '../shared/errors.ts';

const HASH_DIGITS = 12;
const MAX_SLUG = 40;

/** The default index of a registry root (a real path): `<cache>/regsweep/<slug>-<hash of the path>.sqlite`. */
export function defaultIndexPath(root: string): string {
  const slug =
    root
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(-MAX_SLUG) || 'root';
  const hash = createHash('sha256').update(root).digest('hex').slice(0, HASH_DIGITS);
  return join(envPaths('regsweep', { suffix: '' }).cache, `${slug}-${hash}.sqlite`);
}

/**
 * The file to write the index to. Where the cache cannot be written, or lies under the registry root (the home of the registry's
 * own user mostly is just that), it is a temporary one, and `warn` is told. Throws `index-under-root` where `given` lies there,
 * `index-failed` where it cannot be written.
 */
export function indexPathForWriting(root: string, given: string | undefined, warn: (message: string) => void): string {
  if (given !== undefined) {
    const path = resolve(given);
    refuseUnderRoot(root, path);
    makeFolder(dirname(path), path);
    return path;
  }
  const path = defaultIndexPath(root);
  if (isUnderRoot(root, path)) return temporaryPath(path, 'lies under the registry root', warn);
  try {
    makeFolder(dirname(path), path);
    return path;
  } catch {
    return temporaryPath(path, 'cannot be written', warn);
  }
}

function temporaryPath(path: string, why: string, warn: (message: string) => void): string {
  const temporary = join(temporaryFolder(), basename(path));
  warn(`the cache folder ${dirname(path)} ${why}: the index is temporary, at ${temporary}`);
  return temporary;
}

/** The same each time, or every night would leave another index; one that somebody else has made, or may write to, is not ours. */
function temporaryFolder(): string {
  try {
    // Throws where the user is in no list of users, as in a container.
    const { uid } = userInfo();
    const folder = join(tmpdir(), `regsweep-${uid}`);
    mkdirSync(folder, { mode: 0o700, recursive: true });
    const status = lstatSync(folder);
    if (status.isDirectory() && status.uid === uid && (status.mode & 0o077) === 0) return folder;
  } catch {
    // As where the folder is not ours.
  }
  return mkdtempSync(join(tmpdir(), 'regsweep-'));
}

function makeFolder(folder: string, path: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new AppError('index-failed', `the index ${path} cannot be written`, 'name another file with --db', { cause });
  }
}

function refuseUnderRoot(root: string, path: string): void {
  if (!isUnderRoot(root, path)) return;
  const hint = 'nothing that reads ever writes under the registry root: choose a place outside';
  throw new AppError('index-under-root', `the index ${path} would lie under the registry root ${root}`, hint);
}

/** Goes by the nearest folder of `path` that is there, for the rest is yet to be made. */
function isUnderRoot(root: string, path: string): boolean {
  let folder = dirname(path);
  for (;;) {
    try {
      const real = realpathSync.native(folder);
      return real === root || real.startsWith(`${root}/`);
    } catch (error) {
      if (folder === dirname(folder)) throw error;
      folder = dirname(folder);
    }
  }
}
