/** Scans, sweeps and restores, asked for from the page. */
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { Job } from '../../report/model-serve.ts';
import { AppError } from '../../shared/errors.ts';
import { bodyOf, selectionSchema } from '../answers.ts';
import { MOST_MESSAGES, type Ended } from '../jobs.ts';
import { planFileOf } from '../plan-file.ts';
import { planTotals } from '../../gc/plan-totals.ts';
import type { Served } from '../served.ts';

const sweepRequest = z.object({ selection: selectionSchema, confirmation: z.string(), generation: z.int() });
/** As `runs` names them. */
const restoreRequest = z.object({
  run: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,99}$/),
  confirmation: z.string(),
});

export function jobRoutes(app: Hono, served: Served): void {
  app.post('/api/scan', (context) => {
    if (!served.state.mayScan) throw new AppError('refused', 'the server was started with --no-scan');
    refuseBusy(served);
    served.scan();
    return started(context, served);
  });
  app.post('/api/sweep', async (context) => {
    const { selection, confirmation, generation } = await bodyOf(context, sweepRequest);
    refuseSweep(served);
    refuseOlderIndex(served, generation);
    const now = served.ports.index.now();
    const planned = served.index.plan(selection, now);
    if (!('plan' in planned)) throw new AppError('usage', planned.refusals.join('\n'));
    const { count } = planTotals(planned.analysis.inventory, planned.plan).total;
    refuseUnconfirmed(confirmation, `delete ${count}`);
    refuseBusy(served);
    const file = await served.ports.keepPlan(planFileOf(planned, served.options.shape, now));
    try {
      // Somebody else may have been quicker while the plan was written.
      refuseBusy(served);
      served.start({ kind: 'sweep', argv: ['sweep', ...served.options.words.sweep, '--plan', file.path] }, (ended) => {
        void file.remove();
        tellResult(served, ended);
      });
    } catch (error) {
      await file.remove();
      throw error;
    }
    return started(context, served);
  });
  app.post('/api/restore', async (context) => {
    const { run, confirmation } = await bodyOf(context, restoreRequest);
    refuseSweep(served);
    refuseUnconfirmed(confirmation, `restore ${run}`);
    refuseBusy(served);
    served.start({ kind: 'restore', argv: ['restore', ...served.options.words.restore, run], run }, (ended) =>
      tellResult(served, ended),
    );
    return started(context, served);
  });
}

function started(context: Context, served: Served): Response {
  return context.json(served.state.jobs.at(-1) satisfies Job | undefined, 202);
}

function refuseSweep({ options: { sweepRefusal } }: Served): void {
  if (sweepRefusal !== undefined) throw new AppError('refused', sweepRefusal);
}

/** Of another index as many things may go, and others: a tag that was pushed again names another image. */
function refuseOlderIndex({ state }: Served, generation: number): void {
  if (generation === state.generation) return;
  throw new AppError('usage', 'what was confirmed was told of an older index', 'look once more at what would go');
}

function refuseUnconfirmed(confirmation: string, wanted: string): void {
  if (confirmation.trim() === wanted) return;
  throw new AppError('usage', `the confirmation is not "${wanted}"`, 'look once more: what would go may have changed');
}

function refuseBusy({ jobs }: Served): void {
  if (jobs === undefined) throw new AppError('refused', 'this server has no program to start');
  if (jobs.isBusy) throw new AppError('locked', 'another job runs', 'one at a time: wait until it has ended');
}

/** As much of what a sweep or a restore prints as its job tells. */
const printed = z.object({
  refusals: z.array(z.object({ message: z.string(), hint: z.string().optional() })).readonly(),
  done: z.object({ run: z.string().nullable().optional(), bytes: z.number().optional() }).nullable(),
});

/** Which run it was, what it took, and why it was refused: that is in what it prints, and not among its messages. */
function tellResult({ jobs }: Served, { job, result }: Ended): void {
  const parsed = printed.safeParse(parsedJson(result));
  if (!parsed.success) return;
  const { refusals, done } = parsed.data;
  const why = refusals.map(
    ({ message, hint }) => `refused: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`,
  );
  jobs?.change(job.id, {
    run: done?.run ?? job.run,
    freedBytes: job.kind === 'sweep' ? (done?.bytes ?? null) : null,
    messages: (why.join('') + job.messages).slice(0, MOST_MESSAGES),
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
