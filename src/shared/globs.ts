/**
 * Globs over repository names: `--repo`, `repositories` of a policy file, `rm REPO/**`. They are compiled to RE2, which takes
 * time in proportion to glob and name, whatever both are: a regular expression that backtracks could hang a run.
 */
import { RE2JS } from 're2js';
import { AppError } from './errors.ts';

/** Characters; the registry's names have no more. */
export const MAX_GLOB_LENGTH = 255;

type Matcher = (repository: string) => boolean;

/** What is wrong with a glob, with or without its `!`, or `undefined`. It follows the name of the glob in a message. */
export function globFault(glob: string): string | undefined {
  const compiled = compile(glob.replace(/^!/, ''));
  return typeof compiled === 'string' ? compiled : undefined;
}

/** The same globs. Throws `usage` for what is none. */
export function checkedGlobs(globs: readonly string[]): readonly string[] {
  for (const glob of globs) matcherOf(glob);
  return globs;
}

/**
 * A repository is included if a glob matches it and none that begins with `!` does; with negative globs alone, all others
 * are. `*` and `?` stop at `/`, `**` does not; `team/**` is `team`, too. Throws `usage` for what is no glob.
 */
export function repositoryFilter(globs: readonly string[]): Matcher {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(matcherOf);
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map(matcherOf);
  return (repository) =>
    (wanted.length === 0 || wanted.some((matches) => matches(repository))) &&
    !unwanted.some((matches) => matches(repository));
}

/** The globs, with their `!`, that match none of these repositories: slips of the hand, most likely. Throws `usage`. */
export function globsWithoutMatch(globs: readonly string[], repositories: readonly string[]): readonly string[] {
  return globs.filter((glob) => !repositories.some(matcherOf(glob)));
}

/** Of the glob behind the `!`, where there is one. */
function matcherOf(glob: string): Matcher {
  const compiled = compile(glob.replace(/^!/, ''));
  if (typeof compiled === 'string') throw new AppError('usage', `the glob "${glob}" ${compiled}`, GLOB_HINT);
  return compiled;
}

const GLOB_HINT = 'a glob has *, **, ?, [a-z] and {a,b}: as team/* or team/**';

/** A text says what is wrong. */
function compile(glob: string): Matcher | string {
  const fault = faultOfForm(glob);
  if (fault !== undefined) return fault;
  if (/^[\w./-]+$/.test(glob)) return (repository) => repository === glob;
  const pattern = patternOf(glob);
  if (pattern === undefined) return 'has brackets or braces that do not fit together: {a,b} needs its comma';
  try {
    const compiled = RE2JS.compile(pattern);
    return (repository) => compiled.testExact(repository);
  } catch {
    return 'has a range that runs backwards';
  }
}

/** What would be another thing to others than to us, or could match no name. */
function faultOfForm(glob: string): string | undefined {
  if (glob === '') return 'is empty';
  if (glob.length > MAX_GLOB_LENGTH) return `is longer than ${MAX_GLOB_LENGTH} characters`;
  if (glob.includes('[!')) return 'has "[!"; all characters but some are [^abc]';
  const odd = /[^\w./*?{},[\]^-]|\^(?<!\[.)/.exec(glob)?.[0];
  if (odd !== undefined) return `has "${odd}", which is in no name and means nothing in a glob`;
  if (glob.includes('..')) return 'has "..", which is in no name; of {1..3} write each: {1,2,3}';
  if (/(?:^|\/)\.?(?:\/|$)/.test(glob))
    return 'has a part without a name: it must not begin or end with / or have // or /./';
  if (/[^/]\*\*|\*\*[^/]/.test(glob))
    return 'has ** beside other characters: it stands alone between slashes, as team/**';
  return undefined;
}

/** As an expression of RE2. `undefined` where brackets or braces do not fit together. */
function patternOf(glob: string): string | undefined {
  const commas: boolean[] = [];
  let pattern = '';
  for (const [part] of glob.replaceAll(/(?:\*\*\/)+(?=\*\*)/g, '').matchAll(PARTS)) {
    if (part === '{') commas.push(false);
    if (part === ',' && commas.length > 0) commas[commas.length - 1] = true;
    const fits = part === '}' ? commas.pop() : !'[],'.includes(part) || (part === ',' && commas.length > 0);
    if (fits !== true) return undefined;
    pattern += PATTERNS[part] ?? (part.startsWith('[') ? classOf(part) : RE2JS.quote(part));
  }
  return commas.length === 0 ? pattern : undefined;
}

const PARTS = /(?<!\*)\/\*\*$|\*\*\/?|\[\^?[\w.-]+\]|[\w./-]|./g;

/** `a/**` is `a` and all below it, and `**` before a slash may be nothing. */
const PATTERNS: Readonly<Record<string, string>> = {
  '/**': '(?:/.*)?',
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  ',': '|',
  '}': ')',
};

function classOf(set: string): string {
  return set.replace(/^\[\^/, '[^/');
}
