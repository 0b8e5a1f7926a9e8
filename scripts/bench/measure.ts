import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A command as it is run: no shell in between. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface Measurement {
  readonly wallSeconds: number;
  /** User and system time of the process and of the children that it waited for. */
  readonly cpuSeconds: number;
  /** Largest resident set of one process. */
  readonly peakBytes: number;
  /** What it wrote to stdout. */
  readonly outputBytes: number;
}

/** With the beginning of what it wrote to stdout. */
export interface Measured extends Measurement {
  readonly output: string;
}

const GNU_TIME = '/usr/bin/time';
const STDERR_KEPT = 4000;
const STDOUT_KEPT = 4000;
const POLL_MILLISECONDS = 5;

/** Unit of `utime` and `stime` in `/proc/PID/stat`: USER_HZ, 100 on every Linux that Node runs on (proc(5)). */
const TICKS_PER_SECOND = 100;

/** `REGISTRY_*` would override the configuration of the registry that is measured. */
export function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('REGISTRY_')));
}

/** What `/proc` tells of a running process, or `undefined` once it has gone. */
function usageFromProc(pid: number): { cpuSeconds: number; peakBytes: number } | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in brackets and may hold blanks; utime and stime are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (peak === null) return undefined;
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuSeconds: ticks / TICKS_PER_SECOND, peakBytes: Number(peak[1]) * 1024 };
  } catch {
    return undefined;
  }
}

type Outcome = Pick<Measured, 'wallSeconds' | 'outputBytes' | 'output'>;

/** Runs a command with its stdout into a sink that counts. Rejects with the end of its stderr where it fails. */
function run(command: Command, watch: (pid: number) => void): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command.program, command.args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
    let outputBytes = 0;
    let output = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length < STDOUT_KEPT) output += chunk.toString('utf8', 0, STDOUT_KEPT - output.length);
      outputBytes += chunk.length;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-STDERR_KEPT);
    });
    const { pid } = child;
    const timer = setInterval(() => {
      if (pid !== undefined) watch(pid);
    }, POLL_MILLISECONDS);
    child.on('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    let wallSeconds = 0;
    child.on('exit', () => {
      wallSeconds = (performance.now() - start) / 1000;
      clearInterval(timer);
    });
    child.on('close', (code) => {
      if (code === 0) resolve({ wallSeconds, outputBytes, output });
      else reject(new Error(`${command.program} ended with ${code ?? 'a signal'}: ${complaint}`));
    });
  });
}

/** By GNU time, which reads what the kernel counted when the process ended. */
async function measureWithTime(command: Command): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'measure-'));
  const file = join(folder, 'usage');
  try {
    const args = ['-f', '%U %S %M', '-o', file, command.program, ...command.args];
    const outcome = await run({ program: GNU_TIME, args }, () => undefined);
    const [user, system, kibibytes] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    if (user === undefined || system === undefined || kibibytes === undefined) {
      throw new Error(`${GNU_TIME} wrote no figures`);
    }
    return { ...outcome, cpuSeconds: user + system, peakBytes: kibibytes * 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By looking at `/proc` again and again: the peak is exact to the last look, the CPU time may lack its end. */
async function measureWithProc(command: Command): Promise<Measured> {
  let seen = { cpuSeconds: 0, peakBytes: 0 };
  const outcome = await run(command, (pid) => {
    seen = usageFromProc(pid) ?? seen;
  });
  return { ...outcome, ...seen };
}

/** How a measurement is taken; `time` where GNU time is installed. */
export type Method = 'time' | 'proc';

export function bestMethod(): Method {
  return existsSync(GNU_TIME) ? 'time' : 'proc';
}

/** Runs a command once and measures it. Rejects where it does not end with 0. */
export function measure(command: Command, method: Method): Promise<Measured> {
  return method === 'time' ? measureWithTime(command) : measureWithProc(command);
}
