import { useId, useState } from 'preact/hooks';

interface TypedConfirmationProps {
  /** What must be typed. */
  readonly phrase: string;
  readonly action: string;
  /** Whether a job runs: there is one at a time. */
  readonly isWaiting: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Nothing is changed by a click alone: what is about to happen is typed first. */
export function TypedConfirmation({ phrase, action, isWaiting, onConfirm, onCancel }: TypedConfirmationProps) {
  const [typed, setTyped] = useState('');
  const [isRefused, setRefused] = useState(false);
  const fieldId = useId();
  const errorId = useId();
  const confirm = (event: Event): void => {
    event.preventDefault();
    const isRight = typed.trim() === phrase;
    setRefused(!isRight);
    if (isRight) onConfirm();
  };
  return (
    <form class="app-confirmation" onSubmit={confirm}>
      <label for={fieldId}>
        Type <code>{phrase}</code> to confirm
      </label>
      <input
        id={fieldId}
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={typed}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? errorId : undefined}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {isRefused && (
        <p id={errorId} class="error" role="alert">
          That is not <code>{phrase}</code>: nothing was done.
        </p>
      )}
      {isWaiting && <p class="faint">A job runs. This can begin once that has ended.</p>}
      <div class="app-buttons">
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button grave" disabled={isWaiting}>
          {action}
        </button>
      </div>
    </form>
  );
}
