/** Whether somebody has pushed to a repository since a run began: what the run mended there may be needed by now. */
import { lstatSync, readdirSync } from 'node:fs';
import { LINK, repositoryFolder, REVISIONS } from '../layout/paths.ts';
import { errnoOf } from '../shared/errors.ts';
import type { SafePaths } from './safe-path.ts';

/** The times of a file system lie a little behind the clock, and more so over a network. Milliseconds. */
const BEHIND = 1000;

export class PushedSince {
  private readonly known = new Map<string, boolean>();

  /** `since`: epoch milliseconds. */
  constructor(
    private readonly paths: SafePaths,
    private readonly since: number,
  ) {}

  /** A push writes the link of its revision last, and anew where it is there; of a layer that it finds it writes none. */
  to(repository: string): boolean {
    const known = this.known.get(repository) ?? this.look(`${repositoryFolder(repository)}/${REVISIONS}`);
    this.known.set(repository, known);
    return known;
  }

  private look(path: string): boolean {
    const folder = this.paths.absolute(path);
    return namesIn(folder).some((algorithm) =>
      namesIn(`${folder}/${algorithm}`).some((name) => {
        const link = lstatSync(`${folder}/${algorithm}/${name}/${LINK}`, { throwIfNoEntry: false });
        return link !== undefined && link.mtimeMs >= this.since - BEHIND;
      }),
    );
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}
