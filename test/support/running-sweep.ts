/** A sweep of ours that is under way for as long as a test wants: the shipped program, which stands still. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { BUILT_PROGRAM } from './built-program.ts';
import { serve } from './http-server.ts';
import type { OperatedVolume } from './operated-volume.ts';
import { temporaryFolder } from './temporary.ts';

/** Begins one, and returns once its note stands in `state`, which must be there already. */
export async function runningSweep(
  volume: OperatedVolume,
  state: string,
  ...argv: readonly string[]
): Promise<ChildProcess> {
  const url = await serve(() => undefined);
  const words = ['sweep', volume.root, '--apply', '--registry-url', url, ...argv];
  const child = spawn(process.execPath, [BUILT_PROGRAM, ...words], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: temporaryFolder('cache') },
    stdio: 'ignore',
  });
  onTestFinished(() => endSweep(child));
  while (!existsSync(join(state, 'lock.json'))) {
    if (child.exitCode !== null) throw new Error(`the sweep ended with ${child.exitCode}`);
    await wait(10);
  }
  // Its registry does not answer, and it would not wait for ever.
  child.kill('SIGSTOP');
  return child;
}

/** Kills it, and returns once it is gone. */
export async function endSweep(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
