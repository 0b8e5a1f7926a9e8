import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../scripts/bench/options.ts';

describe('the options of the benchmark', () => {
  it('are those of a warm run of M where nothing is said', () => {
    expect(parseOptions([])).toEqual({
      profile: 'M',
      seed: 1,
      turns: 5,
      keep: undefined,
      warm: true,
      cold: false,
      latency: undefined,
      command: undefined,
      without: new Set(),
      cpuProfile: undefined,
      write: false,
    });
  });

  it('ask for warm only where nothing else is asked for, or by name', () => {
    expect(parseOptions(['--cold'])).toMatchObject({ warm: false, cold: true });
    expect(parseOptions(['--latency', '1000'])).toMatchObject({ warm: false, latency: 1000 });
    expect(parseOptions(['--warm', '--cold', '--latency', '200'])).toMatchObject({
      warm: true,
      cold: true,
      latency: 200,
    });
  });

  it('leave out as many parts as are named', () => {
    expect(parseOptions(['--without', 'find', '--without', 'calls']).without).toEqual(new Set(['find', 'calls']));
  });

  it.each([
    [['--profile', 'XL'], /XL/],
    [['--turns', '0'], /--turns/],
    [['--turns', '1.5'], /--turns/],
    [['--seed', ''], /--seed/],
    [['--latency', '1ms'], /--latency/],
    [['--without', 'registry'], /--without/],
    [['--cpu-prof', '../main'], /--cpu-prof/],
    [['--write', '--command', 'find {root}'], /--command/],
    [['--hot'], /--hot/],
    [['M'], /M/],
  ])('refuse %j', (args, why) => {
    expect(() => parseOptions(args)).toThrow(why);
  });
});
