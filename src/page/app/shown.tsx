/** An answer on the page: what it says, that it is on its way, or why there is none. Never nothing. */
import type { ComponentChildren } from 'preact';
import type { Answer } from './answer.ts';
import type { Failure } from './api.ts';

export function Shown<T>({
  answer,
  children,
}: {
  readonly answer: Answer<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  const { value, failure, isAsking } = answer;
  if (failure !== undefined) return <FailureNote failure={failure} />;
  if (value === undefined) return <p class="app-waiting">Asking…</p>;
  return (
    <div class="app-answer" aria-busy={isAsking}>
      {children(value)}
    </div>
  );
}

export function FailureNote({ failure }: { readonly failure: Failure }) {
  return (
    <div class="notice grave" role="alert">
      <p>
        <strong>That did not work:</strong> {failure.message}
      </p>
      {failure.hint !== null && <p>{failure.hint}</p>}
    </div>
  );
}
