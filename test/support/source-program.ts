import { runProgram } from '../../src/cli/run-program.ts';
import type { Finished } from './built-program.ts';
import { memoryContext } from './memory-stream.ts';

let earlier: Promise<unknown> = Promise.resolve();

/**
 * Runs the program in this very process, one at a time: nothing starts anew, so it is several times as fast as the shipped
 * one where a volume is small. It sees what `runBuilt` lets it see, and the time as it is; what it prints and its status
 * are those of the shipped one (`test/cli/built.test.ts` starts each command of that).
 */
export function runHere(
  argv: readonly string[],
  cache: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const run = earlier.then(() => withCache(cache, () => runNow(argv, { XDG_CACHE_HOME: cache, ...environment })));
  earlier = run.catch(() => undefined);
  return run;
}

async function runNow(argv: readonly string[], environment: Readonly<Record<string, string>>): Promise<Finished> {
  const context = {
    ...memoryContext({ PATH: process.env['PATH'] ?? '', ...environment }),
    now: () => Date.now(),
  };
  const status = await runProgram(argv, context);
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

/** Where an index is, `env-paths` asks of the process itself: only one program at a time can have another answer. */
async function withCache<T>(cache: string, run: () => Promise<T>): Promise<T> {
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = cache;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
}
