/** An answer of the server as it comes: asked for anew when the question or the index changes, and what is late is dropped. */
import { useEffect, useState } from 'preact/hooks';
import { failureOf, get, type Answers, type Failure } from './api.ts';
import { useServed } from './live.tsx';

export interface Answer<T> {
  /** The newest there is; of an earlier question only with `keep`. */
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
  readonly isAsking: boolean;
}

interface Held<T> {
  readonly key: string;
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
}

/** `keep`: what an earlier question was answered with stays to be seen until the new answer is there. */
export function useAnswer<Path extends keyof Answers>(
  path: Path,
  parameters: Readonly<Record<string, string>>,
  { keep = false }: { readonly keep?: boolean } = {},
): Answer<Answers[Path]> {
  const served = useServed();
  const generation = served?.generation;
  const key = `${path}?${new URLSearchParams(parameters).toString()}`;
  const [held, setHeld] = useState<Held<Answers[Path]>>();
  const [asked, setAsked] = useState<string>();
  useEffect(() => {
    if (generation === undefined) return undefined;
    const controller = new AbortController();
    void get(path, parameters, controller.signal)
      .then(
        (value) => ({ key, value, failure: undefined }),
        (error: unknown) => ({ key, value: undefined, failure: failureOf(error) }),
      )
      .then((answer) => {
        if (controller.signal.aborted) return;
        setHeld(answer);
        setAsked(`${generation} ${key}`);
      });
    return () => controller.abort();
  }, [key, generation]);
  const isOurs = held !== undefined && (keep || held.key === key);
  return {
    value: isOurs ? held.value : undefined,
    failure: held?.key === key ? held.failure : undefined,
    isAsking: asked !== `${generation ?? ''} ${key}`,
  };
}
