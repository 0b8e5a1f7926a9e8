/** Work that this page started: the job that the server made of it, followed to its end. */
import { useCallback, useState } from 'preact/hooks';
import type { Job } from '../../report/model-serve.ts';
import { failureOf, post, type Failure } from './api.ts';
import { useActivity } from './live.tsx';

export interface Work {
  /** As the server last told of it; `undefined` before it was started. */
  readonly job: Job | undefined;
  readonly isStarting: boolean;
  /** Whether any job runs: the server has one at a time. */
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
  readonly start: (path: string, body: unknown) => void;
}

export function useWork(): Work {
  const { jobs } = useActivity();
  const [started, setStarted] = useState<Job>();
  const [isStarting, setStarting] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const start = useCallback((path: string, body: unknown) => {
    setStarting(true);
    setFailure(undefined);
    startJob(path, body)
      .then(setStarted, (error: unknown) => setFailure(failureOf(error)))
      .finally(() => setStarting(false));
  }, []);
  const job = started && (jobs.find(({ id }) => id === started.id) ?? started);
  const isBusy = jobs.some(({ state }) => state === 'running');
  return { job, isStarting, isBusy, failure, start };
}

async function startJob(path: string, body: unknown): Promise<Job> {
  const response = await post(path, body);
  return (await response.json()) as Job;
}
