/** The two programs in C: built by the bench itself, for they are its measures and no part of the package. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallCounts } from './call-list.ts';
import type { Command } from './measure.ts';

const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror'];

function compile(name: string, out: string, flags: readonly string[]): string {
  const source = fileURLToPath(new URL(name, import.meta.url));
  execFileSync('cc', [...FLAGS, ...flags, '-o', out, source, '-ldl'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return out;
}

/** Compiles `reader.c` into `folder`. Its path. Throws where that fails. */
export function compileReader(folder: string): string {
  return compile('reader.c', join(folder, 'reader'), ['-pthread']);
}

/** Compiles `latency.c` into `folder`. Its path. Throws where that fails. */
export function compileLatency(folder: string): string {
  return compile('latency.c', join(folder, 'latency.so'), ['-shared', '-fPIC']);
}

/** What `reader` says of itself: the time of its calls alone, its start and the loading of its list left out. */
export interface ReaderFigures extends CallCounts {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Calls that found nothing in their place. */
  readonly absent: number;
}

export function readerCommand(reader: string, list: string, root: string, threads: number): Command {
  return { program: reader, args: [list, root, String(threads)] };
}

export function readerFigures(output: string): ReaderFigures {
  return JSON.parse(output) as ReaderFigures;
}

/** Calls that were delayed. */
export interface DelayedCalls extends CallCounts {
  readonly open: number;
}

export interface Latency {
  /** What `compileLatency` made. */
  readonly library: string;
  /** Calls on this folder and below it are delayed: its real path. */
  readonly root: string;
  readonly microseconds: number;
  /** The file that says in the end what was delayed. */
  readonly counts: string;
}

/** `command` on slow storage. */
export function underLatency(command: Command, { library, root, microseconds, counts }: Latency): Command {
  const environment = [
    `LD_PRELOAD=${library}`,
    `LATENCY_ROOT=${root}`,
    `LATENCY_MICROSECONDS=${microseconds}`,
    `LATENCY_COUNTS=${counts}`,
    // What goes through io_uring passes no function of the C library.
    'UV_USE_IO_URING=0',
  ];
  return { program: 'env', args: [...environment, command.program, ...command.args] };
}

/** What the run before delayed. Throws where it left no counts: then the library was not loaded. */
export function delayedCalls({ counts }: Pick<Latency, 'counts'>): DelayedCalls {
  return JSON.parse(readFileSync(counts, 'utf8')) as DelayedCalls;
}
