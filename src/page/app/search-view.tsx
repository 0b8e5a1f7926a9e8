/** What a search found, as links. */
import type { ComponentChildren } from 'preact';
import { formatQuantity } from '../../report/format.ts';
import type { SearchAnswer } from '../../report/model-serve.ts';
import { useAnswer } from './answer.ts';
import { Bytes, Name } from './name.tsx';
import { Link } from './navigation.tsx';
import { Shown } from './shown.tsx';

export function SearchView({ query }: { readonly query: string }) {
  if (query === '') return <p>Type a name, a tag or the beginning of a digest above.</p>;
  return <Results query={query} />;
}

function Results({ query }: { readonly query: string }) {
  const answer = useAnswer('/api/search', { q: query });
  return <Shown answer={answer}>{(found) => <Found found={found} />}</Shown>;
}

function Found({ found: { repositories, tags, digests, more } }: { readonly found: SearchAnswer }) {
  const count = repositories.length + tags.length + digests.length;
  return (
    <>
      <p role="status">
        {count === 0
          ? 'Nothing has that in its name.'
          : `${formatQuantity(count, 'result')}${more ? ', and more' : ''}.`}
      </p>
      <Group title="Repositories" count={repositories.length}>
        {repositories.map((name) => (
          <li key={name}>
            <Link to={{ view: 'repository', name }}>
              <Name text={name} />
            </Link>
          </li>
        ))}
      </Group>
      <Group title="Tags" count={tags.length}>
        {tags.map(({ repository, tag }) => (
          <li key={`${repository}:${tag}`}>
            <Link to={{ view: 'manifest', repository, reference: `:${tag}` }}>
              <Name text={`${repository}:${tag}`} />
            </Link>
          </li>
        ))}
      </Group>
      <Group title="Digests" count={digests.length}>
        {digests.map(({ digest, kind, bytes }) => (
          <li key={digest}>
            <Link to={{ view: 'why', reference: digest }}>
              <code class="app-whole">{digest}</code>
            </Link>{' '}
            {kind}, <Bytes bytes={bytes} />
          </li>
        ))}
      </Group>
    </>
  );
}

interface GroupProps {
  readonly title: string;
  readonly count: number;
  readonly children: ComponentChildren;
}

function Group({ title, count, children }: GroupProps) {
  if (count === 0) return null;
  return (
    <>
      <h2>{title}</h2>
      <ul class="app-names">{children}</ul>
    </>
  );
}
