import { useServed } from './live.tsx';
import { FailureNote } from './shown.tsx';
import { useWork } from './work.ts';

/** Looks at the volume anew, beside the page: what is shown stays until the new index is there. */
export function ScanAgain() {
  const served = useServed();
  const { isStarting, isBusy, failure, start } = useWork();
  if (served?.mayScan !== true) return null;
  return (
    <>
      <button type="button" class="button" disabled={isStarting || isBusy} onClick={() => start('/api/scan', {})}>
        Scan again
      </button>
      {failure !== undefined && <FailureNote failure={failure} />}
    </>
  );
}
