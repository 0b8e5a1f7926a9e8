/** Before anything goes: exactly what, in words, and the phrase that says it was read. Then how it goes, and how it ended. */
import { formatBytes, formatQuantity } from '../../report/format.ts';
import type { Effect, Selection, SweepRequest } from '../../report/model-serve.ts';
import { Dialog } from './dialog.tsx';
import { EffectFacts, Refusals } from './effect-words.tsx';
import { JobProgress } from './job-progress.tsx';
import { Link } from './navigation.tsx';
import { FailureNote } from './shown.tsx';
import { TypedConfirmation } from './typed-confirmation.tsx';
import { useWork } from './work.ts';

interface ApplyDialogProps {
  readonly selection: Selection;
  readonly effect: Effect;
  readonly onClose: (isDone: boolean) => void;
}

export function ApplyDialog({ selection, effect, onClose }: ApplyDialogProps) {
  const { job, isStarting, isBusy, failure, start } = useWork();
  const confirmation = `delete ${effect.actions}`;
  const { generation } = effect;
  const close = (): void => onClose(job?.state === 'done');
  return (
    <Dialog title="Carry out this plan" onClose={close}>
      {job === undefined ? (
        <>
          <p>
            {formatQuantity(effect.actions, 'thing')} will be deleted, which frees{' '}
            <strong>{formatBytes(effect.freed.diskBytes)}</strong> on disk once the trash is purged. Until then it can
            be restored.
          </p>
          <Scope selection={selection} />
          <EffectFacts effect={effect} />
          <Refusals refusals={effect.refusals} title="To be considered" />
          {failure !== undefined && <FailureNote failure={failure} />}
          <TypedConfirmation
            phrase={confirmation}
            action="Delete"
            isWaiting={isStarting || isBusy}
            onConfirm={() => start('/api/sweep', { selection, confirmation, generation } satisfies SweepRequest)}
            onCancel={close}
          />
        </>
      ) : (
        <>
          <JobProgress job={job} />
          {job.state === 'running' ? (
            <p class="faint">It goes on, whether this page is open or not.</p>
          ) : (
            <p>
              <Link to={{ view: 'runs' }}>Look at the runs</Link>, where it can be restored.
            </p>
          )}
          <div class="app-buttons">
            <button type="button" class="button" onClick={close}>
              Close
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

const NAMED_AT_MOST = 12;

function Scope({ selection }: { readonly selection: Selection }) {
  if (selection.kind === 'mode') {
    return <p>{selection.mode === 'untagged' ? 'All that no tag reaches.' : 'All that no revision reaches.'}</p>;
  }
  if (selection.kind === 'policy') return <p>All that the policy lets go.</p>;
  const { references } = selection;
  return (
    <>
      <p>Chosen, and what hangs on nothing else:</p>
      <ul class="app-names">
        {references.slice(0, NAMED_AT_MOST).map((reference) => (
          <li key={reference}>
            <code>{reference}</code>
          </li>
        ))}
        {references.length > NAMED_AT_MOST && <li>and {formatQuantity(references.length - NAMED_AT_MOST, 'other')}</li>}
      </ul>
    </>
  );
}
