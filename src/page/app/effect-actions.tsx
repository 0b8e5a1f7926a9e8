/** What can be done with a choice: take its plan along, copy its command, or carry it out from here. */
import { useState } from 'preact/hooks';
import type { Effect, Selection } from '../../report/model-serve.ts';
import { failureOf, post, type Failure } from './api.ts';
import { ApplyDialog } from './apply-dialog.tsx';
import { CopyCommand } from './copy-command.tsx';
import { useServed } from './live.tsx';
import { saveFile } from './save.ts';
import { FailureNote } from './shown.tsx';

interface EffectActionsProps {
  readonly selection: Selection;
  readonly effect: Effect;
  /** Whether `effect` is of an earlier choice. */
  readonly isStale: boolean;
  readonly onApplied?: () => void;
}

export function EffectActions({ selection, effect, isStale, onApplied }: EffectActionsProps) {
  const [failure, setFailure] = useState<Failure>();
  const [isApplying, setApplying] = useState(false);
  const isEmpty = !effect.possible || effect.actions === 0;
  const download = (): void => {
    savePlan(selection).then(
      () => setFailure(undefined),
      (error: unknown) => setFailure(failureOf(error)),
    );
  };
  return (
    <div class="app-actions">
      <div class="app-buttons">
        <button type="button" class="button" disabled={isEmpty || isStale} onClick={download}>
          Download plan
        </button>
        <CopyCommand command={effect.command} />
        <ApplyButton isPossible={!isEmpty && !isStale} onApply={() => setApplying(true)} />
      </div>
      <ApplyRefusal />
      {failure !== undefined && <FailureNote failure={failure} />}
      {isApplying && (
        <ApplyDialog
          selection={selection}
          effect={effect}
          onClose={(isDone) => {
            setApplying(false);
            if (isDone) onApplied?.();
          }}
        />
      )}
    </div>
  );
}

function ApplyButton({ isPossible, onApply }: { readonly isPossible: boolean; readonly onApply: () => void }) {
  if (useServed()?.maySweep !== true) return null;
  return (
    <button type="button" class="button grave" disabled={!isPossible} onClick={onApply}>
      Apply…
    </button>
  );
}

function ApplyRefusal() {
  const served = useServed();
  if (served === undefined || served.maySweep) return null;
  return (
    <p class="faint">This page may not carry it out{served.sweepRefusal === null ? '.' : `: ${served.sweepRefusal}`}</p>
  );
}

async function savePlan(selection: Selection): Promise<void> {
  const response = await post('/api/plan', selection);
  saveFile('plan.ndjson', await response.blob());
}
