/** The kinds of storage that a volume is measured on: in the caches, on the disk, and far away. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './contenders.ts';
import type { Command } from './measure.ts';
import { compileLatency, delayedCalls, underLatency, type DelayedCalls } from './native.ts';
import { IN_FLIGHT } from './summary.ts';

export interface Storage {
  /** `warm`, `cold`, `1000 µs`. */
  readonly name: string;
  readonly description: string;
  /** Whether all is to have run once before it counts. */
  readonly warmUp: boolean;
  /** The numbers of threads out of which the C program's best one is taken. */
  readonly threads: readonly number[];
  /** Called before each run. */
  readonly beforeRun: () => void;
  /** A command as it runs on this storage. */
  readonly on: (command: Command) => Command;
  readonly latency?: {
    readonly microseconds: number;
    /** What the run before delayed. */
    readonly delayed: () => DelayedCalls;
  };
}

export const WARM: Storage = {
  name: 'warm',
  description: 'in the caches',
  warmUp: true,
  threads: [2],
  beforeRun: () => undefined,
  on: (command) => command,
};

/** Linux, `Documentation/admin-guide/sysctl/vm.rst`. */
export const DROP_CACHES = '/proc/sys/vm/drop_caches';

export const COLD: Storage = {
  ...WARM,
  name: 'cold',
  description: 'caches dropped before each run',
  warmUp: false,
  threads: [1, 2, 4, 16, 64],
  beforeRun: () => {
    execFileSync('sync');
    // The page cache, and the entries and inodes of folders too.
    writeFileSync(DROP_CACHES, '3\n');
  },
};

/** In the caches, and a delay added to every open, stat, list and read. */
export function slowStorage({ root, folder }: Place, microseconds: number): Storage {
  const latency = { library: compileLatency(folder), root, microseconds, counts: join(folder, 'delayed.json') };
  return {
    ...WARM,
    name: `${microseconds} µs`,
    description: `${microseconds} µs added to every open, stat, list and read`,
    // Whoever comes first finds all in the caches: the delays are so much longer that it is the same.
    warmUp: false,
    threads: [IN_FLIGHT],
    on: (command) => underLatency(command, latency),
    latency: { microseconds, delayed: () => delayedCalls(latency) },
  };
}
