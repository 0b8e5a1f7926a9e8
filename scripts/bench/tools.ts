/** What of a comparison can be done here. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { REGISTRY } from './contenders.ts';
import { DROP_CACHES } from './storage.ts';

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Tools {
  /** strace, and the right to trace. */
  readonly strace: boolean;
  readonly compiler: boolean;
  readonly registry: boolean;
  /** `find` with `-printf`: GNU's. */
  readonly find: boolean;
  readonly dropCaches: boolean;
}

export function findTools(): Tools {
  return {
    strace: works('strace', '-f', '--seccomp-bpf', '-e', 'quiet=all', '-o', '/dev/null', 'true'),
    compiler: works('cc', '--version'),
    registry: works(REGISTRY, '--version'),
    find: works('find', '/dev/null', '-printf', ''),
    dropCaches: isWritable(DROP_CACHES),
  };
}

const WHAT_IS_LOST: Readonly<Record<keyof Tools, string>> = {
  strace: 'strace (or the right to trace): no C program, whose calls it records, and no counts of system calls',
  compiler: 'cc: no C program, and no slow storage',
  registry: `${REGISTRY} (Debian package): no registry's collector`,
  find: 'find with -printf: no find',
  dropCaches: `${DROP_CACHES}, which only root may write: no cold runs`,
};

/** A line for each tool that is not here: what is left out for the want of it. */
export function missingTools(tools: Tools): string[] {
  return (Object.keys(WHAT_IS_LOST) as (keyof Tools)[])
    .filter((tool) => !tools[tool])
    .map((tool) => `Not here: ${WHAT_IS_LOST[tool]}.`);
}

/** As the registry says it itself, `2.8.2+ds1`. */
export function registryVersion(): string {
  return execFileSync(REGISTRY, ['--version'], { encoding: 'utf8' }).trim().split(' ').at(-1) ?? '';
}
