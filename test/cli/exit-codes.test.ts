import { expect, test } from 'vitest';
import { describeExitStatuses, EXIT, EXIT_MEANINGS, exitStatusOf } from '../../src/cli/exit-codes.ts';

test('every status has one meaning, in order', () => {
  expect(EXIT_MEANINGS.map(([status]) => status)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  expect(describeExitStatuses().split('\n')).toHaveLength(EXIT_MEANINGS.length + 1);
});

test('the statuses that scripts hold to', () => {
  expect(exitStatusOf('usage')).toBe(2);
  expect(exitStatusOf('not-a-registry')).toBe(2);
  expect(exitStatusOf('interrupted')).toBe(130);
  expect(exitStatusOf('scan-failed')).toBe(1);
  for (const code of ['refused', 'locked', 'no-room'] as const) expect(exitStatusOf(code)).toBe(4);
  expect(exitStatusOf('registry-writable')).toBe(5);
  for (const code of ['plan-invalid', 'run-missing'] as const) expect(exitStatusOf(code)).toBe(2);
});
