/** The shipped program as it serves the page: a process of its own, asked through its printed URL. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BUILT_PROGRAM } from './built-program.ts';

export interface ServedPage {
  /** The address of a view (its query, without `?`), with the token that lets one in. */
  readonly at: (query?: string) => string;
  /** Interrupts it, and gives its exit status. */
  readonly stop: () => Promise<number | null>;
}

/** Starts `regsweep serve` on a registry, with its index in the folder `cache`. Resolves once it listens. */
export async function servePage(root: string, cache: string, argv: readonly string[] = []): Promise<ServedPage> {
  const child = spawn(process.execPath, [BUILT_PROGRAM, 'serve', root, ...argv], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const url = new URL(await printedUrl(child));
  return {
    at: (query = '') => {
      const address = new URL(url);
      for (const [name, value] of new URLSearchParams(query)) address.searchParams.set(name, value);
      return address.href;
    },
    stop: async () => {
      child.kill('SIGINT');
      const [status] = await ended;
      return status;
    },
  };
}

async function printedUrl({ stdout, stderr }: ChildProcess): Promise<string> {
  if (stdout === null || stderr === null) throw new TypeError('it has pipes');
  let said = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error(`it ended and printed no URL: ${said}`);
}
