import { describe, expect, test } from 'vitest';
import { styleFor } from '../../src/report/appearance.ts';
import { drawBar } from '../../src/report/bars.ts';
import {
  formatBytes,
  formatBytesOrUnknown,
  formatCount,
  formatDay,
  formatDuration,
  formatElapsed,
  formatPercent,
  formatQuantity,
  formatSignedBytes,
  formatSignedCount,
  formatTime,
} from '../../src/report/format.ts';
import { cutEnd, cutMiddle, widthOf, wrapBehind, wrapWords } from '../../src/report/text.ts';

const unicode = styleFor({ width: 80, color: false, ascii: false });
const ascii = styleFor({ width: 80, color: false, ascii: true });

test('bytes are SI: G is 10^9', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(1_500_000_000)).toBe('1.5 GB');
  expect(formatBytesOrUnknown(null)).toBe('-');
  expect(formatSignedBytes(1000)).toBe('+1 kB');
  expect(formatSignedBytes(-1000)).toBe('-1 kB');
  expect(formatSignedBytes(0)).toBe('0 B');
});

test('counts have English separators, and nouns agree with them', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect([1000, 0, -1000].map(formatSignedCount)).toEqual(['+1,000', '0', '-1,000']);
  expect(formatQuantity(1, 'tag')).toBe('1 tag');
  expect(formatQuantity(0, 'tag')).toBe('0 tags');
  expect(formatQuantity(2, 'repository', 'repositories')).toBe('2 repositories');
});

test.each([
  [0, 100, '0%'],
  [100, 100, '100%'],
  [1, 1000, '<1%'],
  [999, 1000, '>99%'],
  [1, 3, '33%'],
  [0, 0, '0%'],
])('%d of %d is %s: never nothing for something, nor all for less', (part, whole, text) => {
  expect(formatPercent(part, whole)).toBe(text);
});

test.each([
  [0, '0'],
  [45, '45s'],
  [3600, '1h'],
  [5400, '90m'],
  [604_800, '1w'],
  [172_800, '2d'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('times and elapsed seconds', () => {
  expect(formatTime('2026-03-01T12:00:03.123Z')).toBe('2026-03-01 12:00:03 UTC');
  expect(formatTime(null)).toBe('-');
  expect(formatDay('2026-03-01T12:00:03.123Z')).toBe('2026-03-01');
  expect(formatElapsed(0.236)).toBe('0.24 s');
  expect(formatElapsed(12.34)).toBe('12.3 s');
  expect(formatElapsed(185)).toBe('3m 05s');
});

describe('bars', () => {
  test('are as wide as asked, whatever the value', () => {
    for (const value of [0, 1, 13, 50, 99.9, 100, 1000]) expect(widthOf(drawBar(value, 100, 16, unicode))).toBe(16);
  });

  test('show something for the least that is more than nothing', () => {
    expect(drawBar(1, 1_000_000, 4, unicode)).toBe('▏   ');
    expect(drawBar(1, 1_000_000, 4, ascii)).toBe('#...');
    expect(drawBar(0, 1_000_000, 4, ascii)).toBe('....');
    expect(drawBar(5, 0, 4, ascii)).toBe('....');
  });

  test('are ASCII only when asked', () => {
    expect(drawBar(50, 100, 4, ascii)).toBe('##..');
    expect(drawBar(50, 100, 4, unicode)).toBe('██  ');
  });
});

describe('fitting text', () => {
  test('counts columns, not characters', () => {
    expect(cutEnd('日本語日本語', 7, unicode)).toBe('日本語…');
    expect(cutMiddle('日本語日本語', 7, unicode)).toBe('日…本語');
    expect(cutEnd('plain', 5, unicode)).toBe('plain');
  });

  test('cuts a path in its middle', () => {
    expect(cutMiddle('repositories/team/app/current/link', 15, ascii)).toBe('reposit~nt/link');
  });

  test('wraps at spaces and never cuts a word', () => {
    expect(wrapWords('to be or not', 5)).toEqual(['to be', 'or', 'not']);
    expect(wrapWords('/a/very/long/path x', 5)).toEqual(['/a/very/long/path', 'x']);
    expect(wrapBehind('! ', 'one two', { ...ascii, width: 6 })).toEqual(['! one two']);
  });
});
