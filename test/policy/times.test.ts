import { describe, expect, test } from 'vitest';
import type { JudgedTag } from '../../src/policy/judged.ts';
import type { Keeper, Order, Policy } from '../../src/policy/model.ts';
import { isFlattened, ordersByCreated, usesPushTimes } from '../../src/policy/times.ts';
import { policyOf } from '../support/policies.ts';
import { judgedTag } from './judged-tag.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 86_400_000;

/** So many tags, each of an image of its own unless told, one a second from `from` on. */
function burst(count: number, from: number, image?: number): JudgedTag[] {
  return Array.from({ length: count }, (_, at) =>
    judgedTag({ name: `t${from}-${at}`, image: image ?? from + at, pushedAt: from + at * 1000 }),
  );
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

describe('which times a policy goes by', () => {
  const last: Keeper = { kind: 'last', count: 1 };
  const daily: Keeper = { kind: 'calendar', calendar: 'daily', count: 1 };
  const within: Keeper = { kind: 'within', seconds: 60 };
  const semver: Keeper = { kind: 'semver', count: 1 };
  const policy = (orderBy: Order, minKeep: number, ...keepers: Keeper[]): Policy =>
    policyOf({ keepTags: [{ patterns: [], keepers }], minKeep, orderBy });

  test.each([
    ['last, pushed', policy('pushed', 0, last), true, false],
    ['last, created', policy('created', 0, last), false, true],
    ['last, by name', policy('name', 0, last), false, false],
    ['daily, pushed', policy('pushed', 0, daily), true, false],
    ['daily, created', policy('created', 0, daily), false, true],
    ['daily, by version', policy('semver', 0, daily), true, false],
    ['within, created: it says pushed', policy('created', 0, within), true, false],
    ['within and last, created', policy('created', 0, within, last), true, true],
    ['minKeep, pushed', policy('pushed', 1, semver), true, false],
    ['minKeep, created', policy('created', 1, semver), false, true],
    ['versions alone, created', policy('created', 0, semver), false, false],
  ])('%s', (_, by, pushed, created) => {
    expect([usesPushTimes(by), ordersByCreated(by)]).toEqual([pushed, created]);
  });
});
