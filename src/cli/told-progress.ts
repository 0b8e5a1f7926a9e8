import { PROGRESS_MESSAGE, type ProgressMessage } from '../shared/progress.ts';
import type { TerminalProgress } from './progress-bar.ts';

/** Milliseconds: nobody reads more. */
const LEAST_PAUSE = 100;

/** Progress that is told to whoever started this process, stage by stage, and in between now and then. */
export function toldProgress(tell: (message: ProgressMessage) => void): TerminalProgress {
  let running: Omit<ProgressMessage, 'type'> | undefined;
  let toldAt = -Infinity;
  const say = (): void => {
    if (running === undefined) return;
    toldAt = performance.now();
    tell({ type: PROGRESS_MESSAGE, ...running });
  };
  return {
    start: (stage, unit, total) => {
      running = { stage, unit, done: 0, total: total ?? null };
      say();
    },
    update: (done, total) => {
      if (running === undefined) return;
      running = { ...running, done, total: total ?? running.total };
      if (performance.now() - toldAt >= LEAST_PAUSE) say();
    },
    stop: () => {
      say();
      running = undefined;
    },
    clear: () => undefined,
  };
}
