import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../scripts/bench/measure.ts';
import {
  compileLatency,
  compileReader,
  delayedCalls,
  readerCommand,
  readerFigures,
  underLatency,
  type DelayedCalls,
  type ReaderFigures,
} from '../../../scripts/bench/native.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const LARGE = 70_000;

function run({ program, args }: Command): string {
  return execFileSync(program, args, { encoding: 'utf8' });
}

/** A tree with one file of each kind: of a few bytes, of more than a buffer, in a folder, and behind a symbolic link. */
function tinyTree(): string {
  const root = temporaryFolder('tiny');
  mkdirSync(join(root, 'folder'));
  writeFileSync(join(root, 'folder', 'small'), 'abc');
  writeFileSync(join(root, 'large'), Buffer.alloc(LARGE));
  symlinkSync('large', join(root, 'link'));
  return root;
}

describe('the programs of the benchmark in C', () => {
  const root = tinyTree();
  const list = join(temporaryFolder('list'), 'calls');
  const counts = join(temporaryFolder('counts'), 'delayed.json');
  let program: string;
  let library: string;
  beforeAll(() => {
    const folder = temporaryFolder('native');
    program = compileReader(folder);
    library = compileLatency(folder);
  });

  function read(calls: readonly string[], threads: number): ReaderFigures {
    writeFileSync(list, calls.map((call) => `${call}\0`).join(''));
    return readerFigures(run(readerCommand(program, list, root, threads)));
  }

  function delayed(command: Command, folder = root): DelayedCalls {
    run(underLatency(command, { library, root: folder, microseconds: 1000, counts }));
    return delayedCalls({ counts });
  }

  /** Once for each, by Node. */
  function node(script: string): Command {
    const start = `const fs = require('fs'), r = ${JSON.stringify(root)};`;
    return { program: process.execPath, args: ['-e', `${start}${script}`] };
  }

  it.each([1, 3])('make each call of a list once, with %d threads', (threads) => {
    const calls = ['S', 'L', 'L/folder', 'S/folder/small', 'R/folder/small', 'F/large', 'S/gone', 'R/gone', 'L/gone'];
    const many = Array.from({ length: 50 }, () => calls).flat();
    expect(read(many, threads)).toMatchObject({ stat: 150, read: 150, list: 150, absent: 150 });
  });

  it('refuse a list that is none', () => {
    expect(() => read(['X/large'], 1)).toThrow(/no kind of call/);
  });

  it('delay what the reader asks of a tree: a read for each part of a file, nothing for an fstat or a close', () => {
    writeFileSync(
      list,
      ['S/large', 'L/folder', 'R/folder/small', 'F/large', 'R/gone'].map((call) => `${call}\0`).join(''),
    );
    expect(delayed(readerCommand(program, list, root, 2))).toEqual({ stat: 1, list: 1, open: 3, read: 3 });
  });

  it.each([
    ['fs.readdirSync(r)', { list: 1 }],
    ['fs.readdirSync(r, { withFileTypes: true })', { list: 1 }],
    ["fs.readdir(r, () => fs.readdir(r + '/folder', () => 0))", { list: 2 }],
    ['fs.opendirSync(r).closeSync()', { list: 1 }],
    ["fs.lstatSync(r + '/link'); fs.statSync(r + '/link')", { stat: 2 }],
    ["fs.lstat(r + '/gone', () => 0)", { stat: 1 }],
    ["fs.accessSync(r + '/large')", { stat: 1 }],
    ["fs.readlinkSync(r + '/link')", { stat: 1 }],
    ["fs.realpathSync.native(r + '/link')", { stat: 1 }],
    ["const f = fs.openSync(r + '/large'); fs.fstatSync(f); fs.closeSync(f)", { open: 1 }],
    [
      "const f = fs.openSync(r + '/large'); fs.readSync(f, Buffer.alloc(9)); fs.readSync(f, Buffer.alloc(9), 0, 9, 5)",
      {
        open: 1,
        read: 2,
      },
    ],
    ["fs.open(r + '/large', (_, f) => fs.read(f, Buffer.alloc(9), 0, 9, 0, () => fs.close(f)))", { open: 1, read: 1 }],
    ["fs.openSync(r + '/gone')", { open: 1 }],
    // A descriptor that is given out again is not what it was.
    [
      "fs.closeSync(fs.openSync(r + '/large')); fs.readSync(fs.openSync(process.execPath), Buffer.alloc(9))",
      { open: 1 },
    ],
    ["fs.readFileSync('/proc/self/status'); fs.readdirSync('/'); fs.statSync('/')", {}],
  ])('delay, in Node, %s', (script, calls) => {
    const nothing = { open: 0, stat: 0, list: 0, read: 0 };
    expect(delayed(node(`try { ${script} } catch {}`))).toEqual({ ...nothing, ...calls });
  });

  it('leave alone what only begins like the folder', () => {
    const script = "fs.statSync(r + '/folder'); fs.statSync(r + '/folder/small'); fs.statSync(r + '/large')";
    expect(delayed(node(script), join(root, 'folder'))).toMatchObject({ stat: 2 });
    expect(delayed(node(script), join(root, 'fold'))).toMatchObject({ stat: 0 });
  });
});
