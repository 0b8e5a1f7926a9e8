/** Finds the registry root from whatever the operator gave: any folder of the layout, or the registry's config file. */
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
/** The filesystem driver's default (distribution, `registry/storage/driver/filesystem/driver.go`). */
const DEFAULT_ROOT = '/var/lib/registry';

/**
 * The registry that `given` means. Throws `not-a-registry` where there is none, and says what was looked for;
 * `root-unreadable` where it cannot be looked at.
 */
export async function locateRegistry(given: string, environment: Environment): Promise<LocatedRegistry> {
  const real = realPath(given);
  if (!statSync(real).isFile()) return locateFolder(given, real, { metadataDatabase: false, pullThrough: false });
  // Most name a folder, and reading YAML takes longer to load than a small registry takes to scan.
  const { readConfig } = await import('./registry-config.ts');
  const config = readConfig(given, real);
  const root = environment['REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY'] ?? config.storage?.filesystem?.rootdirectory;
  const rootOrDefault = root === undefined || root === '' ? DEFAULT_ROOT : root;
  return locateFolder(rootOrDefault, realPath(rootOrDefault), {
    metadataDatabase: config.database?.enabled === true,
    pullThrough: (config.proxy?.remoteurl ?? '') !== '',
  });
}

function locateFolder(given: string, real: string, elsewhere: Elsewhere): LocatedRegistry {
  for (const below of BELOW_ROOT) {
    const root = rootAbove(real, below);
    if (root === undefined) continue;
    const base = join(root, LAYOUT_FOLDER);
    if (!isFolder(base)) continue;
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

/** `real` less its ending `below`, or `undefined` where it does not end so. */
function rootAbove(real: string, below: string): string | undefined {
  if (below === '') return real;
  if (!real.endsWith(`/${below}`)) return undefined;
  return below.split('/').reduce((path) => dirname(path), real);
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
    throw new AppError('root-unreadable', `${given} cannot be read (${errno ?? 'unknown'})`, undefined, { cause });
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
