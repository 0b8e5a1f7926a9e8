/** What is wrong on the volume, kind by kind: what it means, what to do, and where. */
import { useState } from 'preact/hooks';
import { formatCount, formatQuantity } from '../../report/format.ts';
import { PROBLEM_MEANINGS } from '../../shared/problem-meanings.ts';
import type { Problem } from '../../shared/problem.ts';
import { useAnswer } from './answer.ts';
import { Name } from './name.tsx';
import { Link } from './navigation.tsx';
import { Pager } from './pager.tsx';
import { Shown } from './shown.tsx';

const PER_PAGE = 200;
const SHOWN_AT_FIRST = 20;

export function DamageView() {
  const [page, setPage] = useState(0);
  const answer = useAnswer(
    '/api/problems',
    { offset: String(page * PER_PAGE), limit: String(PER_PAGE) },
    { keep: true },
  );
  return (
    <Shown answer={answer}>
      {({ rows, total }) => (
        <>
          <Kinds problems={rows} total={total} />
          <Pager of="findings" page={page} perPage={PER_PAGE} total={total} onPage={setPage} />
        </>
      )}
    </Shown>
  );
}

function Kinds({ problems, total }: { readonly problems: readonly Problem[]; readonly total: number }) {
  if (total === 0) return <p>No damage was found.</p>;
  const errorsFirst = kindsOf(problems).toSorted(
    (a, b) => Number(b[0]?.severity === 'error') - Number(a[0]?.severity === 'error') || b.length - a.length,
  );
  return (
    <>
      <p>
        {formatQuantity(total, 'thing')} found wrong. An error means that an image cannot be pulled, or that what is
        kept is in doubt.
      </p>
      {errorsFirst.map((kind) => (
        <Kind key={`${kind[0]?.severity ?? ''} ${kind[0]?.code ?? ''}`} problems={kind} />
      ))}
    </>
  );
}

function kindsOf(problems: readonly Problem[]): readonly (readonly Problem[])[] {
  const kinds = new Map<string, Problem[]>();
  for (const problem of problems) {
    const kind = `${problem.severity} ${problem.code}`;
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, [problem]);
    else known.push(problem);
  }
  return [...kinds.values()];
}

function Kind({ problems }: { readonly problems: readonly Problem[] }) {
  const [isWhole, setWhole] = useState(false);
  const [first] = problems;
  if (first === undefined) return null;
  const { meaning, advice } = PROBLEM_MEANINGS[first.code];
  const shown = isWhole ? problems : problems.slice(0, SHOWN_AT_FIRST);
  return (
    <section class="app-damage">
      <h2>
        <span class={`app-severity app-severity-${first.severity}`}>{first.severity}</span> {first.code}
      </h2>
      <p>What it means: {meaning}.</p>
      <p>What to do: {advice}.</p>
      <ul class="app-names">
        {shown.map((problem, at) => (
          <li key={at}>
            <Where problem={problem} />
          </li>
        ))}
      </ul>
      {shown.length < problems.length && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          Show all {formatCount(problems.length)}
        </button>
      )}
    </section>
  );
}

function Where({ problem: { path, repository, tag, message } }: { readonly problem: Problem }) {
  return (
    <>
      {repository !== undefined && (
        <>
          <Link to={{ view: 'repository', name: repository }}>
            <Name text={tag === undefined ? repository : `${repository}:${tag}`} />
          </Link>
          {': '}
        </>
      )}
      <Name text={message} />
      <code class="app-whole app-path">
        <Name text={path} />
      </code>
    </>
  );
}
