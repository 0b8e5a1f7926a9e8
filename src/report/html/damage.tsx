/** What is damaged, by class: what it means, and what to do about it. */
import { formatCount, formatQuantity } from '../format.ts';
import { classify, countBySeverity, type ProblemClass } from '../problem-classes.ts';
import { PROBLEM_MEANINGS } from '../../shared/problem-meanings.ts';
import { severitiesOf, type Problem } from '../../shared/problem.ts';
import { Section, shown } from './text.tsx';

/** Places that are named of each class; the JSON report has all. */
const PLACES_SHOWN = 20;

export function Damage({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) {
    return (
      <Section id="damage" title="Damage">
        <p class="good">None found.</p>
      </Section>
    );
  }
  return (
    <Section id="damage" title="Damage">
      <p>{countBySeverity(severitiesOf(problems))}. What a scan sees; regsweep verify looks at every blob.</p>
      {classify(problems).map((one) => (
        <Class of={one} problems={problems} />
      ))}
    </Section>
  );
}

function Class({
  of: { code, severity, count },
  problems,
}: {
  readonly of: ProblemClass;
  readonly problems: readonly Problem[];
}) {
  const { meaning, advice } = PROBLEM_MEANINGS[code];
  const places = problems.filter((problem) => problem.code === code && problem.severity === severity);
  return (
    <article class="damage">
      <h3>
        <span class={severity}>{severity}</span> {code} <span class="faint">× {formatCount(count)}</span>
      </h3>
      <p>{meaning}.</p>
      <p class="faint">What to do: {advice}.</p>
      <details>
        <summary>
          {formatQuantity(Math.min(count, PLACES_SHOWN), 'place')}
          {count > PLACES_SHOWN ? ` of ${formatCount(count)}` : ''}
        </summary>
        <ul class="places">
          {places.slice(0, PLACES_SHOWN).map(({ path, message }) => (
            <li>
              <code>{shown(path)}</code>
              <br />
              <span class="faint">{shown(message)}</span>
            </li>
          ))}
        </ul>
      </details>
    </article>
  );
}
