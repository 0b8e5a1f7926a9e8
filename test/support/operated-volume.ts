/** A volume of its own with an index of its own, and the program run on it as an operator does, from its source. */
import { join } from 'node:path';
import type { Rank, Report } from '../../src/report/model.ts';
import type { PurgeResult, RestoreResult, RunsResult, SweepDone, SweepResult } from '../../src/report/model-sweep.ts';
import type { Finished } from './built-program.ts';
import { changedPaths, snapshot } from './snapshot.ts';
import { runHere } from './source-program.ts';
import { writeSweepTree } from './sweep-tree.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree, type Tree } from './tree.ts';

interface Results {
  readonly report: Report;
  readonly rank: Rank;
  readonly sweep: SweepResult;
  readonly rm: SweepResult;
  readonly restore: RestoreResult;
  readonly purge: PurgeResult;
  readonly runs: RunsResult;
}

/** What lets a sweep of a volume that was just written be carried out, whatever it takes. */
export const APPLY = ['--apply', '--registry-stopped', '--min-age', '0', '--max-delete-percent', '100'] as const;
/** The same for a plan file, which says itself what is young, of a volume that has been quiet. */
export const APPLY_FILE = ['--apply', '--registry-stopped', '--max-delete-percent', '100'] as const;
/** The same for a restore. */
export const STOPPED = ['--registry-stopped', '--min-age', '0'] as const;

export class OperatedVolume {
  /** The registry root. */
  readonly root: string;
  readonly cache = temporaryFolder('cache');

  constructor(root: string) {
    this.root = root;
  }

  run(command: string, ...argv: readonly string[]): Promise<Finished> {
    return runHere([command, this.root, ...argv], this.cache);
  }

  /** The document that a command prints, with its exit status. Throws where it prints none. */
  async json<Name extends keyof Results>(
    command: Name,
    ...argv: readonly string[]
  ): Promise<Results[Name] & { readonly status: number | null }> {
    const { status, stdout, stderr } = await this.run(command, ...argv, '--json');
    if (stdout === '') throw new Error(`${command} ended with ${status} and no document: ${stderr}`);
    return { ...(JSON.parse(stdout) as Results[Name]), status };
  }

  /** Carries a sweep or a removal out, and throws where it was not. */
  async carriedOut(command: 'sweep' | 'rm', ...argv: readonly string[]): Promise<SweepDone & { readonly run: string }> {
    const { status, done, refusals } = await this.json(command, ...argv, ...APPLY);
    if (done?.run == null) throw new Error(`${command} ended with ${status}: ${JSON.stringify(refusals)}`);
    return { ...done, run: done.run };
  }

  tree(): Tree {
    return createTree(this.root);
  }

  /** All that stands below the registry root, our own state too. */
  everything(): ReadonlyMap<string, string> {
    return snapshot(this.root, { times: true, modes: true });
  }

  /** What stands below `docker/registry/v2`: content and modes, and times of files (every change sets a folder's). */
  layout(): ReadonlyMap<string, string> {
    const entries = snapshot(join(this.root, 'docker/registry/v2'), { modes: true, times: true });
    return new Map([...entries].map(([path, line]) => [path, line.replace(/^(folder \S+) .*/, '$1')]));
  }

  /** The paths below `docker/registry/v2` that differ from `before`. */
  changedSince(before: ReadonlyMap<string, string>): readonly string[] {
    return changedPaths(before, this.layout());
  }
}

/** The sweep tree, freshly written. */
export function operatedVolume(): OperatedVolume {
  const root = join(temporaryFolder('operated'), 'registry');
  writeSweepTree(root);
  return new OperatedVolume(root);
}

export function codesOf({ refusals }: Pick<SweepResult, 'refusals'>): readonly string[] {
  return refusals.map(({ code }) => code).toSorted();
}
