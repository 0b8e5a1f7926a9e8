/** `--repo`: which repositories a command may delete in. */
import picomatch from 'picomatch';

/**
 * A repository is included if a glob matches it and none that begins with `!` does; with negative globs alone, all others
 * are. `*` stops at `/`, `**` does not.
 */
export function repositoryFilter(globs: readonly string[]): (repository: string) => boolean {
  const wanted = globs.filter((glob) => !glob.startsWith('!'));
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const includes = wanted.length === 0 ? () => true : picomatch(wanted, { dot: true });
  const excludes = unwanted.length === 0 ? () => false : picomatch(unwanted, { dot: true });
  return (repository) => includes(repository) && !excludes(repository);
}

/** The globs, with their `!`, that match none of these repositories: slips of the hand, most likely. */
export function globsWithoutMatch(globs: readonly string[], repositories: readonly string[]): readonly string[] {
  return globs.filter((glob) => {
    const matches = picomatch(glob.replace(/^!/, ''), { dot: true });
    return !repositories.some((repository) => matches(repository));
  });
}
