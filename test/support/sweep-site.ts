/** A copy of the sweep tree of its own, and the commands that change it: as the shipped program runs them, or from the source. */
import { join } from 'node:path';
import { BUILT_PROGRAM, type Finished } from './built-program.ts';
import type { Command } from './faults.ts';
import { layoutState, onCopyOf } from './folder-copy.ts';
import { runHere } from './source-program.ts';
import { writeSweepTree } from './sweep-tree.ts';
import { temporaryFolder } from './temporary.ts';

export interface SweepMode {
  readonly untagged: boolean;
  readonly trash: boolean;
}

const STOPPED = ['--registry-stopped', '--min-age', '0'];

export class SweepSite {
  /** The registry root. */
  readonly root: string;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.root = join(folder, 'volume/registry');
  }

  /** Everything that deletes, moves or keeps a record of it happens here or below; the index lies elsewhere. */
  get volume(): string {
    return join(this.folder, 'volume');
  }

  /** Lets `work` have the same volume, index and trash again, with all their times, and removes them then. */
  onCopy<T>(work: (copy: SweepSite) => Promise<T>): Promise<T> {
    return onCopyOf(this.folder, (folder) => work(new SweepSite(folder)));
  }

  sweepCommand(mode: SweepMode): Command {
    const options = [...STOPPED, '--max-delete-percent', '100', '--yes', '--db', this.index];
    if (mode.untagged) options.push('--untagged');
    if (!mode.trash) options.push('--no-trash', '--state', join(this.volume, 'state'));
    return {
      argv: [BUILT_PROGRAM, 'sweep', this.root, '--apply', ...options],
      folder: this.volume,
      environment: { XDG_CACHE_HOME: this.cache },
    };
  }

  /** A repair that takes what leads nowhere, too. */
  repairCommand(): Command {
    const options = [...STOPPED, '--max-delete-percent', '100', '--yes', '--db', this.index, '--drop-dangling'];
    return {
      argv: [BUILT_PROGRAM, 'repair', this.root, '--apply', ...options],
      folder: this.volume,
      environment: { XDG_CACHE_HOME: this.cache },
    };
  }

  repair(): Promise<Finished> {
    return runHere([...this.repairCommand().argv.slice(1), '--json'], this.cache);
  }

  sweep(mode: SweepMode): Promise<Finished> {
    return runHere(this.sweepCommand(mode).argv.slice(1), this.cache);
  }

  /** Takes back every run that can be taken back, the newest first. Says what failed, a line each. */
  async restoreAll(): Promise<readonly string[]> {
    const listed = await runHere(['runs', this.root, '--json'], this.cache);
    if (listed.status !== 0) return [`runs ended with ${listed.status}: ${listed.stderr}`];
    const { runs } = JSON.parse(listed.stdout) as { runs: readonly { run: string; state: string }[] };
    const failed: string[] = [];
    for (const { run, state } of [...runs].reverse()) {
      if (state !== 'trash' && state !== 'partial') continue;
      const restored = await runHere(['restore', this.root, run, ...STOPPED], this.cache);
      if (restored.status !== 0)
        failed.push(`restore ${run} (${state}) ended with ${restored.status}: ${restored.stderr}`);
    }
    return failed;
  }

  /** What stands below `docker/registry/v2`: content, modes, times of files (a folder's own time every change sets). */
  state(): ReadonlyMap<string, string> {
    return layoutState(this.root);
  }

  private get index(): string {
    return join(this.folder, 'index.sqlite');
  }

  private get cache(): string {
    return join(this.folder, 'cache');
  }
}

/** The sweep tree, freshly written. */
export function sweepSite(): SweepSite {
  const site = new SweepSite(temporaryFolder('sweep-site'));
  writeSweepTree(site.root);
  return site;
}
