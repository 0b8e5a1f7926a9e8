import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, type Figures } from '../../src/gate/condition.ts';
import { parseCondition } from '../../src/gate/parse.ts';
import type { GateWord } from '../../src/gate/words.ts';

function figures(values: Readonly<Partial<Record<GateWord, number | null>>>, storedBytes = 1000): Figures {
  return { of: (word) => values[word] ?? (word in values ? null : 0), storedBytes };
}

function holds(text: string, values: Parameters<typeof figures>[0], storedBytes?: number): boolean {
  return judge(parseCondition(text), figures(values, storedBytes)).holds;
}

describe('a comparison', () => {
  test.each([
    ['tags > 3', 3, false],
    ['tags >= 3', 3, true],
    ['tags < 3', 3, false],
    ['tags <= 3', 3, true],
    ['tags = 3', 3, true],
    ['tags = 4', 3, false],
  ])('%s of %d', (text, tags, expected) => {
    expect(holds(text, { tags })).toBe(expected);
  });

  test('a share is of the stored bytes, exactly', () => {
    expect(holds('orphaned > 20%', { orphaned: 200 })).toBe(false);
    expect(holds('orphaned >= 20%', { orphaned: 200 })).toBe(true);
    expect(holds('orphaned > 20%', { orphaned: 201 })).toBe(true);
    expect(holds('orphaned > 0.1%', { orphaned: 1 })).toBe(false);
    expect(holds('orphaned >= 1.1%', { orphaned: 33 }, 3000)).toBe(true);
  });

  test('of an empty volume nothing is 0 %, and whatever is there besides is more than any share', () => {
    expect(holds('orphaned > 0%', { orphaned: 0 }, 0)).toBe(false);
    expect(holds('orphaned >= 20%', { orphaned: 0 }, 0)).toBe(false);
    expect(holds('orphaned = 20%', { orphaned: 0 }, 0)).toBe(false);
    expect(holds('orphaned < 20%', { orphaned: 0 }, 0)).toBe(true);
    expect(holds('stale-uploads > 500%', { 'stale-uploads': 1 }, 0)).toBe(true);
  });
});

describe('what made it hold', () => {
  const texts = (text: string, values: Parameters<typeof figures>[0]) =>
    judge(parseCondition(text), figures(values)).held.map(({ comparison, figure }) => [comparison.text, figure]);

  test('of or: the parts that hold', () => {
    expect(texts('tags > 1 or blobs > 1 or damage > 1', { tags: 2, blobs: 1, damage: 3 })).toEqual([
      ['tags > 1', 2],
      ['damage > 1', 3],
    ]);
  });

  test('of and: all parts, and nothing where one does not', () => {
    expect(texts('tags > 1 and blobs > 0', { tags: 2, blobs: 1 })).toHaveLength(2);
    expect(texts('tags > 1 and blobs > 1', { tags: 2, blobs: 1 })).toEqual([]);
  });
});

describe('what is not known', () => {
  const unknown = (text: string) =>
    judge(parseCondition(text), figures({ 'reclaimable-disk': null, tags: 1, blobs: 0 })).unknown;

  test('is told where it decides', () => {
    expect(unknown('reclaimable-disk > 0')).toEqual(['reclaimable-disk']);
    expect(unknown('blobs > 0 or reclaimable-disk > 0')).toEqual(['reclaimable-disk']);
    expect(unknown('tags > 0 and reclaimable-disk > 0')).toEqual(['reclaimable-disk']);
  });

  test('is nothing where the rest decides', () => {
    expect(unknown('tags > 0 or reclaimable-disk > 0')).toEqual([]);
    expect(unknown('blobs > 0 and reclaimable-disk > 0')).toEqual([]);
    expect(unknown('blobs > 0 and (tags > 5 or reclaimable-disk > 0)')).toEqual([]);
  });
});

test('and, or and parentheses mean what they mean of truths', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), ([a = false, b = false, c = false]) => {
      const values = { tags: Number(a), blobs: Number(b), damage: Number(c) };
      expect(holds('tags > 0 or blobs > 0 and damage > 0', values)).toBe(a || (b && c));
      expect(holds('(tags > 0 or blobs > 0) and damage > 0', values)).toBe((a || b) && c);
    }),
  );
});
