/** A manifest: what it is, what it is made of, who else uses that, and why it is still here. */
import { formatCount } from '../../report/format.ts';
import type { ReferenceRow } from '../../report/model.ts';
import type { ManifestAnswer } from '../../report/model-serve.ts';
import { useAnswer } from './answer.ts';
import { canBeChosen, useChoice, type Chosen } from './choice.tsx';
import { Config } from './config.tsx';
import { Form } from './media-type.tsx';
import { Bytes, Digest, Name } from './name.tsx';
import { Link } from './navigation.tsx';
import { Shown } from './shown.tsx';
import { Table, type Column } from './table.tsx';
import { UsedByWords } from './used-by.tsx';
import { WhyKept } from './why.tsx';

interface ManifestViewProps {
  readonly repository: string;
  /** `:tag` or `@digest`. */
  readonly reference: string;
}

export function ManifestView({ repository, reference }: ManifestViewProps) {
  const answer = useAnswer('/api/manifest', { repository, reference });
  return (
    <>
      <p>
        In repository{' '}
        <Link to={{ view: 'repository', name: repository }}>
          <Name text={repository} />
        </Link>
      </p>
      <Shown answer={answer}>
        {(manifest) => (
          <>
            <Facts manifest={manifest} />
            <ChooseManifest repository={repository} reference={reference} digest={manifest.listing.digest} />
            <h2>Why is it here?</h2>
            <WhyKept reference={`${repository}@${manifest.listing.digest}`} />
            <Children manifest={manifest} />
            <Parts manifest={manifest} />
            {manifest.config !== null && <Config config={manifest.config} />}
          </>
        )}
      </Shown>
    </>
  );
}

function Facts({ manifest: { listing } }: { readonly manifest: ManifestAnswer }) {
  return (
    <dl class="app-facts">
      <dt>Digest</dt>
      <dd>
        <code class="app-whole">{listing.digest}</code>
      </dd>
      <dt>Media type</dt>
      <dd>
        <Name text={listing.mediaType ?? 'not known'} />
      </dd>
      {listing.artifactType !== null && (
        <>
          <dt>Artifact type</dt>
          <dd>
            <Name text={listing.artifactType} />
          </dd>
        </>
      )}
      <dt>Tags here</dt>
      <dd>{listing.tags.length === 0 ? 'none' : <Name text={listing.tags.join(', ')} />}</dd>
      <dt>Size, with all it needs</dt>
      <dd>
        <Bytes bytes={listing.bytes} /> (<Bytes bytes={listing.exclusiveBytes} /> exclusive,{' '}
        <Bytes bytes={listing.sharedBytes} /> shared)
      </dd>
    </dl>
  );
}

interface ChooseManifestProps extends ManifestViewProps {
  readonly digest: string;
}

function ChooseManifest({ repository, reference, digest }: ChooseManifestProps) {
  const { has, isCovered, set } = useChoice();
  const chosen: Chosen = reference.startsWith(':')
    ? { kind: 'tag', repository, tag: reference.slice(1) }
    : { kind: 'revision', repository, digest };
  if (!canBeChosen(chosen)) return null;
  const covered = isCovered(chosen);
  return (
    <p>
      <label>
        <input
          type="checkbox"
          checked={covered || has(chosen)}
          disabled={covered}
          onChange={(event) => set([chosen], event.currentTarget.checked)}
        />{' '}
        Choose this {chosen.kind}
        {covered && ' (goes with its repository)'}
      </label>
    </p>
  );
}

function Children({ manifest: { listing } }: { readonly manifest: ManifestAnswer }) {
  const children = listing.references.filter(({ kind }) => kind === 'child' || kind === 'subject');
  if (children.length === 0) return null;
  const { repository } = listing;
  const columns: readonly Column<ReferenceRow>[] = [
    {
      head: 'Manifest',
      cell: ({ digest, present }) =>
        present ? (
          <Link to={{ view: 'manifest', repository, reference: `@${digest}` }}>
            <Digest digest={digest} />
          </Link>
        ) : (
          <>
            <Digest digest={digest} /> <span class="app-mark">not here</span>
          </>
        ),
    },
    { head: 'Platform', cell: ({ platform, kind }) => (kind === 'subject' ? 'subject of this' : (platform ?? '–')) },
    { head: 'Form', cell: ({ mediaType }) => <Form mediaType={mediaType} /> },
    ...SIZES,
  ];
  return (
    <>
      <h2>Platforms</h2>
      <Table
        caption="Manifests that this one names."
        columns={columns}
        rows={children}
        keyOf={({ digest, platform }) => `${platform ?? ''} ${digest}`}
      />
    </>
  );
}

const SIZES: readonly Column<ReferenceRow>[] = [
  { head: 'Size', isNumber: true, cell: ({ bytes }) => <Bytes bytes={bytes} /> },
  { head: 'Exclusive', isNumber: true, cell: ({ exclusiveBytes: bytes }) => <Bytes bytes={bytes} /> },
];

function Parts({ manifest: { listing, usedBy } }: { readonly manifest: ManifestAnswer }) {
  const parts = listing.references.filter(({ kind }) => kind !== 'child' && kind !== 'subject');
  if (parts.length === 0) return null;
  const columns: readonly Column<ReferenceRow>[] = [
    {
      head: 'Blob',
      cell: ({ digest, present }) => (
        <>
          <Link to={{ view: 'why', reference: digest }}>
            <Digest digest={digest} />
          </Link>
          {!present && <span class="app-mark">not here</span>}
        </>
      ),
    },
    { head: 'Is', cell: ({ kind }) => kind },
    ...SIZES,
    { head: 'Form', cell: ({ mediaType }) => <Form mediaType={mediaType} /> },
    {
      head: 'Who else uses it',
      cell: ({ digest }) => <UsedByWords usedBy={Object.hasOwn(usedBy, digest) ? usedBy[digest] : undefined} />,
    },
  ];
  return (
    <>
      <h2>Config and layers</h2>
      <Table
        caption={`${formatCount(parts.length)} blobs that this manifest names.`}
        columns={columns}
        rows={parts.map((part, at) => ({ ...part, at }))}
        keyOf={({ digest, at }: ReferenceRow & { readonly at: number }) => `${at} ${digest}`}
      />
    </>
  );
}
