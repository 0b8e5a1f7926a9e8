/**
 * What the processes of this machine say of a registry that is said to be stopped (proc(5)): is one running, and is a file
 * of this volume open for writing. It is a look, and no proof: an idle registry has no file open, other machines and
 * other containers are not to be seen, and what cannot be looked at is said.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { errnoOf } from '../shared/errors.ts';
import type { Proof, Refusal } from '../shared/refusal.ts';
import { readStart } from './files.ts';
import { registryRootOf } from './process-root.ts';

export interface ProcessQuestion {
  /** The registry root, a real path. */
  readonly root: string;
  /** Where procfs is mounted: `/proc`. */
  readonly proc: string;
  /** Processes that are left out: our own, and those that are known already. */
  readonly leftOut: readonly number[];
}

/** The registry's program by its names: upstream, Debian's, Harbor's. */
const REGISTRY_NAMES = new Set(['registry', 'docker-registry', 'distribution', 'registry_DO_NOT_USE_GC']);
/** Its commands that change a volume. */
const CHANGING = new Set(['serve', 'garbage-collect']);
const MAX_COMMAND_BYTES = 64 * 1024;
/** The first process namespace of a machine (Linux, `include/uapi/linux/nsfs.h`, `PID_NS_INIT_INO`). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';
/** `O_ACCMODE` and its value for reading only. */
const ACCESS_MODE = 3;
const READ_ONLY = 0;

interface Found {
  readonly refusals: Refusal[];
  readonly warnings: string[];
  /** Processes of which the open files are not to be seen. */
  hidden: number;
}

/** Looks at every process but those that are left out. Never throws for what it finds, or may not see. */
export function lookAtProcesses({ root, proc, leftOut }: ProcessQuestion): Proof {
  const pids = listPids(proc);
  if (pids === undefined) {
    return {
      refusals: [],
      warnings: [`${proc} cannot be read: whether a registry runs could not be looked at`],
      notes: [],
    };
  }
  const found: Found = { refusals: [], warnings: [], hidden: 0 };
  if (readLink(join(proc, 'self/ns/pid')).text !== FIRST_PID_NAMESPACE) {
    found.warnings.push('processes outside of this container cannot be seen from here');
  }
  const volume: Volume = { root, folders: foldersOf(root) };
  for (const pid of pids) if (!leftOut.includes(pid)) lookAtProcess(proc, pid, volume, found);
  if (found.hidden > 0) {
    found.warnings.push(
      `the open files of ${found.hidden} processes could not be looked at: only root may see those of other users`,
    );
  }
  const note = `no registry process of this volume and no open writer of it among ${pids.length} processes of this machine; of other machines this says nothing`;
  return { refusals: found.refusals, warnings: found.warnings, notes: found.refusals.length === 0 ? [note] : [] };
}

function listPids(proc: string): readonly number[] | undefined {
  try {
    const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
    return pids.length === 0 ? undefined : pids.map(Number).sort((a, b) => a - b);
  } catch {
    return undefined;
  }
}

interface Volume {
  readonly root: string;
  /** Device and inode of the root and of the layout's folders: a container may have any of them mounted. */
  readonly folders: ReadonlySet<string>;
}

function foldersOf(root: string): ReadonlySet<string> {
  const below = [
    '',
    'docker',
    'docker/registry',
    LAYOUT_FOLDER,
    `${LAYOUT_FOLDER}/blobs`,
    `${LAYOUT_FOLDER}/repositories`,
  ];
  return new Set(below.flatMap((path) => identityOf(join(root, path)) ?? []));
}

function identityOf(path: string): string | undefined {
  try {
    const stats = statSync(path, { bigint: true });
    return `${stats.dev}:${stats.ino}`;
  } catch {
    return undefined;
  }
}

function lookAtProcess(proc: string, pid: number, volume: Volume, found: Found): void {
  const folder = join(proc, String(pid));
  const command = commandOf(folder);
  // A thread of the kernel, or a process that has ended meanwhile.
  if (command.length === 0) return;
  const name = `process ${pid} (${command.join(' ').slice(0, 200)})`;
  if (isRegistry(folder, command)) judgeRegistry(folder, command, name, volume, found);
  lookAtFiles(folder, name, volume, found);
}

