import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `npm run build` makes: the program as it is shipped. */
export const BUILT_PROGRAM = fileURLToPath(new URL('../../dist/regsweep.cjs', import.meta.url));

const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));

/** The version that the package states. */
export function packageVersion(): unknown {
  const stated: unknown = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  return typeof stated === 'object' && stated !== null && 'version' in stated ? stated.version : undefined;
}

export interface Finished {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the shipped program to its end, with pipes for its output. `cache` is the folder that holds the index; beside it
 * and what `environment` adds, it sees the path alone: no colour, no locale, no `COLUMNS` of whoever runs the tests.
 */
export function runBuilt(
  argv: readonly string[],
  cache: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return runScript(BUILT_PROGRAM, argv, cache, environment);
}

/** As `runBuilt`, another script than the program that lies here. */
export function runScript(
  script: string,
  argv: readonly string[],
  cache: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, ...argv], {
      env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', fail);
    child.on('close', (status) => {
      done({
        status,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}
