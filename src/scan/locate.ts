/** Finds the registry root from whatever the operator gave: any folder of the layout, or the registry's config file. */
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import type { Elsewhere } from '../inventory/inventory.ts';

export interface LocatedRegistry {
  /** The driver's `rootdirectory`, a real path. */
  readonly root: string;
  /** `docker/registry/v2` below it, absolute. */
  readonly base: string;
  /** `docker`, `registry` or `v2` is a symbolic link: nothing behind it is ever deleted. */
  readonly throughLink: boolean;
  readonly elsewhere: Elsewhere;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What may follow the registry root in a path that an operator gives. */
const BELOW_ROOT = [
  '',
  'docker',
  'docker/registry',
  LAYOUT_FOLDER,
  `${LAYOUT_FOLDER}/blobs`,
  `${LAYOUT_FOLDER}/repositories`,
];

/**
 * The registry that `given` means: its `rootdirectory`, any folder of the layout in it, or the path of a `config.yml`. Of
 * `environment` only what goes over that config is looked at (`REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY`); absent: nothing
 * does.
 *
 * Throws `AppError`: `not-a-registry` where there is none, and says what was looked for; `root-unreadable` where it cannot be
 * looked at.
 */
export async function locateRegistry(given: string, environment: Environment = {}): Promise<LocatedRegistry> {
  const { folder, elsewhere, namedBy } = await folderNamed(given, realPath(given), environment);
  try {
    return locateFolder(folder, elsewhere);
  } catch (cause) {
    if (namedBy === undefined || !(cause instanceof AppError)) throw cause;
    const hint = `a registry that runs in a container names a folder in there: give the folder of this machine that is mounted at ${folder}`;
    throw new AppError(cause.code, `${cause.message} (it is the rootdirectory that ${namedBy} names)`, hint, { cause });
  }
}

/**
 * The registry root that `given` means, without the need to look at it: where the volume is not mounted, its path alone
 * tells. Throws `not-a-registry` only for a file that is no `config.yml`.
 */
export async function nameRegistryRoot(given: string, environment: Environment): Promise<string> {
  const real = realPathSoFar(resolve(given));
  const { folder, elsewhere } = isFile(real)
    ? await folderNamed(given, real, environment)
    : { folder: given, elsewhere: NOWHERE };
  try {
    return locateFolder(folder, elsewhere).root;
  } catch (error) {
    if (!(error instanceof AppError) && errnoOf(error) === undefined) throw error;
  }
  const path = resolve(folder);
  const above = BELOW_ROOT.toReversed().map((below) => rootAbove(path, below));
  return realPathSoFar(above.find((root) => root !== undefined) ?? path);
}

const NOWHERE: Elsewhere = { metadataDatabase: false, pullThrough: false };

/** The folder that `given` names: itself, or the rootdirectory where it is a config file. */
async function folderNamed(
  given: string,
  real: string,
  environment: Environment,
): Promise<{ readonly folder: string; readonly elsewhere: Elsewhere; readonly namedBy?: string }> {
  if (!statSync(real).isFile()) return { folder: given, elsewhere: NOWHERE };
  // Most name a folder, and reading YAML takes longer to load than a small registry takes to scan.
  const { elsewhereOf, readConfig, rootdirectoryOf, rootdirectorySaidBy } = await import('./registry-config.ts');
  const config = readConfig(given, real);
  return {
    folder: rootdirectoryOf(config, environment),
    namedBy: rootdirectorySaidBy(given, environment),
    elsewhere: elsewhereOf(config),
  };
}

function locateFolder(given: string, elsewhere: Elsewhere): LocatedRegistry {
  for (const above of rootsAbove(given)) {
    if (!isFolder(join(above, LAYOUT_FOLDER))) continue;
    const root = realPath(above);
    const base = join(root, LAYOUT_FOLDER);
    return {
      root,
      base,
      throughLink: hasLink(root),
      elsewhere: {
        metadataDatabase:
          elsewhere.metadataDatabase || existsSync(join(root, 'docker/registry/lockfiles/database-in-use')),
        pullThrough: elsewhere.pullThrough || existsSync(join(root, 'scheduler-state.json')),
      },
    };
  }
  throw new AppError(
    'not-a-registry',
    `${given} is not a registry: there is no ${LAYOUT_FOLDER} in it, and it is no folder of one`,
    `give the registry's rootdirectory (it holds docker/), one of ${BELOW_ROOT.slice(1).join(', ')} in it, or its config.yml; a registry to which nothing was ever pushed has none of these`,
  );
}

/**
 * Where the registry root may be, going by the path as it was given and then by the real one: a folder of the layout may
 * be a symbolic link to another disk, and so may be what leads to it under another name.
 */
function rootsAbove(given: string): readonly string[] {
  const real = realPath(given);
  const lexical = resolve(given);
  // `..` behind a symbolic link: the text leads elsewhere than the disk does.
  const paths = realPathSoFar(lexical) === real ? [lexical, real] : [real];
  return paths.flatMap((path) => BELOW_ROOT.flatMap((below) => rootAbove(path, below) ?? []));
}

/** `path` less its ending `below`, or `undefined` where it does not end so. */
function rootAbove(path: string, below: string): string | undefined {
  if (below === '') return path;
  if (!path.endsWith(`/${below}`)) return undefined;
  return below.split('/').reduce((folder) => dirname(folder), path);
}

function hasLink(root: string): boolean {
  const parts = LAYOUT_FOLDER.split('/');
  return parts.some((_, index) => lstatSync(join(root, ...parts.slice(0, index + 1))).isSymbolicLink());
}

function realPath(given: string): string {
  try {
    return realpathSync.native(given);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      throw new AppError('not-a-registry', `${given} does not exist`, 'check the path and that the volume is mounted', {
        cause,
      });
    }
    throw unreadable(given, cause);
  }
}

/** The real path as far as there is anything; the rest as it is written. */
function realPathSoFar(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPathSoFar(folder), basename(path));
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError('root-unreadable', `${path} cannot be read (${errnoOf(cause) ?? 'unknown'})`, undefined, {
    cause,
  });
}
