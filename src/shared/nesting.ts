/** Far more levels than a config or a policy has; each costs a parser of YAML several frames of its stack. */
const MAX_LEVELS = 100;
/** Characters of indentation and of `- ` before the first word of a line. */
const MAX_INDENTATION = 200;
const INDENTATION = new RegExp(`^[ \\-?:]{${MAX_INDENTATION}}`, 'm');

/**
 * Whether a text of JSON or YAML nests deeper than anything sensible. To be asked before it is parsed: a stack that runs
 * out while V8 compiles a regular expression is no error that can be caught, but the end of the process.
 */
export function nestsTooDeep(text: string): boolean {
  let level = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    level = bracket === '[' || bracket === '{' ? level + 1 : Math.max(0, level - 1);
    if (level > MAX_LEVELS) return true;
  }
  return INDENTATION.test(text);
}
