/** A small volume, its index and its state in one folder: for every command that writes, whatever it writes. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { BUILT_PROGRAM, type Finished } from './built-program.ts';
import { layer } from './content.ts';
import type { Command } from './faults.ts';
import { image } from './images.ts';
import { snapshot } from './snapshot.ts';
import { runHere } from './source-program.ts';
import { commonFolder, temporaryFolder } from './temporary.ts';
import { createTree } from './tree.ts';

const copies = commonFolder('command-copies');
let copied = 0;

export class CommandSite {
  /** All that any command writes lies here or below. */
  readonly folder: string;
  /** The registry root. */
  readonly root: string;
  readonly index: string;
  /** A file for the output of commands. */
  readonly output: string;

  constructor(folder: string) {
    this.folder = folder;
    this.root = join(folder, 'registry');
    this.index = join(folder, 'index/index.sqlite');
    this.output = join(folder, 'output/plan.ndjson');
  }

  /** Lets `work` have the same again, with all times, and removes it then. */
  async onCopy<T>(work: (copy: CommandSite) => Promise<T>): Promise<T> {
    const folder = join(copies(), String(++copied));
    await execa('cp', ['-a', this.folder, folder]);
    try {
      return await work(new CommandSite(folder));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** The shipped program with these arguments, for a fault. */
  command(argv: readonly string[]): Command {
    return { argv: [BUILT_PROGRAM, ...argv], folder: this.folder, environment: { XDG_CACHE_HOME: this.cache } };
  }

  run(argv: readonly string[]): Promise<Finished> {
    return runHere(argv, this.cache);
  }

  /** What stands below `docker/registry/v2`: content, modes, times of files (a folder's own time every change sets). */
  state(): ReadonlyMap<string, string> {
    const entries = snapshot(join(this.root, 'docker/registry/v2'), { modes: true, times: true });
    return new Map([...entries].map(([path, line]) => [path, line.replace(/^(folder \S+) .*/, '$1')]));
  }

  private get cache(): string {
    return join(this.folder, 'cache');
  }
}

/** `app:1.0` and `app:old`, which share a layer, and a layer that nothing needs; everything is old. */
export function commandSite(): CommandSite {
  const site = new CommandSite(temporaryFolder('command-site'));
  const tree = createTree(site.root);
  for (const tag of ['1.0', 'old']) tree.push('app', tag, image({ name: tag, layers: [layer('base'), layer(tag)] }));
  tree.linkLayer('left/over', tree.putBlob(layer('left over').bytes));
  tree.age(1000);
  return site;
}
