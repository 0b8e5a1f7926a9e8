import { describe, expect, test } from 'vitest';
import type { JudgedTag } from '../../src/policy/judged.ts';
import { isFlattened } from '../../src/policy/times.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 86_400_000;

/** So many tags, each of an image of its own unless told, one a second from `from` on. */
function burst(count: number, from: number, image?: number): JudgedTag[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `t${from}-${at}`,
    image: image ?? from + at,
    pushedAt: from + at * 1000,
    isReferrer: false,
    isYoung: false,
    isInUse: false,
    isHeldBack: false,
  }));
}

describe('times look flattened', () => {
  test('where a copy without times wrote all of a repository within minutes', () => {
    expect(isFlattened(burst(10, NOW), Infinity)).toBe(true);
  });

  test('and still when some were pushed since', () => {
    expect(isFlattened([...burst(20, NOW - 30 * DAY), ...burst(15, NOW)], Infinity)).toBe(true);
  });
});

describe('times do not look flattened', () => {
  test.each([
    ['of few images', burst(9, NOW), Infinity],
    ['of one image with many tags', burst(20, NOW, 7), Infinity],
    ['where a build pushed much at once, and older things are there', burst(20, NOW), NOW - DAY],
    ['where older tags are there', [...burst(20, NOW), ...burst(1, NOW - DAY)], Infinity],
    ['where the burst is half of it', [...burst(10, NOW - DAY), ...burst(10, NOW)], Infinity],
    ['of signatures', burst(20, NOW).map((tag) => ({ ...tag, isReferrer: true })), Infinity],
    ['that are none at all: those are kept one by one', burst(20, 0), 0],
  ])('%s', (_, tags, oldestLink) => {
    expect(isFlattened(tags, oldestLink)).toBe(false);
  });
});
