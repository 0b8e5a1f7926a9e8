import { describe, expect, it } from 'vitest';
import { Latency } from '../../src/scan/latency.ts';

function seen(...microseconds: readonly number[]): Latency {
  const latency = new Latency();
  for (const one of microseconds) latency.observe(one);
  return latency;
}

describe('a volume', () => {
  it('is not slow before anything was asked', () => {
    expect(new Latency().isSlow).toBe(false);
  });

  it('is slow at once when its first answer is', () => {
    expect(seen(1000).isSlow).toBe(true);
  });

  it('is not slow for a few late answers among many', () => {
    expect(seen(5, 5, 5, 4000, 4000, 5, 5, 4000).isSlow).toBe(false);
  });

  it('becomes slow when its answers do, and fast again when they are', () => {
    const latency = seen(5, 5, 5);
    for (let count = 0; count < 9; count++) latency.observe(900);
    expect(latency.isSlow).toBe(true);
    for (let count = 0; count < 9; count++) latency.observe(5);
    expect(latency.isSlow).toBe(false);
  });

  it('that answers neither fast nor late stays what it was', () => {
    expect(seen(1000, 100, 100, 100).isSlow).toBe(true);
    expect(seen(5, 100, 100, 100).isSlow).toBe(false);
  });
});
