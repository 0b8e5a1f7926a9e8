/** Globs over tag names, as ECR and Harbor have them, as regular expressions of RE2. */
import { RE2JS } from 're2js';
import { globFault } from '../../shared/globs.ts';

/** ECR's: `*` stands for anything, all else for itself. */
export function wildcardPattern(wildcard: string): string {
  return wildcard.split('*').map(quote).join('.*');
}

/** All that begins with a text. */
export function prefixPattern(prefix: string): string {
  return `${quote(prefix)}.*`;
}

/**
 * Doublestar's, over a name without `/`: `*`, `**`, `?`, `[…]`, `[!…]`, `{a,b}` (not in each other) and `\`. `undefined`
 * where it is none.
 */
export function doublestarPattern(glob: string): string | undefined {
  let pattern = '';
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    if (character === '*') pattern += '.*';
    else if (character === '?') pattern += '.';
    else if (character === '{') {
      pattern += '(?:';
      depth++;
    } else if (character === '}' && depth > 0) {
      pattern += ')';
      depth--;
    } else if (character === ',' && depth > 0) pattern += '|';
    else if (character === '[') {
      const set = /^\[[!^]?[^\]\\[]+\]/.exec(glob.slice(at))?.[0];
      if (set === undefined) return undefined;
      pattern += set.replace(/^\[!/, '[^');
      at += set.length - 1;
    } else if (character === '\\') {
      if (at + 1 === glob.length) return undefined;
      pattern += quote(glob.charAt(++at));
    } else pattern += quote(character);
  }
  return depth === 0 ? pattern.replaceAll(/(?:\.\*)+/g, '.*') : undefined;
}

function quote(text: string): string {
  return RE2JS.quote(text);
}

/**
 * A search anywhere in a name, as Go's `regexp.MatchString`, as a pattern over the whole of it. `undefined` for one with
 * `\\Q`, which would take what is put behind it for a text.
 */
export function searchPattern(expression: string): string | undefined {
  if (expression.includes(String.raw`\Q`)) return undefined;
  // Anchors bind less than an alternation does, and `\$` is none.
  const anchored = !expression.includes('|');
  const begins = anchored && expression.startsWith('^');
  const ends = anchored && expression.endsWith('$') && !expression.endsWith(String.raw`\$`);
  const inner = expression.slice(begins ? 1 : 0, ends ? -1 : undefined);
  const whole = expression.includes('|') ? `(?:${expression})` : inner;
  const before = begins || whole.startsWith('.*') ? '' : '.*';
  const after = ends || /(?<!\\)\.\*$/.test(whole) ? '' : '.*';
  const pattern = `${before}${whole}${after}`;
  return pattern.startsWith('!') ? `(?:${pattern})` : pattern;
}

/** Whether a glob over repository names means the same to everybody, and excludes nothing. */
export function isPlainGlob(glob: string): boolean {
  return !/[!^[]/.test(glob) && globFault(glob) === undefined;
}
