/**
 * What strace(1) writes, as values: the calls of one thread (`-ff -ttt -y`), and the counts of all calls (`-c`). Texts are
 * Latin-1, a character for each byte, since a path may hold any.
 */

/**
 * What a scan asks of the volume: `stat` (also access and readlink), `read` for the opening of a file, which is read and
 * closed then, `list` for the opening of a folder, and `fstat`, which belongs to the opening before it.
 */
export interface TracedCall {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly kind: 'stat' | 'read' | 'list' | 'fstat';
  /** Absolute. */
  readonly path: string;
}

/** The calls that `parseLine` knows. A question mark: not every processor has it. */
export const TRACED =
  '?open,openat,?stat,?lstat,?fstat,statx,?newfstatat,?access,?faccessat,?faccessat2,?readlink,readlinkat';

const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
const DESCRIPTOR = String.raw`(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>`;
const LINE = new RegExp(String.raw`^(\d+\.\d+) (\w+)\((?:${DESCRIPTOR}(?:, )?)?(?:${QUOTED})?(.*)$`, 's');
const OPENS = new Set(['open', 'openat']);
const WRITES = /O_WRONLY|O_RDWR|O_CREAT/;

/**
 * One line of one thread. `undefined` for whatever is no reading of a place: an opening for writing, a call on something
 * without a path, a message of strace.
 */
export function parseLine(line: string): TracedCall | undefined {
  const [, time, name, descriptor, entry, rest] = LINE.exec(line) ?? [];
  if (time === undefined || name === undefined || rest === undefined) return undefined;
  const path = absolutePath(descriptor, entry);
  if (path === undefined) return undefined;
  const at = { time: Number(time), path };
  if (OPENS.has(name)) {
    if (WRITES.test(rest)) return undefined;
    return { ...at, kind: rest.includes('O_DIRECTORY') ? 'list' : 'read' };
  }
  return { ...at, kind: entry === undefined || entry === '' ? 'fstat' : 'stat' };
}

/** Of a descriptor's path, or of a path that may lie below it. */
function absolutePath(descriptor: string | undefined, entry: string | undefined): string | undefined {
  const path = entry === undefined ? undefined : unescape(entry);
  if (path?.startsWith('/') === true) return path;
  // A pipe or a socket has `pipe:[1]` for its path.
  if (descriptor?.startsWith('/') !== true) return undefined;
  const folder = unescape(descriptor);
  return path === undefined || path === '' ? folder : `${folder}/${path}`;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

/** As C writes texts: `\n`, `\"`, and bytes as one to three octal digits. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-7]{1,3}|.)/gs, (_, what: string) =>
    /^[0-7]/.test(what) ? String.fromCharCode(parseInt(what, 8)) : (ESCAPES[what] ?? what),
  );
}

/** How often each system call was made, by name, of what `strace -c` prints. Throws where there is no such table. */
export function parseSummary(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    // % time, seconds, microseconds a call, calls, errors (or nothing), the name.
    const [, calls, name] = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?([a-z]\w*)$/.exec(line) ?? [];
    if (calls !== undefined && name !== undefined && name !== 'total') counts.set(name, Number(calls));
  }
  if (counts.size === 0) throw new Error('strace printed no table of calls');
  return counts;
}

/** System calls by what they are to a scan; the names of those that are something else are in none. */
const GROUPS: Readonly<Record<string, RegExp>> = {
  open: /^open(at2?)?$/,
  stat: /^(new)?[fl]?stat(at|x)?(64)?$|^faccessat2?$|^access$|^readlink(at)?$/,
  'list (getdents)': /^getdents(64)?$/,
  read: /^p?readv?(64)?2?$/,
  close: /^close$/,
};

/** The counts summed up for each group, in a fixed order, what is in no group last. */
export function groupCalls(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>([...Object.keys(GROUPS), 'other'].map((group) => [group, 0]));
  for (const [name, calls] of counts) {
    const group = Object.keys(GROUPS).find((key) => GROUPS[key]?.test(name) === true) ?? 'other';
    sums.set(group, (sums.get(group) ?? 0) + calls);
  }
  return [...sums];
}
