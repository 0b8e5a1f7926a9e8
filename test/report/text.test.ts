/** Text in as many columns as a terminal has. */
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { styleFor } from '../../src/report/appearance.ts';
import { widthOf, wrapParts } from '../../src/report/text.ts';

const style = styleFor({ width: 30, color: false, ascii: true });

it('parts stay whole: a line ends between two of them', () => {
  expect(wrapParts('  ', ['scanned 2026-01-02', 'mode rm', 'min-age 1h'], style)).toEqual([
    '  scanned 2026-01-02 - mode rm',
    '  min-age 1h',
  ]);
});

it('a part that is too long for a line is broken at its blanks', () => {
  expect(wrapParts('  ', ['short', 'a part of many words that is too long', 'end'], style)).toEqual([
    '  short',
    '  a part of many words that is',
    '  too long',
    '  end',
  ]);
});

it('no parts: an empty line', () => {
  expect(wrapParts('  ', [], style)).toEqual(['  ']);
});

it.each([
  '',
  'plain',
  '…',
  '·',
  '–',
  '—',
  '→',
  '▁',
  '█',
  '▉',
  '▏',
  'a…b',
  '日本',
  'e\u0301',
  '\u2590',
  '\u001b[1mbold',
])('%j is as wide as a terminal has it', (text) => {
  expect(widthOf(text)).toBe(stringWidth(text));
});
