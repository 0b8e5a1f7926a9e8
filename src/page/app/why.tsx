/** Why something is kept: in a sentence, by which chains, and what alone keeps it. */
import { formatBytes, formatCount, formatQuantity, formatTime } from '../../report/format.ts';
import type { ChainLink, Dominator, LinkedBy, Why } from '../../report/model-why.ts';
import { useAnswer } from './answer.ts';
import { Form } from './media-type.tsx';
import { Bytes, Digest, Name } from './name.tsx';
import { Link } from './navigation.tsx';
import { Shown } from './shown.tsx';

export function WhyKept({ reference }: { readonly reference: string }) {
  const answer = useAnswer('/api/why', { reference });
  return <Shown answer={answer}>{(why) => <Answered why={why} />}</Shown>;
}

function Answered({ why }: { readonly why: Why }) {
  return (
    <>
      <p class="app-verdict">
        {markOf(why)}{' '}
        <strong>
          <Name text={sentenceOf(why.because)} />
        </strong>
      </p>
      <p class="faint">
        <Form mediaType={why.mediaType} />, <Bytes bytes={why.bytes} /> by itself
        {why.asked?.kept === false && '. The link by which it was asked for would go'}
        {why.asked?.because != null && `. The policy says: ${why.asked.because}`}
      </p>
      <Dominators dominators={why.dominators} />
      <Chains why={why} />
      {why.chains.length === 0 && <Linked links={why.lastLinkedBy} count={why.linkCount} />}
    </>
  );
}

/** Nothing keeps what is held, though a sweep leaves it. */
function markOf({ kept, held }: Why) {
  if (held !== null) return <span class="app-mark">held: {held}</span>;
  return kept ? null : <span class="app-mark">would go</span>;
}

function sentenceOf(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

function Dominators({ dominators }: { readonly dominators: readonly Dominator[] }) {
  if (dominators.length === 0) return null;
  return (
    <ul class="app-plain">
      {dominators.map((dominator, at) => (
        <li key={at}>
          Only <LinkWords link={dominator} /> keeps it: removing that frees{' '}
          <strong>{formatBytes(dominator.exclusiveBytes)}</strong>.
        </li>
      ))}
    </ul>
  );
}

function Chains({ why: { chains, chainCount } }: { readonly why: Why }) {
  if (chains.length === 0) return null;
  return (
    <>
      <p>{chainsLine(chains.length, chainCount)}</p>
      <ol class="app-chains">
        {chains.map((chain, at) => (
          <li key={at}>
            {chain.map((link, step) => (
              <>
                {step > 0 && <span aria-hidden="true"> → </span>}
                <span key={step} class="app-link">
                  <LinkWords link={link} />
                </span>
              </>
            ))}
          </li>
        ))}
      </ol>
    </>
  );
}

function chainsLine(shown: number, all: number): string {
  if (all > shown) return `The first ${formatCount(shown)} of ${formatCount(all)} shortest chains that keep it:`;
  return shown === 1 ? 'The chain that keeps it:' : `The ${formatCount(shown)} shortest chains that keep it:`;
}

function LinkWords({ link }: { readonly link: ChainLink | Dominator }) {
  const { kind, repository, tag, digest } = link;
  const platform = 'platform' in link ? link.platform : undefined;
  if (repository !== undefined && tag !== undefined) {
    return (
      <>
        {kind.replaceAll('-', ' ')}{' '}
        <Link to={{ view: 'manifest', repository, reference: `:${tag}` }}>
          <Name text={`${repository}:${tag}`} />
        </Link>
      </>
    );
  }
  return (
    <>
      {kind.replaceAll('-', ' ')}{' '}
      {repository !== undefined && (
        <Link to={digest === undefined ? { view: 'repository', name: repository } : manifestOf(repository, digest)}>
          <Name text={repository} />
        </Link>
      )}
      {repository !== undefined && digest !== undefined && ' '}
      {digest !== undefined && <Digest digest={digest} />}
      {platform !== undefined && (
        <>
          {' '}
          platform <Name text={platform} />
        </>
      )}
    </>
  );
}

function manifestOf(repository: string, digest: string) {
  return { view: 'manifest', repository, reference: `@${digest}` } as const;
}

function Linked({ links, count }: { readonly links: readonly LinkedBy[]; readonly count: number }) {
  if (links.length === 0) return <p>No link to it stands anywhere.</p>;
  return (
    <>
      <p>{formatQuantity(count, 'link')} to it, the newest first:</p>
      <ul class="app-plain">
        {links.map(({ kind, repository, tag, linkedAt }, at) => (
          <li key={at}>
            {kind.replaceAll('-', ' ')} in{' '}
            <Link to={{ view: 'repository', name: repository }}>
              <Name text={repository} />
            </Link>
            {tag !== undefined && (
              <>
                {' '}
                (tag <Name text={tag} />)
              </>
            )}
            {linkedAt !== null && `, ${formatTime(linkedAt)}`}
          </li>
        ))}
      </ul>
    </>
  );
}
