/** A repository: its tags, and its revisions, those that no tag names among them. */
import { useMemo, useState } from 'preact/hooks';
import { formatCount, formatQuantity } from '../../report/format.ts';
import type { RevisionRow, TagRow } from '../../report/model.ts';
import { useAnswer } from './answer.ts';
import { canBeChosen, useChoice } from './choice.tsx';
import { Form } from './media-type.tsx';
import { Bytes, Day, Digest, Name } from './name.tsx';
import { Link } from './navigation.tsx';
import { Pager } from './pager.tsx';
import { Shown } from './shown.tsx';
import { usePaged, useSorted } from './sorted.ts';
import { Table, type Column } from './table.tsx';

const PER_PAGE = 100;

export function RepositoryView({ name }: { readonly name: string }) {
  const answer = useAnswer('/api/repository', { name });
  return (
    <>
      <WholeRepository name={name} />
      <Shown answer={answer}>
        {({ tags, revisions }) => (
          <>
            <h2>Tags</h2>
            <Tags repository={name} tags={tags} />
            <h2>Revisions</h2>
            <Revisions repository={name} revisions={revisions} />
          </>
        )}
      </Shown>
    </>
  );
}

function WholeRepository({ name }: { readonly name: string }) {
  const { has, set } = useChoice();
  const whole = { kind: 'repository', repository: name } as const;
  if (!canBeChosen(whole)) return <p class="faint">Nothing is ever deleted under a name that the registry refuses.</p>;
  return (
    <p>
      <label>
        <input type="checkbox" checked={has(whole)} onChange={(event) => set([whole], event.currentTarget.checked)} />{' '}
        Choose the whole repository
      </label>
    </p>
  );
}

function Tags({ repository, tags }: { readonly repository: string; readonly tags: readonly TagRow[] }) {
  const [text, setText] = useState('');
  const found = useMemo(() => tags.filter(({ tag }) => tag.includes(text)), [tags, text]);
  const { rows, ...sorted } = useSorted(found, { by: 'pushed', descending: true }, TAG_VALUES);
  const { rows: shown, page, onPage } = usePaged(rows, PER_PAGE);
  return (
    <>
      {tags.length > PER_PAGE && (
        <p class="controls">
          <label for="tags-filter">Show tags that hold</label>
          <input id="tags-filter" type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </p>
      )}
      <Table
        caption={`${formatQuantity(tags.length, 'tag')}. Exclusive bytes are those that no other tag reaches.`}
        columns={tagColumns(repository)}
        rows={shown}
        keyOf={({ tag }) => tag}
        chosenOf={({ tag }) => ({ kind: 'tag', repository, tag })}
        none={tags.length === 0 ? 'No tag.' : 'No tag holds that.'}
        {...sorted}
      />
      <Pager of="tags" page={page} perPage={PER_PAGE} total={rows.length} onPage={onPage} />
    </>
  );
}

const TAG_VALUES = {
  tag: ({ tag }: TagRow) => tag,
  pushed: ({ pushedAt }: TagRow) => pushedAt,
  size: ({ bytes }: TagRow) => bytes,
  exclusive: ({ exclusiveBytes }: TagRow) => exclusiveBytes,
  shared: ({ sharedBytes }: TagRow) => sharedBytes,
};

const SIZES: readonly Column<TagRow | RevisionRow>[] = [
  { head: 'Size', sort: 'size', isNumber: true, cell: ({ bytes }) => <Bytes bytes={bytes} /> },
  {
    head: 'Exclusive',
    sort: 'exclusive',
    isNumber: true,
    cell: ({ exclusiveBytes: bytes }) => <Bytes bytes={bytes} />,
  },
  { head: 'Shared', sort: 'shared', isNumber: true, cell: ({ sharedBytes: bytes }) => <Bytes bytes={bytes} /> },
];

function tagColumns(repository: string): readonly Column<TagRow>[] {
  return [
    {
      head: 'Tag',
      sort: 'tag',
      cell: ({ tag, digest }) =>
        digest === null ? (
          <>
            <Name text={tag} /> (names nothing)
          </>
        ) : (
          <Link to={{ view: 'manifest', repository, reference: `:${tag}` }}>
            <Name text={tag} />
          </Link>
        ),
    },
    { head: 'Pushed', sort: 'pushed', isNumber: true, cell: ({ pushedAt }) => <Day iso={pushedAt} /> },
    ...SIZES,
    { head: 'Names', cell: ({ digest }) => (digest === null ? '–' : <Digest digest={digest} />) },
    { head: 'Form', cell: ({ mediaType }) => <Form mediaType={mediaType} /> },
  ];
}

function Revisions({
  repository,
  revisions,
}: {
  readonly repository: string;
  readonly revisions: readonly RevisionRow[];
}) {
  const { rows, ...sorted } = useSorted(revisions, { by: 'pushed', descending: true }, REVISION_VALUES);
  const { rows: shown, page, onPage } = usePaged(rows, PER_PAGE);
  const untagged = revisions.filter((revision) => revision.untagged).length;
  return (
    <>
      <Table
        caption={`${formatQuantity(revisions.length, 'revision')}. ${untaggedWords(untagged)} Exclusive bytes are those that no other revision reaches.`}
        columns={revisionColumns(repository)}
        rows={shown}
        keyOf={({ digest }) => digest}
        chosenOf={({ digest }) => ({ kind: 'revision', repository, digest })}
        none="No revision."
        {...sorted}
      />
      <Pager of="revisions" page={page} perPage={PER_PAGE} total={rows.length} onPage={onPage} />
    </>
  );
}

function untaggedWords(count: number): string {
  if (count === 0) return 'A tag names or reaches each.';
  return `${formatCount(count)} untagged: no tag names or reaches ${count === 1 ? 'it' : 'them'}.`;
}

const REVISION_VALUES = {
  digest: ({ digest }: RevisionRow) => digest,
  tags: (revision: RevisionRow) => tagWords(revision),
  pushed: ({ pushedAt }: RevisionRow) => pushedAt,
  size: ({ bytes }: RevisionRow) => bytes,
  exclusive: ({ exclusiveBytes }: RevisionRow) => exclusiveBytes,
  shared: ({ sharedBytes }: RevisionRow) => sharedBytes,
};

function tagWords({ tags, untagged }: RevisionRow): string {
  if (untagged) return 'untagged';
  return tags.length === 0 ? 'through another manifest' : tags.join(', ');
}

function revisionColumns(repository: string): readonly Column<RevisionRow>[] {
  return [
    {
      head: 'Revision',
      sort: 'digest',
      cell: ({ digest }) => (
        <Link to={{ view: 'manifest', repository, reference: `@${digest}` }}>
          <Digest digest={digest} />
        </Link>
      ),
    },
    {
      head: 'Tags',
      sort: 'tags',
      cell: (revision) =>
        revision.untagged ? <span class="app-mark">untagged</span> : <Name text={tagWords(revision)} />,
    },
    { head: 'Pushed', sort: 'pushed', isNumber: true, cell: ({ pushedAt }) => <Day iso={pushedAt} /> },
    ...SIZES,
    { head: 'Form', cell: ({ mediaType }) => <Form mediaType={mediaType} /> },
  ];
}
