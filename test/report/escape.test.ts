import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { escapeCsvText, escapeJsonDocument, escapeTerminal, quoteShellWord } from '../../src/report/escape.ts';

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('escapeTerminal', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', String.raw`\x1b[31mred\x1b[0m`],
    ['two\nlines\r\n', String.raw`two\x0alines\x0d\x0a`],
    ['abc\u202edcba', String.raw`abc\u202edcba`],
    ['\u2066isolated\u2069', String.raw`\u2066isolated\u2069`],
    ['c1 \u009b2J', String.raw`c1 \x9b2J`],
    ['sep\u2028par\u2029', String.raw`sep\u2028par\u2029`],
    ['half \ud800', String.raw`half \ud800`],
    ['tag \u{e0041}', String.raw`tag \U000e0041`],
    ['日本語 é 🚀', '日本語 é 🚀'],
    ['team/app', 'team/app'],
  ])('%j is shown as %j', (given, shown) => {
    expect(escapeTerminal(given)).toBe(shown);
  });

  test('whatever comes in, nothing unsafe comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeTerminal(text)).not.toMatch(UNSAFE);
      }),
    );
  });
});

test('CSV text keeps line ends and tabs, for they are quoted, and nothing else that is unsafe', () => {
  expect(escapeCsvText('a\nb\r\tc\u001b[2J\u202e')).toBe('a\nb\r\tc\\x1b[2J\\u202e');
});

test('an escaped JSON document parses to the same value and holds nothing unsafe but its line ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const document = escapeJsonDocument(JSON.stringify({ text }, undefined, 2));
      expect(JSON.parse(document)).toEqual({ text });
      expect(document.replaceAll('\n', '')).not.toMatch(UNSAFE);
    }),
  );
});

describe('quoteShellWord', () => {
  test.each([
    ['/var/lib/registry', '/var/lib/registry'],
    ['/my disk/registry', "'/my disk/registry'"],
    ["/it's", String.raw`'/it'\''s'`],
    ['/a\u001b[2Jb', String.raw`$'/a\x1b[2Jb'`],
    ['--config', "'--config'"],
    ['', "''"],
  ])('%j becomes %s', (given, quoted) => {
    expect(quoteShellWord(given)).toBe(quoted);
  });

  test.each(['/my disk', "/it's $HOME `x` \\ !", '/a\u001b[2J\'"\\n\nb', '/\u007f\t'])(
    'bash reads %j back',
    (given) => {
      const said = execFileSync('bash', ['-c', `printf %s ${quoteShellWord(given)}`], { encoding: 'utf8' });
      expect(said).toBe(given);
    },
  );
});
