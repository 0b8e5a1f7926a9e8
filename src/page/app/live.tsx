/** What the server says of itself, as it changes: over a stream that is opened again whenever it breaks. */
import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import type { Job, ServedState } from '../../report/model-serve.ts';
import { failureOf, get, type Failure } from './api.ts';

/** Without the jobs, which change many times a second while one runs: whoever reads this is drawn anew only when it matters. */
export type Served = Omit<ServedState, 'jobs' | 'schema'>;

interface Activity {
  readonly jobs: readonly Job[];
  readonly isConnected: boolean;
}

const ServedContext = createContext<Served | undefined>(undefined);
const ActivityContext = createContext<Activity>({ jobs: [], isConnected: false });
const FailureContext = createContext<Failure | undefined>(undefined);

const AGAIN_AFTER_MILLISECONDS = 2_000;

/** `undefined` until the server has answered. */
export function useServed(): Served | undefined {
  return useContext(ServedContext);
}

export function useActivity(): Activity {
  return useContext(ActivityContext);
}

/** Why the server does not say how it is. */
export function useConnectionFailure(): Failure | undefined {
  return useContext(FailureContext);
}

export function LiveProvider({ children }: { readonly children: ComponentChildren }) {
  const [state, setState] = useState<ServedState>();
  const [isConnected, setConnected] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  useEffect(
    () =>
      listen({
        onState: (said) => {
          setState(said);
          setConnected(true);
          setFailure(undefined);
        },
        onBreak: (why) => {
          setConnected(false);
          setFailure(why);
        },
      }),
    [],
  );
  const text = state && JSON.stringify(servedOf(state));
  const served = useMemo(() => (text === undefined ? undefined : (JSON.parse(text) as Served)), [text]);
  const activity = useMemo(() => ({ jobs: state?.jobs ?? [], isConnected }), [state?.jobs, isConnected]);
  return (
    <ServedContext.Provider value={served}>
      <ActivityContext.Provider value={activity}>
        <FailureContext.Provider value={failure}>{children}</FailureContext.Provider>
      </ActivityContext.Provider>
    </ServedContext.Provider>
  );
}

function servedOf({ root, scannedAt, generation, mayScan, maySweep, sweepRefusal }: ServedState): Served {
  return { root, scannedAt, generation, mayScan, maySweep, sweepRefusal };
}

interface Listener {
  readonly onState: (state: ServedState) => void;
  readonly onBreak: (why: Failure) => void;
}

/** Returns what ends it. */
function listen({ onState, onBreak }: Listener): () => void {
  let stream: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const open = (): void => {
    stream = new EventSource('/api/events');
    stream.addEventListener('state', (event: MessageEvent<string>) => onState(JSON.parse(event.data) as ServedState));
    stream.addEventListener('error', () => {
      // A stream does not say why it broke, and one that was refused is not opened again by the browser.
      stream?.close();
      get('/api/state', {})
        .then(onState, (error: unknown) => onBreak(failureOf(error)))
        .finally(() => {
          if (!isOver) again = setTimeout(open, AGAIN_AFTER_MILLISECONDS);
        });
    });
  };
  open();
  return () => {
    isOver = true;
    stream?.close();
    clearTimeout(again);
  };
}
