import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion, createBudget } from '../../scripts/registry-generator/budget.ts';
import { createRandom } from '../../scripts/registry-generator/random.ts';

describe('createBudget', () => {
  it('is used up exactly, each share within its limits', () => {
    const possible = fc
      .record({
        draws: fc.integer({ min: 1, max: 60 }),
        least: fc.integer({ min: 0, max: 5 }),
        room: fc.nat(9),
        seed: fc.nat(),
      })
      .chain((given) =>
        fc.record({ given: fc.constant(given), extra: fc.integer({ min: 0, max: given.draws * given.room }) }),
      );
    fc.assert(
      fc.property(possible, ({ given: { draws, least, room, seed }, extra }) => {
        const total = draws * least + extra;
        const budget = createBudget(total, draws, least, least + room, createRandom(seed, 'budget'));
        const shares = Array.from({ length: draws }, () => budget.draw(least, least + room));
        expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(least);
        expect(Math.max(...shares)).toBeLessThanOrEqual(least + room);
      }),
    );
  });

  it('fails where a share cannot keep to its limits', () => {
    const random = createRandom(1, 'budget');
    expect(() => createBudget(10, 2, 1, 3, random).draw(1, 3)).toThrow(RangeError);
    const spent = createBudget(1, 1, 1, 1, random);
    spent.draw(1, 1);
    expect(() => spent.draw(1, 1)).toThrow(RangeError);
  });
});

describe('apportion', () => {
  it('adds up, and never is a whole unit from the exact share', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(100_000), weights, (total, list) => {
        const shares = apportion(total, list);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
        const sum = list.reduce((a, b) => a + b, 0);
        for (const [at, share] of shares.entries()) {
          expect(Math.abs(share - (total * (list[at] ?? 0)) / sum)).toBeLessThan(1);
        }
      }),
    );
  });
});
