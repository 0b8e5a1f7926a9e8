/** A journal whose lines somebody has changed who can compute a sum. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

type Line = Readonly<Record<string, unknown>>;

/** Replaces each action's line, whose number counts from 1 with the header, and gives the file the end that fits. */
export function forgeJournal(path: string, change: (line: Line, number: number) => Line): void {
  const [header = '', ...rest] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const end = JSON.parse(rest.pop() ?? '') as Line;
  const actions = rest.map((line, index) => JSON.stringify(change(JSON.parse(line) as Line, index + 2)));
  const text = `${[header, ...actions].join('\n')}\n`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  writeFileSync(path, `${text}${JSON.stringify({ ...end, sha256 })}\n`);
}
