/** The page of a volume, served until a test or all of a `describe` end, and what a browser would ask of it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import type { Effect, Job, Selection, ServedError, ServedState, SweepRequest } from '../../src/report/model-serve.ts';
import { BUILT_PROGRAM } from './built-program.ts';
import { memoryContext } from './memory-stream.ts';
import { temporaryFolder } from './temporary.ts';

export class Page {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly token: string;

  constructor(
    readonly url: string,
    readonly database: string,
  ) {
    const parsed = new URL(url);
    this.origin = parsed.origin;
    this.token = parsed.searchParams.get('token') ?? '';
  }

  get cookie(): string {
    return `regsweep-${new URL(this.url).port}=${this.token}`;
  }

  /** As a browser asks that has been let in. */
  fetch(path: string, request: RequestInit = {}): Promise<Response> {
    const headers = new Headers(request.headers);
    if (!headers.has('cookie')) headers.set('cookie', this.cookie);
    return fetch(this.origin + path, { redirect: 'manual', ...request, headers });
  }

  post(path: string, body: unknown): Promise<Response> {
    const headers = { 'content-type': 'application/json', origin: this.origin };
    return this.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async get<Answer>(path: string): Promise<Answer> {
    return answerOf<Answer>(await this.fetch(path));
  }

  async effect(selection: Selection): Promise<Effect> {
    return answerOf<Effect>(await this.post('/api/effect', selection));
  }

  state(): Promise<ServedState> {
    return this.get<ServedState>('/api/state');
  }

  /** Waits until the state is so. */
  async until(isSo: (state: ServedState) => boolean): Promise<ServedState> {
    for (let tries = 0; tries < 3000; tries++) {
      const state = await this.state();
      if (isSo(state)) return state;
      await wait(20);
    }
    throw new Error(`the page never came to that: ${JSON.stringify(await this.state())}`);
  }

  /** Waits until nothing runs, and its index is served. */
  async untilIdle(): Promise<ServedState> {
    const idle = await this.until(
      ({ jobs, generation }) => generation > 0 && jobs.every(({ state }) => state !== 'running'),
    );
    await wait(50);
    const now = await this.state();
    return now.generation === idle.generation && now.jobs.every(({ state }) => state !== 'running')
      ? now
      : this.untilIdle();
  }

  /** Asks for a job, and waits for its end. */
  async job(path: string, body: unknown): Promise<Job> {
    const { id } = await answerOf<Job>(await this.post(path, body));
    const { jobs } = await this.until((state) => state.jobs.some((job) => job.id === id && job.state !== 'running'));
    const ended = jobs.find((job) => job.id === id);
    if (ended === undefined) throw new Error(`job ${id} is gone`);
    return ended;
  }

  /** What it answers with a status from 400 on. */
  async failure(response: Response): Promise<ServedError & { readonly status: number }> {
    expect(response.status).toBeGreaterThanOrEqual(400);
    return { ...((await response.json()) as ServedError), status: response.status };
  }
}

/** What confirms an effect that was looked at. */
export function shown({ actions, generation }: Effect): Omit<SweepRequest, 'selection'> {
  return { confirmation: `delete ${actions}`, generation };
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

export interface HerePage extends Page {
  /** Interrupts the server, and gives its status. */
  end(): Promise<number>;
  readonly messages: () => string;
  /** Lets so many milliseconds pass on the server's clock. */
  readonly pass: (milliseconds: number) => void;
}

/** The server in this very process until the test ends; its jobs are the shipped program. */
export async function pageOf(root: string, ...argv: readonly string[]): Promise<HerePage> {
  const { opened, end } = startPage(root, argv);
  onTestFinished(async () => {
    await end();
  });
  return opened;
}

/** As `pageOf`, and idle: one page for all tests of the `describe` that calls this. `root` is asked once they begin. */
export function usePage(root: () => string, ...argv: readonly string[]): () => HerePage {
  let page: HerePage | undefined;
  let end: (() => Promise<number>) | undefined;
  beforeAll(async () => {
    const started = startPage(root(), argv);
    ({ end } = started);
    page = await started.opened;
    await page.untilIdle();
  });
  afterAll(async () => {
    await end?.();
  });
  return () => {
    if (page === undefined) throw new Error('the page is only served while tests run');
    return page;
  };
}

function startPage(
  root: string,
  argv: readonly string[],
): { readonly opened: Promise<HerePage>; readonly end: () => Promise<number> } {
  const named = argv.indexOf('--db');
  const database = (named < 0 ? undefined : argv[named + 1]) ?? join(temporaryFolder('page'), 'index.sqlite');
  const interrupt = new AbortController();
  let later = 0;
  const context = {
    ...memoryContext({ PATH: process.env['PATH'] ?? '' }),
    signal: interrupt.signal,
    now: () => Date.now() + later,
    program: { command: process.execPath, argv: [BUILT_PROGRAM] },
  };
  const given = named < 0 ? ['--db', database] : [];
  const ended = runProgram(['serve', root, ...given, ...argv], context);
  const end = async (): Promise<number> => {
    interrupt.abort();
    return ended;
  };
  const opened = async (): Promise<HerePage> => {
    const stopped = ended.then((status) => {
      throw new Error(`serve ended with ${status}: ${context.stderr.text}`);
    });
    stopped.catch(() => undefined);
    while (!context.stdout.text.includes('\n')) await Promise.race([wait(5), stopped]);
    return Object.assign(new Page(context.stdout.text.trim(), database), {
      end,
      messages: () => context.stderr.text,
      pass: (milliseconds: number) => void (later += milliseconds),
    });
  };
  return { opened: opened(), end };
}

/** The shipped program, to be ended as a test wants. */
export async function shippedPage(
  root: string,
  ...argv: readonly string[]
): Promise<{ readonly page: Page; readonly process: ChildProcess }> {
  const database = join(temporaryFolder('page'), 'index.sqlite');
  const child = spawn(process.execPath, [BUILT_PROGRAM, 'serve', root, '--db', database, ...argv], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    await gone;
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!said.includes('\n')) {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}`);
    await wait(10);
  }
  return { page: new Page(said.trim(), database), process: child };
}
