/**
 * Which volume a registry process keeps its data on, by its environment and its config, seen through `/proc/PID/root`: it
 * may have another root than ours. Only where they plainly name another volume is it one; all else may be ours.
 */
import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { parse as parsePath } from 'node:path/posix';
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { isStoredElsewhere, readConfig, rootdirectoryOf } from '../scan/registry-config.ts';
import { readStart } from './files.ts';

export type ProcessRoot =
  | { readonly kind: 'ours' }
  | { readonly kind: 'other'; readonly where: string }
  | { readonly kind: 'unknown'; readonly why: string };

const MAX_ENVIRONMENT_BYTES = 1024 * 1024;
const MAX_LINKS = 40;
/** Variables that change the storage as a whole: what they mean is for the registry to say. */
const WHOLE_STORAGE = ['REGISTRY_STORAGE', 'REGISTRY_STORAGE_FILESYSTEM'];

/** The volume of the registry whose folder in procfs this is, and whose command line; `root` is ours, a real path. */
export function registryRootOf(folder: string, command: readonly string[], root: string): ProcessRoot {
  const unknown = (why: string): ProcessRoot => ({ kind: 'unknown', why });
  const environment = environmentOf(folder);
  if (environment === undefined) return unknown('its environment cannot be read');
  if (WHOLE_STORAGE.some((name) => environment[name] !== undefined)) return unknown('its environment says where');
  const inside = new ProcessFiles(folder);
  const path = configPath(command) ?? environment['REGISTRY_CONFIGURATION_PATH'];
  const real = path === undefined ? undefined : inside.find(path);
  if (path === undefined || real === undefined) return unknown('its config cannot be found');
  try {
    const config = readConfig(path, real);
    if (isStoredElsewhere(config)) return { kind: 'other', where: 'in no file system' };
    const named = rootdirectoryOf(config, environment);
    const its = inside.find(named);
    if (its === undefined) return unknown(`its rootdirectory ${named} cannot be found`);
    return isSameVolume(its, root) ? { kind: 'ours' } : { kind: 'other', where: named };
  } catch {
    return unknown(`its config ${path} cannot be read`);
  }
}

function environmentOf(folder: string): Readonly<Record<string, string>> | undefined {
  try {
    const words = readStart(join(folder, 'environ'), MAX_ENVIRONMENT_BYTES).split('\0');
    return Object.fromEntries(
      words
        .filter((word) => word.includes('='))
        .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
    );
  } catch {
    return undefined;
  }
}

/** The first word behind the command that is no flag. */
function configPath(command: readonly string[]): string | undefined {
  const at = command.findIndex((word, index) => index > 0 && (word === 'serve' || word === 'garbage-collect'));
  return command.slice(at + 1).find((word) => word !== '' && !word.startsWith('-'));
}

/** Paths as a process sees them, found from here. */
class ProcessFiles {
  private readonly root: string;

  constructor(private readonly folder: string) {
    this.root = join(folder, 'root');
  }

  /**
   * Where a path of the process is for us, with every symbolic link followed below its root and not below ours; `undefined`
   * where there is nothing, or it cannot be looked at.
   */
  find(path: string): string | undefined {
    try {
      return this.walk(isAbsolute(path) ? path : join(readlinkSync(join(this.folder, 'cwd')), path));
    } catch {
      return undefined;
    }
  }

  private walk(path: string): string {
    let pending = resolve('/', path)
      .split('/')
      .filter((name) => name !== '');
    let walked: string[] = [];
    for (let links = 0; ;) {
      const name = pending.shift();
      if (name === undefined) return join(this.root, ...walked);
      if (name === '..') {
        walked.pop();
        continue;
      }
      const place = join(this.root, ...walked, name);
      if (!lstatSync(place).isSymbolicLink()) {
        walked.push(name);
        continue;
      }
      if (++links > MAX_LINKS) throw new Error(`too many symbolic links in ${path}`);
      const target = readlinkSync(place);
      if (parsePath(target).root !== '') walked = [];
      pending = [...target.split('/').filter((part) => part !== '' && part !== '.'), ...pending];
    }
  }
}

/**
 * Whether two paths lead to one registry volume. Its device may have another number where it is mounted once more (network
 * file systems), so inodes that agree twice are enough.
 */
function isSameVolume(its: string, ours: string): boolean {
  const layouts = [statOf(join(its, LAYOUT_FOLDER)), statOf(join(ours, LAYOUT_FOLDER))] as const;
  const roots = [statOf(its), statOf(ours)] as const;
  const same = ([a, b]: typeof roots): boolean =>
    a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
  const sameInode = ([a, b]: typeof roots): boolean => a !== undefined && b !== undefined && a.ino === b.ino;
  return same(roots) || same(layouts) || (sameInode(roots) && sameInode(layouts));
}

function statOf(path: string): { readonly dev: bigint; readonly ino: bigint } | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
