import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './measure.ts';
import type { Contender } from './turns.ts';

const REGISTRY = 'docker-registry';
const REPORT = 'node dist/regsweep.cjs report {root} --db {db} --quiet';

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

/** The registry's own collector, plain, which changes nothing. */
function dryRunCommand(config: string): Command {
  return { program: REGISTRY, args: ['garbage-collect', '--dry-run', config] };
}

/**
 * What is compared: a first report (its index is deleted before each run), the registry's collector, and `find`.
 *
 * @param folder for the index and the configuration; not below `root`
 * @param line the command that stands for the report, or `undefined` for the report itself
 */
export function contendersFor(root: string, folder: string, line: string | undefined): Contender[] {
  const database = join(folder, 'index.sqlite');
  const config = join(folder, 'registry.json');
  writeRegistryConfig(config, root);
  return [
    {
      name: line ?? 'regsweep report',
      prepare: () => {
        for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${database}${suffix}`, { force: true });
        return fillCommand(line ?? REPORT, root, database);
      },
    },
    { name: 'garbage-collect --dry-run', prepare: () => dryRunCommand(config) },
    { name: "find -type f -printf '%s %p\\n'", prepare: () => findCommand(root) },
  ];
}

function findCommand(root: string): Command {
  return { program: 'find', args: [root, '-type', 'f', '-printf', '%s %p\\n'] };
}
