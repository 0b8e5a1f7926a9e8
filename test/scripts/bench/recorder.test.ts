import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listOfTrace } from '../../../scripts/bench/recorder.ts';
import { temporaryFolder } from '../../support/temporary.ts';

/** A folder as strace leaves it: a file for each thread. */
function traceOf(threads: readonly (readonly string[])[]): string {
  const folder = temporaryFolder('trace');
  for (const [at, lines] of threads.entries()) {
    writeFileSync(join(folder, `thread.${100 + at}`), lines.map((line) => `${line}\n`).join(''));
  }
  return folder;
}

function recorded(threads: readonly (readonly string[])[], root = '/r'): string[] {
  return listOfTrace(traceOf(threads), root).content().bytes.toString('latin1').split('\0').slice(0, -1);
}

const stat = (path: string): string => `statx(AT_FDCWD</w>, "${path}", AT_STATX_SYNC_AS_STAT, STATX_ALL, 0x7f) = 0`;
const list = (path: string): string => `openat(AT_FDCWD</w>, "${path}", O_RDONLY|O_DIRECTORY) = 3<${path}>`;
const open = (path: string): string => `openat(AT_FDCWD</w>, "${path}", O_RDONLY|O_CLOEXEC) = 3<${path}>`;
const fstat = (path: string): string => `newfstatat(3<${path}>, "", 0x7f, AT_EMPTY_PATH) = 0`;

describe('a recorded list', () => {
  it('has the calls of all threads in the order of their times', () => {
    const first = [`1.000001 ${stat('/r/a')}`, `1.000005 ${open('/r/a')}`];
    const second = [`1.000002 ${list('/r/b')}`, `1.000009 ${stat('/r/b/c')}`];
    expect(recorded([second, first])).toEqual(['S/a', 'L/b', 'R/a', 'S/b/c']);
  });

  it('has each call once, and a stat of what is also read is another call', () => {
    const once = [`1.1 ${stat('/r/a')}`, `1.2 ${open('/r/a')}`, `1.3 ${stat('/r/a')}`, `1.4 ${open('/r/a')}`];
    expect(recorded([once, [`1.5 ${stat('/r/a')}`]])).toEqual(['S/a', 'R/a']);
  });

  it('has an fstat with the opening that it belongs to, in whatever thread, and none with a list', () => {
    const calls = [`1.1 ${open('/r/a')}`, `1.2 ${open('/r/b')}`, `1.3 ${list('/r/c')}`, `1.4 ${fstat('/r/c')}`];
    expect(recorded([calls, [`1.5 ${fstat('/r/b')}`]])).toEqual(['R/a', 'F/b', 'L/c']);
  });

  it('has the folder itself and what is below it, and nothing beside it', () => {
    const calls = [stat('/r'), stat('/r/a'), stat('/rest/a'), stat('/w/index.sqlite'), stat('/')];
    expect(recorded([calls.map((call, at) => `1.${at} ${call}`)])).toEqual(['S', 'S/a']);
  });

  it('says how many of each kind it has', () => {
    const calls = [open('/r/a'), fstat('/r/a'), list('/r'), stat('/r/x'), stat('/r/y')];
    const folder = traceOf([calls.map((call, at) => `1.${at} ${call}`)]);
    expect(listOfTrace(folder, '/r').content().counts).toEqual({ stat: 2, read: 1, list: 1 });
  });

  it('may be longer than its first memory', () => {
    const paths = Array.from({ length: 9000 }, (_, at) => `/r/${'d'.repeat(200)}/${String(at).padStart(6, '0')}`);
    const calls = paths.map((path, at) => `1.${String(at).padStart(6, '0')} ${stat(path)}`);
    expect(recorded([calls])).toEqual(paths.map((path) => `S${path.slice(2)}`));
  });
});
