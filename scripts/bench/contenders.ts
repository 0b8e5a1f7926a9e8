import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './measure.ts';
import { readerCommand, readerFigures } from './native.ts';
import type { Contender } from './turns.ts';

export const REGISTRY = 'docker-registry';

/** The program as the package starts it, relative to the project: `npm run build` makes it. */
function builtProgram(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly bin: { readonly regsweep: string } }).bin.regsweep;
}

const REPORT = `node ${builtProgram()} report {root} --db {db} --quiet`;

/** What the tables call them. A report goes by the name of its command, where that is another one. */
export const NAMES = {
  report: 'regsweep report',
  again: 'regsweep report, again',
  noScan: 'regsweep report --no-scan',
  collector: 'garbage-collect --dry-run',
  find: "find -type f -printf '%s %p\\n'",
} as const;

/** The words of a command line, `{root}` and `{db}` filled in. There is no quoting: words end at blanks. */
export function fillCommand(line: string, root: string, database: string): Command {
  const words = line.split(' ').filter((word) => word !== '');
  const [program, ...args] = words.map((word) => word.replaceAll('{root}', root).replaceAll('{db}', database));
  if (program === undefined) throw new RangeError('the command is empty');
  return { program, args };
}

/**
 * A configuration for the registry's collector over `root`, written to `file`. JSON is YAML, and needs no care for what
 * a path may hold.
 */
export function writeRegistryConfig(file: string, root: string): void {
  const config = { version: 0.1, log: { level: 'error' }, storage: { filesystem: { rootdirectory: root } } };
  writeFileSync(file, JSON.stringify(config));
}

/** Where what is compared works: a volume, and a folder for indexes and configurations that is not below it. */
export interface Place {
  readonly root: string;
  readonly folder: string;
}

/**
 * A first report: its index is deleted before each run.
 *
 * @param line the command that stands for it, or `undefined` for the report itself
 */
export function firstReport({ root, folder }: Place, line: string | undefined): Contender {
  const database = join(folder, 'first.sqlite');
  return {
    name: line ?? NAMES.report,
    prepare: () => {
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${database}${suffix}`, { force: true });
      return fillCommand(line ?? REPORT, root, database);
    },
  };
}

/** A report over the same volume once more, with the index of the first; made now where there is none yet. */
export function secondReport(place: Place): Contender {
  return { name: NAMES.again, prepare: () => withIndex(place) };
}

/** A report from the index alone. */
export function reportWithoutScan(place: Place): Contender {
  return {
    name: NAMES.noScan,
    prepare: () => {
      const { program, args } = withIndex(place);
      return { program, args: [...args, '--no-scan'] };
    },
  };
}

function withIndex({ root, folder }: Place): Command {
  const database = join(folder, 'again.sqlite');
  const command = fillCommand(REPORT, root, database);
  if (!existsSync(database)) execFileSync(command.program, command.args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return command;
}

/** The registry's own collector, plain, which changes nothing. */
export function collector({ root, folder }: Place): Contender {
  const config = join(folder, 'registry.json');
  writeRegistryConfig(config, root);
  const args = ['garbage-collect', '--dry-run', config];
  return { name: NAMES.collector, prepare: () => ({ program: REGISTRY, args }) };
}

export function find({ root }: Place): Contender {
  return { name: NAMES.find, prepare: () => ({ program: 'find', args: [root, '-type', 'f', '-printf', '%s %p\\n'] }) };
}

const READER = 'C program';

/** Whether this is the name of a `reader`. */
export function isReader(name: string): boolean {
  return name.startsWith(READER);
}

/** `reader.c`, compiled, and a list for it. */
export interface Reader {
  readonly program: string;
  readonly list: string;
}

/** The least there is to do: the calls of a list, and nothing else. Its time is that of the calls alone. */
export function reader({ root }: Place, { program, list }: Reader, threads: number): Contender {
  return {
    name: `${READER}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    prepare: () => readerCommand(program, list, root, threads),
    figures: (output) => {
      const { wallSeconds, cpuSeconds } = readerFigures(output);
      return { wallSeconds, cpuSeconds };
    },
  };
}
