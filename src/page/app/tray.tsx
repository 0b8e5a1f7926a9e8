/** What is chosen, at the foot of every view: how much goes, live, and what can be done about it. */
import { useState } from 'preact/hooks';
import { formatQuantity } from '../../report/format.ts';
import type { Selection } from '../../report/model-serve.ts';
import { referenceOf, useChoice, type Chosen } from './choice.tsx';
import { EffectActions } from './effect-actions.tsx';
import { EffectFacts, freedLine, Refusals } from './effect-words.tsx';
import { useEffectOf, type EffectAnswer } from './effect.ts';
import { Name } from './name.tsx';
import { FailureNote } from './shown.tsx';

/** Long enough that a row of clicks is one question. */
const WAIT_MILLISECONDS = 60;

export function Tray() {
  const { chosen, clear } = useChoice();
  const [isOpen, setOpen] = useState(false);
  const references = chosen.map(referenceOf);
  const selection: Selection | undefined = references.length === 0 ? undefined : { kind: 'references', references };
  const answer = useEffectOf(selection, WAIT_MILLISECONDS);
  if (selection === undefined) return null;
  return (
    <section class="app-tray" aria-label="What is chosen">
      <div class="app-tray-head">
        <p role="status" aria-busy={answer.isAsking} class="app-tray-line">
          <strong>{countsOf(chosen)} chosen.</strong> {lineOf(answer)}
        </p>
        <div class="app-buttons">
          <button type="button" class="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Less' : 'Details'}
          </button>
          <button type="button" class="button" onClick={clear}>
            Clear
          </button>
        </div>
      </div>
      {answer.failure !== undefined && <FailureNote failure={answer.failure} />}
      {answer.effect !== undefined && (
        <EffectActions
          selection={selection}
          effect={answer.effect}
          isStale={answer.isAsking || answer.failure !== undefined}
          onApplied={() => {
            clear();
            setOpen(false);
          }}
        />
      )}
      {isOpen && <Details chosen={chosen} answer={answer} />}
    </section>
  );
}

function lineOf({ effect, failure, isAsking }: EffectAnswer): string {
  if (failure !== undefined) return '';
  if (effect === undefined) return isAsking ? 'Counting…' : '';
  if (effect.possible) {
    const considered = effect.refusals.length === 0 ? '' : ' Something speaks against it: see Details.';
    return freedLine(effect) + considered;
  }
  return `This cannot go: ${effect.refusals.join(' ')}`;
}

function countsOf(chosen: readonly Chosen[]): string {
  const count = (kind: Chosen['kind']): number => chosen.filter((one) => one.kind === kind).length;
  const parts: readonly (readonly [number, string, string])[] = [
    [count('repository'), 'repository', 'repositories'],
    [count('tag'), 'tag', 'tags'],
    [count('revision'), 'revision', 'revisions'],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => formatQuantity(number, one, many))
    .join(', ');
}

function Details({ chosen, answer }: { readonly chosen: readonly Chosen[]; readonly answer: EffectAnswer }) {
  const { set } = useChoice();
  return (
    <div class="app-tray-details" tabIndex={0} role="group" aria-label="What is chosen, and what goes">
      {answer.effect !== undefined && (
        <>
          <Refusals
            refusals={answer.effect.refusals}
            title={answer.effect.possible ? 'To be considered' : 'This cannot go'}
          />
          <EffectFacts effect={answer.effect} />
        </>
      )}
      <h2>Chosen</h2>
      <ul class="app-names">
        {chosen.map((one) => (
          <li key={referenceOf(one)}>
            <button
              type="button"
              class="button"
              aria-label={`Leave ${referenceOf(one)}`}
              onClick={() => set([one], false)}
            >
              ✕
            </button>{' '}
            <Name text={referenceOf(one)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
