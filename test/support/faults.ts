/**
 * Runs a program so that it is killed at, or fails with an error of the system in, a chosen one of the calls by which it
 * changes anything below a folder. `faults/preload.c` stands between the program and the C library.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { commonFolder } from './temporary.ts';

const SOURCE = fileURLToPath(new URL('faults/preload.c', import.meta.url));

/** No run of a test is this long: what is, hangs. */
const HANG_MS = 60_000;

export const FAULT_ERRNOS = ['EIO', 'ENOSPC', 'EACCES', 'EROFS'] as const;
export type FaultErrno = (typeof FAULT_ERRNOS)[number];

/** `at` counts from 1, and only calls below the command's folder. */
export type Fault =
  /** SIGKILL in place of the call, or as soon as it has been carried out. */
  | { readonly kind: 'kill-before' | 'kill-after'; readonly at: number }
  /** The call fails, alone or with all that follow it (a disk that stays full); none of them is carried out. */
  | { readonly kind: 'fail-once' | 'fail-from'; readonly at: number; readonly errno: FaultErrno };

export interface Command {
  /** The script that this very Node runs, and its arguments. */
  readonly argv: readonly string[];
  /** Calls count that change something here or below. It must exist. */
  readonly folder: string;
  /** All that the program sees of an environment, beside `PATH`. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A call as the program made it, whatever came of it. */
export interface Call {
  readonly number: number;
  /** The C library's name of it, without the suffixes of its variants: `rename`, `write`, `open` (for writing), … */
  readonly name: string;
  /** Absolute; control characters and backslashes are `\xHH`. */
  readonly path: string;
  /** Where a rename or a link leads. */
  readonly to?: string;
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every call up to the end, the one that a fault hit too. */
  readonly calls: readonly Call[];
}

/** Runs `command` undisturbed. Its calls are the places where a fault can be put. */
export function countCalls(command: Command): Promise<Ended> {
  return run(command, { FAULTS_MODE: 'count' });
}

/** Runs `command` with one fault. Throws where it hangs. */
export function runWithFault(command: Command, fault: Fault): Promise<Ended> {
  return run(command, {
    FAULTS_MODE: fault.kind,
    FAULTS_AT: String(fault.at),
    ...('errno' in fault ? { FAULTS_ERRNO: String(constants.errno[fault.errno]) } : {}),
  });
}

/** What a test says of a fault. */
export function nameOf(fault: Fault): string {
  return 'errno' in fault ? `${fault.kind} ${fault.errno} at call ${fault.at}` : `${fault.kind} call ${fault.at}`;
}

const logs = commonFolder('faults');
let runs = 0;

async function run(command: Command, faults: Readonly<Record<string, string>>): Promise<Ended> {
  const log = join(logs(), String(++runs));
  const ended = await execa(process.execPath, [...command.argv], {
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      ...command.environment,
      ...faults,
      FAULTS_FOLDER: command.folder,
      FAULTS_LOG: log,
      LD_PRELOAD: await preloadLibrary(),
      // What goes through io_uring passes no function of the C library.
      UV_USE_IO_URING: '0',
    },
    stdin: 'ignore',
    stripFinalNewline: false,
    reject: false,
    timeout: HANG_MS,
    killSignal: 'SIGKILL',
  });
  const { stdout, stderr, exitCode = null, signal = null } = ended;
  if (ended.timedOut) throw new Error(`still running after ${HANG_MS} ms: ${command.argv.join(' ')}\n${stderr}`);
  // The loader only warns of a library that it cannot use; then nothing would be counted, and no fault ever come.
  if (!existsSync(log)) throw new Error(`faults/preload.c was not loaded: ${stderr}`);
  const calls = readCalls(log);
  rmSync(log);
  return { status: exitCode, signal, stdout, stderr, calls };
}

function readCalls(log: string): readonly Call[] {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [number, name, path, to] = line.split('\t');
    if (number === undefined || name === undefined || path === undefined) throw new Error(`not a call: ${line}`);
    return { number: Number(number), name, path, ...(to === undefined ? {} : { to }) };
  });
}

let library: Promise<string> | undefined;

/** The library's path; the first who asks builds it, and later test runs of the same source find it built. */
function preloadLibrary(): Promise<string> {
  library ??= build();
  return library;
}

/** Throws where there is no C compiler: no test of faults may be left out. */
async function build(): Promise<string> {
  const source = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `regsweep-preload-${process.getuid?.() ?? 0}-${process.arch}-${source}`);
  const path = join(folder, 'preload.so');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Test files run beside each other: whoever is last puts the same thing in the place of the other's.
  const unfinished = join(folder, `${process.pid}.so`);
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  await execa('cc', [...flags, '-o', unfinished, SOURCE, '-ldl']);
  renameSync(unfinished, path);
  return path;
}
