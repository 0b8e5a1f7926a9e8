import { AppError } from '../shared/errors.ts';

/** Rejects with `interrupted` once the signal is set, and never resolves. */
export function interruption(signal: AbortSignal): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    const interrupt = (): void => reject(new AppError('interrupted', 'interrupted while scanning'));
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
  });
  // Whoever waits for it hears of it; until then it is nobody's.
  interrupted.catch(() => undefined);
  return interrupted;
}
