import { formatQuantity } from '../../report/format.ts';
import type { ManifestAnswer, UsedBy } from '../../report/model-serve.ts';
import { Name } from './name.tsx';
import { Link } from './navigation.tsx';

/** Who else uses a blob: the first few, as links, and how many more. */
export function UsedByWords({ usedBy }: { readonly usedBy: ManifestAnswer['usedBy'][string] | undefined }) {
  if (usedBy === undefined || usedBy.count === 0) return <span class="faint">only this repository</span>;
  const more = usedBy.count - usedBy.repositories.length;
  return (
    <ul class="app-used-by">
      {usedBy.repositories.map((user) => (
        <li key={user.repository}>
          <User user={user} />
        </li>
      ))}
      {more > 0 && <li>and {formatQuantity(more, 'other repository', 'other repositories')}</li>}
    </ul>
  );
}

function User({ user: { repository, tags, tagCount } }: { readonly user: UsedBy }) {
  const more = tagCount - tags.length;
  return (
    <>
      <Link to={{ view: 'repository', name: repository }}>
        <Name text={repository} />
      </Link>{' '}
      {tags.length === 0 ? (
        <span class="faint">(no tag)</span>
      ) : (
        <>
          (
          {tags.map((tag, at) => (
            <>
              {at > 0 && ', '}
              <Link key={tag} to={{ view: 'manifest', repository, reference: `:${tag}` }}>
                <Name text={tag} />
              </Link>
            </>
          ))}
          {more > 0 && `, ${formatQuantity(more, 'more tag', 'more tags')}`})
        </>
      )}
    </>
  );
}
