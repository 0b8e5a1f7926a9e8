import { useActivity, useServed } from './live.tsx';
import { FailureNote } from './shown.tsx';
import { useWork } from './work.ts';

/** Looks at the volume anew, beside the page: what is shown stays until the new index is there. */
export function ScanAgain() {
  const served = useServed();
  const { jobs } = useActivity();
  const { isStarting, failure, start } = useWork();
  if (served?.mayScan !== true) return null;
  const isRunning = isStarting || jobs.some(({ state }) => state === 'running');
  return (
    <>
      <button type="button" class="button" disabled={isRunning} onClick={() => start('/api/scan', {})}>
        Scan again
      </button>
      {failure !== undefined && <FailureNote failure={failure} />}
    </>
  );
}