function commandOf(folder: string): readonly string[] {
  try {
    const text = readStart(join(folder, 'cmdline'), MAX_COMMAND_BYTES);
    return text
      .replace(/\0+$/, '')
      .split('\0')
      .filter((word, index) => index > 0 || word !== '');
  } catch {
    return [];
  }
}

function isRegistry(folder: string, command: readonly string[]): boolean {
  const program = (readLink(join(folder, 'exe')).text ?? '').replace(/ \(deleted\)$/, '');
  const named = [program, command[0] ?? ''].some((path) => REGISTRY_NAMES.has(basename(path)));
  return named && command.some((word, index) => index > 0 && CHANGING.has(word));
}

function judgeRegistry(folder: string, command: readonly string[], name: string, volume: Volume, found: Found): void {
  const its = registryRootOf(folder, command, volume.root);
  if (its.kind === 'other') {
    found.warnings.push(`${name} is a registry, of another volume (${its.where})`);
    return;
  }
  // It may end while it is looked at: then there is nothing to be read of it, and nothing to be afraid of.
  if (its.kind === 'unknown' && commandOf(folder).length === 0) return;
  const why = its.kind === 'ours' ? `keeps its data in ${volume.root}` : `may keep its data here: ${its.why}`;
  found.refusals.push({
    code: 'registry-running',
    message: `${name} is a registry that ${why}`,
    hint: 'stop it; or make it read-only and give --registry-url',
  });
}

/** Another sweep of ours that begins: the lock says which of the two may go on, and it is no writer of the registry. */
const OUR_LOCK = '/.regsweep/lock.sqlite';

/** Open files, and the folder that the process stands in. */
function lookAtFiles(folder: string, name: string, volume: Volume, found: Found): void {
  const open = openFiles(join(folder, 'fd'));
  if (open === 'hidden') found.hidden++;
  const known = new Map<string, boolean>();
  const isBelow = (path: string): boolean => isBelowVolume(folder, path, volume, known);
  let reads: string | undefined;
  for (const fd of open === 'hidden' ? [] : open) {
    const { text } = readLink(join(folder, 'fd', fd));
    const path = text?.replace(/ \(deleted\)$/, '') ?? '';
    if (!path.startsWith('/') || path.endsWith(OUR_LOCK) || !isBelow(path)) continue;
    if (isForWriting(join(folder, 'fdinfo', fd))) {
      found.refusals.push({
        code: 'open-writer',
        message: `${name} has ${path} open for writing`,
        hint: 'wait until it has ended, or end it',
      });
      return;
    }
    reads ??= path;
  }
  const stands = readLink(join(folder, 'cwd')).text;
  if (reads !== undefined) found.warnings.push(`${name} has ${reads} open`);
  else if (stands !== undefined && isBelow(`${stands}/.`)) found.warnings.push(`${name} stands in ${stands}`);
}

function openFiles(folder: string): readonly string[] | 'hidden' {
  try {
    return readdirSync(folder);
  } catch (error) {
    return errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM' ? 'hidden' : [];
  }
}

/** A path is the process's own: its root may be another one than ours. So is each folder above, and one of them tells. */
function isBelowVolume(folder: string, path: string, volume: Volume, known: Map<string, boolean>): boolean {
  const above = dirname(path);
  if (above === path) return false;
  const before = known.get(above);
  if (before !== undefined) return before;
  const identity = identityOf(join(folder, 'root', above));
  const below = (identity !== undefined && volume.folders.has(identity)) || isBelowVolume(folder, above, volume, known);
  known.set(above, below);
  return below;
}

/** By its `flags`, in octal. What cannot be read counts as open for writing. */
function isForWriting(info: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(info, 'utf8'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & ACCESS_MODE) !== READ_ONLY;
  } catch (error) {
    return errnoOf(error) !== 'ENOENT';
  }
}

function readLink(path: string): { readonly text?: string } {
  try {
    return { text: readlinkSync(path) };
  } catch {
    return {};
  }
}
