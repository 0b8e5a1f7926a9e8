/** What a repair does not mend: what it is, and what the operator can do about it. */
import type { Inventory } from '../inventory/inventory.ts';
import { parsePath } from '../layout/parse.ts';
import { BLOBS, REPOSITORIES } from '../layout/paths.ts';
import type { Problem } from '../shared/problem.ts';

/** What to do about it. */
export type LeftCode = 'drop-dangling' | 'relink-children' | 'push-again' | 'move-away' | 'never-collect';

export interface LeftAsIs {
  readonly code: LeftCode;
  /** Relative to `docker/registry/v2`. */
  readonly path: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly message: string;
}

export const ADVICE: Readonly<Record<LeftCode, string>> = {
  'drop-dangling': 'push the image again, or repair --drop-dangling, which takes what leads nowhere',
  'relink-children':
    'repair --relink-children, if nobody deleted it on purpose and who may pull there may have it; else nothing',
  'push-again': 'nothing here says what belongs there: push the image again, or take it from a backup',
  'move-away': "move it out of docker/registry/v2: the registry's own collector stumbles over it",
  'never-collect':
    "let regsweep sweep, and never the registry's own collector: it ends there, or deletes what is needed; or remove what names it (regsweep rm)",
};

/** What lies on the volume and is not the registry's, where its own collector aborts at it, or hides images for it. */
export function volumeLeft(inventory: Inventory, isIncluded: (repository: string) => boolean): readonly LeftAsIs[] {
  return inventory.problems.flatMap((problem) => {
    const message = stumbling(problem);
    if (message === undefined || (problem.repository !== undefined && !isIncluded(problem.repository))) return [];
    const { path, repository } = problem;
    return [{ code: 'move-away' as const, path, ...(repository === undefined ? {} : { repository }), message }];
  });
}

function stumbling({ code, path, severity }: Problem): string | undefined {
  if (code === 'repository-name-invalid')
    return "is no legal repository name: the registry's own collector aborts at it";
  if (code === 'tag-name-invalid') return "is no legal tag: the registry's own collector aborts at it with -m";
  if (code !== 'unknown-entry') return undefined;
  if (path.startsWith(`${BLOBS}/`)) {
    return 'is no blob of a registry: its own collector aborts at a file named data below it';
  }
  // A file whose name begins with an underscore, among repositories: so the scan tells it.
  if (severity === 'error' && path.startsWith(`${REPOSITORIES}/`)) {
    return 'hides what sorts after it from the collector of 2.8, which then deletes their images';
  }
  const above = parsePath(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  return above.kind === 'tags-folder'
    ? "is taken for a tag: the registry's own collector aborts at it with -m"
    : undefined;
}
