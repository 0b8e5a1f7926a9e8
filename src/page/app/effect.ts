/** What would go, asked for while somebody still chooses: a late answer to an earlier choice is dropped. */
import { useEffect, useState } from 'preact/hooks';
import type { Effect, Selection } from '../../report/model-serve.ts';
import { failureOf, post, type Failure } from './api.ts';
import { useServed } from './live.tsx';

export interface EffectAnswer {
  /** The newest that is known: of an earlier choice while `isAsking`, and where there is a `failure`. */
  readonly effect: Effect | undefined;
  readonly failure: Failure | undefined;
  readonly isAsking: boolean;
}

const NOTHING: EffectAnswer = { effect: undefined, failure: undefined, isAsking: false };

/** `undefined`: nothing is chosen. `waitMilliseconds`: how long a choice must stand before it is asked about. */
export function useEffectOf(selection: Selection | undefined, waitMilliseconds: number): EffectAnswer {
  const generation = useServed()?.generation;
  const key = selection === undefined || generation === undefined ? undefined : JSON.stringify(selection);
  const [answer, setAnswer] = useState<EffectAnswer>(NOTHING);
  useEffect(() => {
    if (key === undefined) {
      setAnswer(NOTHING);
      return undefined;
    }
    const controller = new AbortController();
    setAnswer((before) => ({ ...before, isAsking: true }));
    const timer = setTimeout(() => {
      void askFor(selection, controller.signal).then((answered) => {
        if (controller.signal.aborted) return;
        setAnswer((before) => ({ effect: before.effect, ...answered, isAsking: false }));
      });
    }, waitMilliseconds);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, generation]);
  return answer;
}

async function askFor(
  selection: Selection | undefined,
  signal: AbortSignal,
): Promise<{ readonly effect?: Effect; readonly failure: Failure | undefined }> {
  try {
    const response = await post('/api/effect', selection, signal);
    return { effect: (await response.json()) as Effect, failure: undefined };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
