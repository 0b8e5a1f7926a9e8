import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { fillCommand, writeRegistryConfig } from '../../scripts/bench/contenders.ts';
import { bestMethod, measure, type Measurement, type Method } from '../../scripts/bench/measure.ts';
import { median, ratios } from '../../scripts/bench/statistics.ts';
import { callsTable, figuresTable, ratiosTable } from '../../scripts/bench/tables.ts';
import { findTools } from '../../scripts/bench/tools.ts';
import { runInTurns } from '../../scripts/bench/turns.ts';
import { makeTree, reuseTree } from '../../scripts/registry-generator/tree.ts';
import { hasRealRegistry } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';

function node(script: string): { program: string; args: string[] } {
  return { program: process.execPath, args: ['-e', script] };
}

function measured(wallSeconds: number): Measurement {
  return { wallSeconds, cpuSeconds: wallSeconds / 2, peakBytes: wallSeconds * 2 ** 20, outputBytes: 2 ** 19 };
}

describe('statistics', () => {
  it('take the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });

  it('compare pair by pair', () => {
    expect(ratios([10, 9, 40], [1, 3, 10])).toEqual({ median: 4, least: 3, most: 10 });
    expect(() => ratios([1, 2], [1])).toThrow(RangeError);
  });
});

describe('measure', () => {
  const methods: readonly Method[] = bestMethod() === 'time' ? ['time', 'proc'] : ['proc'];
  it.each(methods)('sees time, memory and output (%s)', async (method) => {
    const script =
      'const b = Buffer.alloc(150e6, 1); const end = Date.now() + 250; while (Date.now() < end) b[0]++;' +
      "process.stdout.write('x'.repeat(70000))";
    const { wallSeconds, cpuSeconds, peakBytes, outputBytes } = await measure(node(script), method);
    expect(outputBytes).toBe(70_000);
    expect(peakBytes).toBeGreaterThan(150e6);
    expect(peakBytes).toBeLessThan(600e6);
    expect(wallSeconds).toBeGreaterThan(0.25);
    expect(cpuSeconds).toBeGreaterThan(0.05);
  });

  it.each(methods)('rejects what fails, with its own words (%s)', async (method) => {
    await expect(measure(node("console.error('no such registry'); process.exit(3)"), method)).rejects.toThrow(
      /ended with 3: .*no such registry/s,
    );
  });
});

describe('runInTurns', () => {
  it('warms each up, then lets them take turns', async () => {
    const order: string[] = [];
    const contender = (name: string): { name: string; prepare: () => ReturnType<typeof node> } => ({
      name,
      prepare: () => {
        order.push(name);
        return node('0');
      },
    });
    let prepared = 0;
    const results = await runInTurns([contender('a'), contender('b')], {
      turns: 2,
      warmUp: true,
      method: bestMethod(),
      beforeRun: () => (prepared += 1),
      progress: () => undefined,
    });
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(prepared).toBe(4);
    expect(results.map(({ name, measurements }) => [name, measurements.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
  });
});

describe('runInTurns, where a run speaks for itself', () => {
  it('takes its word for its seconds, and tells it when each run that counts has ended', async () => {
    let ended = 0;
    const contender = {
      name: 'a',
      prepare: () => node("console.log('41.5 7')"),
      figures: (output: string) => {
        const [wallSeconds = 0, cpuSeconds = 0] = output.split(' ').map(Number);
        return { wallSeconds, cpuSeconds };
      },
      ended: () => void (ended += 1),
    };
    const options = { method: bestMethod(), beforeRun: () => undefined, progress: () => undefined };
    const [result] = await runInTurns([contender], { turns: 2, warmUp: true, ...options });
    expect(result?.measurements).toMatchObject(Array(2).fill({ wallSeconds: 41.5, cpuSeconds: 7, outputBytes: 7 }));
    expect(ended).toBe(2);
  });
});

describe('the tables', () => {
  const report = { name: 'report', measurements: [measured(1), measured(2), measured(1)] };
  const other = { name: 'other', measurements: [measured(6), measured(8), measured(5)] };

  it('show what each took', () => {
    expect(figuresTable([report, other])).toBe(
      [
        '| command | seconds | least to most | CPU seconds | peak MiB | output MiB |',
        '| --- | ---: | ---: | ---: | ---: | ---: |',
        '| report | 1.00 | 1.00 to 2.00 | 0.50 | 2 | 0.5 |',
        '| other | 6.00 | 5.00 to 8.00 | 3.00 | 8 | 0.5 |',
      ].join('\n'),
    );
  });

  it('show how often one fits into the other', () => {
    expect(
      ratiosTable([[other, report]])
        .split('\n')
        .at(-1),
    ).toBe('| other ÷ report | 5.00 | 4.00 | 6.00 |');
  });

  it('show calls for each blob', () => {
    const ours = { name: 'report', counts: new Map(Object.entries({ openat: 10, statx: 4, fstat: 1, futex: 5 })) };
    const theirs = { name: 'other', counts: new Map(Object.entries({ getdents64: 30, pread64: 2 })) };
    expect(callsTable([ours, theirs], 10)).toBe(
      [
        '| system calls for each blob | report | other |',
        '| --- | ---: | ---: |',
        '| open | 1.00 | 0.00 |',
        '| stat | 0.50 | 0.00 |',
        '| list (getdents) | 0.00 | 3.00 |',
        '| read | 0.00 | 0.20 |',
        '| close | 0.00 | 0.00 |',
        '| other | 0.50 | 0.00 |',
        '| all | 2.00 | 3.20 |',
      ].join('\n'),
    );
  });
});

describe('contenders', () => {
  it('fill in a command word by word, so that a path with a blank stays one word', () => {
    expect(fillCommand('node  main.js report {root} --db {db}', '/a b', '/c')).toEqual({
      program: 'node',
      args: ['main.js', 'report', '/a b', '--db', '/c'],
    });
    expect(() => fillCommand(' ', '/a', '/b')).toThrow(RangeError);
  });

  it('tell the registry its root, whatever the path holds', () => {
    const file = join(temporaryFolder('config'), 'registry.json');
    writeRegistryConfig(file, '/a: "b"');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      storage: { filesystem: { rootdirectory: '/a: "b"' } },
    });
  });
});

describe('reuseTree', () => {
  it('generates once, then reads what it noted, and refuses another tree', () => {
    const folder = temporaryFolder('tree');
    const totals = reuseTree(folder, 'S', 4);
    expect(totals.blobs).toBeGreaterThan(100);
    expect(reuseTree(folder, 'S', 4)).toEqual(totals);
    expect(() => reuseTree(folder, 'S', 5)).toThrow(/seed 4/);
    expect(() => makeTree(folder, 'S', 4)).toThrow(/not empty/);
  });
});

describe.skipIf(!hasRealRegistry())('the benchmark', () => {
  it('compares a command with the registry, with find, and with its own calls where they can be recorded', async () => {
    const command = 'find {root} -name link';
    const args = ['tsx', 'scripts/bench/report.ts', '--profile', 'S', '--turns', '1', '--warm', '--latency', '50'];
    const { stdout, stderr } = await execa('npx', [...args, '--command', command]);
    expect(stdout).toMatch(/^## S, warm\n\nProfile S, seed 1: 14 repositories, \d+ revisions, \d+ blobs;/);
    expect(stdout).toMatch(/\| find \{root\} -name link \| \d+\.\d\d \|/);
    expect(stdout).toMatch(/\| garbage-collect --dry-run ÷ find \{root\} -name link \| \d/);
    expect(stdout).toContain(`--profile S --seed 1 --turns 1 --latency 50 --command '${command}'`);
    expect(stderr).toMatch(/turn 1: find -type f -printf/);
    if (findTools().strace) {
      expect(stdout).toMatch(/\| find \{root\} -name link ÷ C program, 2 threads \| \d/);
      expect(stdout).toMatch(/\| C program, 64 threads \| \d+ \| \d+ \| \d+ \| \d+ \|/);
      expect(stdout).toMatch(/\| system calls for each blob \| find \{root\} -name link \| garbage-collect/);
    } else {
      expect(stdout).toMatch(/^Not here: strace/m);
    }
  });
});
