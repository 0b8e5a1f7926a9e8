import { expect, test } from 'vitest';
import { parseSince } from '../../src/cli/since.ts';

test.each([
  ['7d', { kind: 'age', seconds: 604_800 }],
  ['1h30m', { kind: 'age', seconds: 5400 }],
  ['0', { kind: 'age', seconds: 0 }],
  ['3', { kind: 'scans', count: 3 }],
  ['3 scans', { kind: 'scans', count: 3 }],
  ['1scan', { kind: 'scans', count: 1 }],
  ['2026-11-01', { kind: 'time', time: Date.UTC(2026, 10, 1) }],
  ['2024-02-29', { kind: 'time', time: Date.UTC(2024, 1, 29) }],
  ['2026-11-01T12:30:00Z', { kind: 'time', time: Date.UTC(2026, 10, 1, 12, 30) }],
])('--since %s is understood', (text, since) => {
  expect(parseSince(text)).toEqual(since);
});

test.each(['', 'x', '-1', '00', '1M', '3 days', '2026-02-30', '2026-13-01', '2026-11-01T12:00', '1e9', '9999999'])(
  '--since %j is refused',
  (text) => {
    expect(() => parseSince(text)).toThrow(/--since/);
  },
);
