import type { RestoreRequest } from '../../report/model-serve.ts';
import { Dialog } from './dialog.tsx';
import { JobProgress } from './job-progress.tsx';
import { FailureNote } from './shown.tsx';
import { TypedConfirmation } from './typed-confirmation.tsx';
import { useWork } from './work.ts';

/** Puts a run back, once the operator has typed which. */
export function RestoreDialog({ run, onClose }: { readonly run: string; readonly onClose: () => void }) {
  const { job, isStarting, isBusy, failure, start } = useWork();
  const confirmation = `restore ${run}`;
  return (
    <Dialog title="Restore a run" onClose={onClose}>
      {job === undefined ? (
        <>
          <p>
            All that run <code>{run}</code> took goes back to its place. What was pushed since stays as it is.
          </p>
          {failure !== undefined && <FailureNote failure={failure} />}
          <TypedConfirmation
            phrase={confirmation}
            action="Restore"
            isWaiting={isStarting || isBusy}
            onConfirm={() => start('/api/restore', { run, confirmation } satisfies RestoreRequest)}
            onCancel={onClose}
          />
        </>
      ) : (
        <>
          <JobProgress job={job} />
          <div class="app-buttons">
            <button type="button" class="button" onClick={onClose}>
              Close
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
