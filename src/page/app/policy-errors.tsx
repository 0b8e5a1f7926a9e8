import type { RefObject } from 'preact';
import { Name } from './name.tsx';

interface PolicyErrorsProps {
  /** Each in a sentence; where in the text, `line:column` stands first. */
  readonly errors: readonly string[];
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

const PLACE = /^(\d+):(\d+)/;

/** What is wrong with a policy. A click goes to where. */
export function PolicyErrors({ errors, field }: PolicyErrorsProps) {
  return (
    <div class="notice grave">
      <ul>
        {errors.map((error) => (
          <li key={error}>
            <Name text={error} />{' '}
            {PLACE.test(error) && (
              <button
                type="button"
                class="button"
                aria-label={`Go to ${PLACE.exec(error)?.[0] ?? ''}`}
                onClick={() => goTo(field, error)}
              >
                Go there
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function goTo({ current: field }: RefObject<HTMLTextAreaElement | null>, error: string): void {
  const place = PLACE.exec(error);
  if (field === null || place === null) return;
  const before = field.value.split('\n').slice(0, Number(place[1]) - 1);
  const at = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
  field.focus();
  field.setSelectionRange(at, at);
}
