/** `docs/metrics.md` lists the metrics and the figures that there are, and no others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeCommands } from '../../src/cli/description.ts';
import { WORDS } from '../../src/gate/words.ts';
import { METRICS } from '../../src/report/metrics.ts';
import { DOCS } from '../support/documented-machine.ts';

const PAGE = readFileSync(join(DOCS, 'metrics.md'), 'utf8');

/** The cells of the rows that begin so. */
function rowsOf(start: RegExp): readonly (readonly string[])[] {
  return PAGE.split('\n')
    .filter((line) => start.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('each metric has a row, with its labels besides `registry` and its help', () => {
  const rows = METRICS.map(({ name, labels, help }) => [
    `\`${name}\``,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  expect(rowsOf(/^\| `regsweep_/)).toEqual(rows);
});

test('each figure of a condition has a place in its table', () => {
  const cells = rowsOf(/^\| `.*\| (?:size|count|duration) /).map(([words = '']) => words);
  const words = cells.join(' ').matchAll(/`([a-z-]+)`/g);
  expect(Array.from(words, ([, word]) => word).toSorted()).toEqual(Object.keys(WORDS).toSorted());
});

test('each format is said of the commands that have it', () => {
  const formats = describeCommands().flatMap(({ name, options }) =>
    (options.find((option) => option.name === 'format')?.choices ?? []).map((format) => ({ name, format })),
  );
  for (const [format = '', commands = ''] of rowsOf(/^\| `(?:csv|ndjson|markdown|openmetrics|html)`/)) {
    const said = Array.from(commands.matchAll(/`([a-z]+)[ `]/g), ([, name]) => name);
    const having = formats.filter((one) => `\`${one.format}\`` === format).map(({ name }) => name);
    expect([format, said.toSorted()]).toEqual([format, having.toSorted()]);
  }
  expect(new Set(formats.map(({ format }) => format)).size).toBe(7);
});
