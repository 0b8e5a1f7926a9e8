import { describe, expect, it } from 'vitest';
import { paceOf } from '../../src/cli/pace.ts';

describe('the pace of a scan', () => {
  it('follows the volume where nothing is said', () => {
    expect(paceOf({})).toEqual({ ownsProcess: true });
  });

  it('is what was asked for', () => {
    expect(paceOf({ concurrency: '64', maxIops: '500' })).toEqual({
      ownsProcess: true,
      concurrency: 64,
      maxIops: 500,
    });
  });

  it.each(['0', '-1', '1.5', '1025', 'many', ''])('--concurrency %s is refused', (text) => {
    expect(() => paceOf({ concurrency: text })).toThrow(/--concurrency: .* whole number from 1 to 1024/);
  });

  it.each(['0', '1e3', '10000001'])('--max-iops %s is refused', (text) => {
    expect(() => paceOf({ maxIops: text })).toThrow(/--max-iops: .* whole number from 1 to/);
  });
});
