/** A small volume, its index and its state in one folder: for every command that writes, whatever it writes. */
import { join } from 'node:path';
import { BUILT_PROGRAM, type Finished } from './built-program.ts';
import { layer } from './content.ts';
import type { Command } from './faults.ts';
import { layoutState, onCopyOf } from './folder-copy.ts';
import { image } from './images.ts';
import { runHere } from './source-program.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree } from './tree.ts';

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
  onCopy<T>(work: (copy: CommandSite) => Promise<T>): Promise<T> {
    return onCopyOf(this.folder, (folder) => work(new CommandSite(folder)));
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
    return layoutState(this.root);
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
