import { formatCount, formatQuantity } from '../../report/format.ts';
import type { Effect } from '../../report/model-serve.ts';
import { Name } from './name.tsx';
import { Link } from './navigation.tsx';
import { Table, type Column } from './table.tsx';

type Decided = Effect['tags'][number];

const COLUMNS: readonly Column<Decided>[] = [
  {
    head: 'Tag',
    cell: ({ repository, tag }) => (
      <Link to={{ view: 'manifest', repository, reference: `:${tag}` }}>
        <Name text={`${repository}:${tag}`} />
      </Link>
    ),
  },
  { head: 'Is', cell: ({ kept }) => <span class={kept ? undefined : 'app-mark'}>{kept ? 'kept' : 'going'}</span> },
  { head: 'Because', cell: ({ reasons }) => <Name text={reasons.join('; ')} /> },
];

/** What a policy says of each tag, and why. */
export function PolicyTags({ effect: { tags, tagsKept, tagsGoing } }: { readonly effect: Effect }) {
  const all = tagsKept + tagsGoing;
  const shown = tags.length < all ? ` The first ${formatCount(tags.length)} are shown.` : '';
  return (
    <Table
      caption={`${formatQuantity(tagsGoing, 'tag')} of ${formatCount(all)} would go.${shown}`}
      columns={COLUMNS}
      rows={tags}
      keyOf={({ repository, tag }) => `${repository}:${tag}`}
      none="No tag."
    />
  );
}
