/**
 * Records what a command asks of a folder: it runs once under strace, a file for each of its threads, so that no call is
 * cut in two by another's.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallList, type CallCounts } from './call-list.ts';
import { environment, type Command } from './measure.ts';
import { parseLine, parseSummary, TRACED, type TracedCall } from './strace.ts';

/** Structures of the kernel and contents are not printed, and what is not traced is not stopped at. */
const BRIEF = ['-s', '0', '-e', 'verbose=none', '-e', 'signal=none', '-e', 'quiet=all', '--seccomp-bpf'];

/**
 * Runs `command`, and writes the list of what it asked of `root` (its real path) to `file`, for `reader.c`. Beside it
 * there is room for ten times as much while this runs. Throws where the command fails.
 */
export function recordCalls(command: Command, root: string, file: string): CallCounts {
  const folder = mkdtempSync(`${file}-trace-`);
  try {
    const options = ['-f', '-ff', '-ttt', '-y', ...BRIEF, '-e', `trace=${TRACED}`, '-o', join(folder, 'thread')];
    strace([...options, command.program, ...command.args]);
    const { bytes, counts } = listOfTrace(folder, root).content();
    writeFileSync(file, bytes);
    return counts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a folder with a file for each thread, as `-ff -ttt -y` writes them, says that was asked of `root`. */
export function listOfTrace(folder: string, root: string): CallList {
  const list = new CallList(root);
  const threads = readdirSync(folder)
    .sort()
    .map((name) => callsOf(join(folder, name)));
  for (const call of inOrder(threads)) list.add(call);
  return list;
}

/**
 * How often `command` made each system call on files and descriptors, as noted in `file`. Of waiting (futex, nanosleep) being
 * traced makes more. Throws where the command fails.
 */
export function countCalls(command: Command, file: string): ReadonlyMap<string, number> {
  strace(['-f', '-c', '--seccomp-bpf', '-e', 'trace=%file,%desc', '-o', file, command.program, ...command.args]);
  return parseSummary(readFileSync(file, 'utf8'));
}

function strace(args: readonly string[]): void {
  execFileSync('strace', args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment() });
}

/** The calls of all threads by their time; each thread's own are in order already. */
function* inOrder(threads: readonly Generator<TracedCall>[]): Generator<TracedCall> {
  const heads = threads.map((calls) => ({ calls, head: calls.next() }));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    let earliest = Infinity;
    for (const thread of heads) {
      if (thread.head.done === true || thread.head.value.time >= earliest) continue;
      first = thread;
      earliest = thread.head.value.time;
    }
    if (first === undefined || first.head.done === true) return;
    yield first.head.value;
    first.head = first.calls.next();
  }
}

function* callsOf(file: string): Generator<TracedCall> {
  for (const line of linesOf(file)) {
    const call = parseLine(line);
    if (call !== undefined) yield call;
  }
}

/** The lines of a file that may be larger than a text can be, byte for byte. */
function* linesOf(file: string): Generator<string> {
  const opened = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    let rest = '';
    for (let got = readSync(opened, buffer); got > 0; got = readSync(opened, buffer)) {
      const lines = (rest + buffer.toString('latin1', 0, got)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(opened);
  }
}
