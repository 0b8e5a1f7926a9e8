/** A policy, edited with its effect beside it; and what a sweep would free without one. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Effect, Selection } from '../../report/model-serve.ts';
import { EffectActions } from './effect-actions.tsx';
import { EffectFacts, freedLine, Refusals } from './effect-words.tsx';
import { useEffectOf, type EffectAnswer } from './effect.ts';
import { PolicyErrors } from './policy-errors.tsx';
import { PolicyTags } from './policy-tags.tsx';
import { saveFile } from './save.ts';
import { FailureNote } from './shown.tsx';

const KEPT_AS = 'regsweep.policy';
const TYPING_MILLISECONDS = 250;

const EXAMPLE = `# A repository obeys the first policy that matches it;
# one that none matches keeps everything.
policies:
  - name: all
    repositories: ['**']
    keepTags:
      - patterns: ['v\\d+\\..*', '\\d+\\..*'] # versions stay
      - mostRecentlyPushedCount: 10 # and the newest ten
      - pushedWithin: 90d
    keepUntagged: { pushedWithin: 7d }
`;

export function PolicyView() {
  const [text, setText] = useState(() => sessionStorage.getItem(KEPT_AS) ?? EXAMPLE);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => sessionStorage.setItem(KEPT_AS, text), [text]);
  const selection: Selection = { kind: 'policy', text };
  const answer = useEffectOf(text.trim() === '' ? undefined : selection, TYPING_MILLISECONDS);
  return (
    <>
      <div class="app-beside">
        <Editor text={text} field={field} isWrong={answer.effect?.possible === false} onText={setText} />
        <Consequence selection={selection} answer={answer} field={field} />
      </div>
      {answer.effect?.possible === true && <PolicyTags effect={answer.effect} />}
      <h2>Without a policy</h2>
      <div class="app-beside">
        <Mode
          mode="revisions"
          title="What no revision reaches"
          about="Plain sweep: every revision stays, tagged or not."
        />
        <Mode
          mode="untagged"
          title="What no tag reaches"
          about="With --untagged: revisions that no tag reaches go, too."
        />
      </div>
    </>
  );
}

interface EditorProps {
  readonly text: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly isWrong: boolean;
  readonly onText: (text: string) => void;
}

function Editor({ text, field, isWrong, onText }: EditorProps) {
  return (
    <div>
      <h2>The policy</h2>
      <p>
        <label for="policy">Which tags stay, in YAML, as a policy file has it</label>
      </p>
      <textarea
        id="policy"
        ref={field}
        class="app-policy"
        rows={18}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        value={text}
        aria-invalid={isWrong}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <div class="app-buttons">
        <button
          type="button"
          class="button"
          onClick={() => saveFile('policy.yml', new Blob([text], { type: 'text/yaml' }))}
        >
          Download policy.yml
        </button>
        <button type="button" class="button" onClick={() => onText(EXAMPLE)}>
          Begin with the example
        </button>
      </div>
    </div>
  );
}

interface ConsequenceProps {
  readonly selection: Selection;
  readonly answer: EffectAnswer;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

function Consequence({ selection, answer: { effect, failure, isAsking }, field }: ConsequenceProps) {
  return (
    <div aria-busy={isAsking}>
      <h2>What it does</h2>
      <p role="status">{effect === undefined ? (isAsking ? 'Counting…' : '') : statusOf(effect)}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      {effect?.possible === false && <PolicyErrors errors={effect.refusals} field={field} />}
      {effect?.possible === true && (
        <>
          <Refusals refusals={effect.refusals} title="To be considered" />
          <EffectFacts effect={effect} />
          <EffectActions selection={selection} effect={effect} isStale={isAsking || failure !== undefined} />
        </>
      )}
    </div>
  );
}

function statusOf(effect: Effect): string {
  return effect.possible ? freedLine(effect) : 'This policy cannot be read, or nothing can be planned by it.';
}

interface ModeProps {
  readonly mode: 'revisions' | 'untagged';
  readonly title: string;
  readonly about: string;
}

function Mode({ mode, title, about }: ModeProps) {
  const selection: Selection = { kind: 'mode', mode };
  const { effect, failure, isAsking } = useEffectOf(selection, 0);
  return (
    <section class="app-card" aria-busy={isAsking}>
      <h3>{title}</h3>
      <p>{about}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      {effect === undefined ? (
        <p class="app-waiting">{isAsking ? 'Counting…' : ''}</p>
      ) : (
        <>
          <Refusals refusals={effect.refusals} title={effect.possible ? 'To be considered' : 'This cannot go'} />
          <EffectFacts effect={effect} />
          <EffectActions selection={selection} effect={effect} isStale={isAsking || failure !== undefined} />
        </>
      )}
    </section>
  );
}
