/**
 * Volumes that are large in one way alone. Twice as much costs twice as many calls to the disk, and no more: counted by the
 * library that the benchmarks put between the program and the C library. With `REGSWEEP_SCALE=full` the sizes are those of the
 * field's worst volumes, and what they take is printed; seconds are nothing that a test holds to.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileLatency, delayedCalls, underLatency } from '../../scripts/bench/native.ts';
import type { Report } from '../../src/report/model.ts';
import { BUILT_PROGRAM } from '../support/built-program.ts';
import { digestBytes, layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const IS_FULL = process.env['REGSWEEP_SCALE'] === 'full';
const TIMEOUT_MS = IS_FULL ? 3_600_000 : 120_000;

interface Shape {
  readonly name: string;
  /** How many there are in the worst volumes. */
  readonly most: number;
  readonly write: (tree: Tree, count: number) => void;
  /** How many of them a report tells of. */
  readonly told: (report: Report) => number;
}

const SHAPES: readonly Shape[] = [
  {
    name: 'entries in the history of a tag',
    most: 100_000,
    write: (tree, count) => {
      const gone = Array.from({ length: count }, (_, entry) => digestBytes(Buffer.from(`entry ${entry}`)));
      const one = image({ layers: [layer('app')] });
      tree.push('app', undefined, one);
      tree.tag('app', 'latest', one.digest, { history: gone });
    },
    told: ({ reclaimable }) => reclaimable.tagIndexEntries.count,
  },
  {
    name: 'tags of a repository, with as many untagged revisions',
    most: 50_000,
    write: (tree, count) => {
      const base = layer('app');
      for (let tag = 0; tag < count; tag++) {
        tree.push('app', `v${tag}`, image({ name: `tagged ${tag}`, layers: [base] }));
        tree.push('app', undefined, image({ name: `untagged ${tag}`, layers: [base] }));
      }
    },
    told: ({ totals, reclaimable }) => Math.min(totals.tags, reclaimable.revisions.count),
  },
  {
    name: 'layers of an image',
    most: 10_000,
    write: (tree, count) => {
      const layers = Array.from({ length: count }, (_, number) => layer(`layer ${number}`, 1));
      tree.push('app', 'latest', image({ layers }));
    },
    told: ({ totals }) => totals.layerLinks - 1,
  },
  {
    name: 'repositories with names of 255 characters',
    most: 5_000,
    write: (tree, count) => {
      const one = image({ layers: [layer('app')] });
      for (let number = 0; number < count; number++) tree.push(String(number).padStart(255, 'a'), 'latest', one);
    },
    told: ({ totals }) => totals.repositories,
  },
  {
    name: 'repositories 30 levels deep',
    most: 5_000,
    write: (tree, count) => {
      const one = image({ layers: [layer('app')] });
      for (let number = 0; number < count; number++) tree.push(`r${number}${'/n'.repeat(29)}`, 'latest', one);
    },
    told: ({ totals }) => totals.repositories,
  },
];

const COMMANDS: readonly (readonly [string, ...string[]])[] = [
  ['report', '--untagged', '--min-age', '0'],
  ...(IS_FULL ? ([['sweep', '--untagged', '--min-age', '0'], ['verify'], ['repair', '--drop-dangling']] as const) : []),
];

let library: string;
beforeAll(() => {
  library = compileLatency(temporaryFolder('count'));
});

interface Ran {
  readonly calls: number;
  readonly seconds: number;
  readonly stdout: string;
}

/** A first run, which knows nothing of the volume. */
function run(root: string, [command, ...options]: readonly string[]): Ran {
  const cache = temporaryFolder('cache');
  const counts = join(mkdtempSync(join(cache, 'counts-')), 'counts.json');
  const argv = [BUILT_PROGRAM, command ?? '', root, '--json', ...options];
  const counted = { library, root, microseconds: 0, counts };
  const { program, args } = underLatency({ program: process.execPath, args: argv }, counted);
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
    maxBuffer: 2 ** 30,
  });
  // Damage was found, or there are reasons against carrying it out: of neither is anything said here.
  expect([0, 3, 4], stderr).toContain(status);
  const { open, stat, list, read } = delayedCalls({ counts });
  return { calls: open + stat + list + read, seconds: (performance.now() - began) / 1000, stdout };
}

describe.each(SHAPES)('$name', ({ name, most, write, told }) => {
  it('cost calls in proportion, and are all told of', { timeout: TIMEOUT_MS }, () => {
    const few = IS_FULL ? most / 4 : 50;
    const trees = [few, 2 * few, 4 * few].map((count) => {
      const tree = createTree(join(temporaryFolder('scale'), 'registry'));
      write(tree, count);
      tree.age(1000);
      return { root: tree.root, count };
    });
    for (const command of COMMANDS) {
      const [first, second, third] = trees.map(({ root, count }) => {
        const ran = run(root, command);
        if (command[0] === 'report') expect(told(JSON.parse(ran.stdout) as Report)).toBe(count);
        if (IS_FULL) console.log(`${command[0]}: ${count} ${name}: ${ran.calls} calls, ${ran.seconds.toFixed(1)} s`);
        return ran.calls;
      });
      // From the second to the third there are twice as many more as from the first to the second.
      const [more, twice] = [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)];
      // Layers that lie in a folder cost no call each: it is listed.
      expect(more, command[0]).toBeGreaterThanOrEqual(0);
      expect(twice, command[0]).toBeLessThanOrEqual(2 * more * 1.1);
    }
  });
});
