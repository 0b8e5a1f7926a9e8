import { expect, test } from 'vitest';
import { styleFor } from '../../src/report/appearance.ts';
import { drawGrid } from '../../src/report/grid.ts';
import { widthOf } from '../../src/report/text.ts';

const COLUMNS = [
  { head: 'name', cut: 'end' },
  { head: 'size', align: 'right' },
  { head: 'tags', align: 'right', drop: 1 },
  { head: 'links', align: 'right', drop: 2 },
] as const;
const ROWS = [
  ['a-name-that-is-longer-than-most-names', '12 GB', '1', '3'],
  ['日本語日本語日本語日本語日本語日本語日本語', '3 GB', '2', '4'],
];
const at = (width: number) => styleFor({ width, color: false, ascii: false });

test('a wide terminal shows every column whole', () => {
  expect(drawGrid(COLUMNS, ROWS, at(80), 0)).toEqual([
    'name                                         size  tags  links',
    'a-name-that-is-longer-than-most-names       12 GB     1      3',
    '日本語日本語日本語日本語日本語日本語日本語   3 GB     2      4',
  ]);
});

test('a narrower one cuts names, then leaves columns out, the highest number first', () => {
  expect(drawGrid(COLUMNS, ROWS, at(40), 0)[0]).toMatch(/^name +size +tags +links$/);
  expect(drawGrid(COLUMNS, ROWS, at(28), 0)[0]).toMatch(/^name +size +tags$/);
  expect(drawGrid(COLUMNS, ROWS, at(20), 0)[0]).toMatch(/^name +size$/);
});

test('no line is wider than the terminal', () => {
  for (let width = 24; width < 90; width++) {
    for (const line of drawGrid(COLUMNS, ROWS, at(width))) expect(widthOf(line)).toBeLessThanOrEqual(width);
  }
});

test('a long table is whole, and its parts align', () => {
  const rows = Array.from({ length: 1_001 }, (_, row) => [`name-${row}`, `${row}`, '', '']);
  const lines = drawGrid(COLUMNS, rows, at(60), 0);
  expect(lines).toHaveLength(1_002);
  expect(lines[1]).toBe('name-0        0');
  expect(lines[1001]).toBe('name-1000  1000');
});

test('plain rows, which are drawn by hand, stand as the package draws those with colours', () => {
  const rows = [
    ['plain', '1 GB', '1', '2'],
    ['…cut', '', '10', ''],
    ['wide 日本', '3 GB', '100', '4'],
    ['plain again', '20 MB', '', '5'],
  ];
  const red = '\u001b[31m';
  const off = '\u001b[39m';
  const colored = rows.map((row) => row.map((cell) => `${red}${cell}${off}`));
  const bare = drawGrid(COLUMNS, colored, at(60)).map((line) => line.replaceAll(red, '').replaceAll(off, '').trimEnd());
  expect(drawGrid(COLUMNS, rows, at(60))).toEqual(bare);
});
