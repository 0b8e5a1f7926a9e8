/** Why something stays or goes, in a sentence. Names are as they are: whoever prints it escapes it. */
import type { ChainLink, Why } from '../report/model-why.ts';
import { shortDigest } from '../shared/short-digest.ts';

export interface Facts extends Pick<Why, 'mode' | 'present' | 'held' | 'youngUntil' | 'newestAt' | 'goesUntagged'> {
  readonly chains: readonly (readonly ChainLink[])[];
  readonly chainCount: number;
  readonly last: Why['lastLinkedBy'][number] | undefined;
  /** Whether the repository of the first chain is held because of damage, and not just that link. */
  readonly isRepositoryDamaged: boolean;
}

const SWEEP = { revisions: 'sweep', untagged: 'sweep --untagged', policy: 'sweep by this policy' } as const;
const LINK_WORDS = { 'tag-index-entry': 'history of tag', 'layer-link': 'layer link' } as const;

/** `tag team/app:1.4, through index sha256:9f0a… platform linux/arm64`: all but what was asked for. */
function chainWords(chain: readonly ChainLink[]): string {
  const steps = chain.filter(({ kind }) => kind !== 'repository').map(stepWords);
  const [first = '', ...between] = steps.length === 1 ? steps : steps.slice(0, -1);
  return between.length === 0 ? first : `${first}, through ${between.join(', ')}`;
}

/** A step by itself. */
function stepWords({ kind, repository, tag, digest, platform }: ChainLink): string {
  const short = digest === undefined ? '' : shortDigest(digest);
  switch (kind) {
    case 'repository':
      return `repository ${repository ?? ''}`;
    case 'tag':
      return `tag ${repository ?? ''}:${tag ?? ''}`;
    case 'revision':
      return `revision ${repository ?? ''}@${short}`;
    case 'tag-index-entry':
      return `the ${LINK_WORDS[kind]} ${repository ?? ''}:${tag ?? ''}`;
    case 'layer-link':
      return `the ${LINK_WORDS[kind]} of ${repository ?? ''}`;
    case 'index':
    case 'manifest':
    case 'config':
    case 'layer':
    case 'blob':
    case 'referrer':
      return `${kind} ${short}${platform === undefined ? '' : ` platform ${platform}`}`;
  }
}

export function because(facts: Facts): string {
  const first = facts.chains[0];
  if (!facts.present) {
    const named = first === undefined ? 'nothing that stays needs it' : `${chainWords(first)} needs it`;
    return `it is not on the volume; ${named}`;
  }
  if (facts.held !== null) return heldBecause(facts, facts.held, first);
  if (first !== undefined) return keptBecause(facts, first);
  return `nothing keeps it: it goes with the next ${SWEEP[facts.mode]}${since(facts)}`;
}

function keptBecause({ chainCount, goesUntagged }: Facts, first: readonly ChainLink[]): string {
  const more = chainCount - 1;
  const others = more === 0 ? '' : `, and in ${more} more ${more === 1 ? 'way' : 'ways'} as short`;
  const untagged = goesUntagged === true ? '; no tag needs it: it goes with sweep --untagged' : '';
  return `kept by ${chainWords(first)}${others}${untagged}`;
}

function heldBecause(facts: Facts, held: NonNullable<Why['held']>, first: readonly ChainLink[] | undefined): string {
  const repository = first?.[0]?.repository;
  switch (held) {
    case 'excluded':
      return `nothing that counts needs it, but repository ${repository ?? ''} lies outside --repo and loses nothing: ${wordsOf(first)} names it`;
    case 'damaged':
      if (repository === undefined) return 'it lies where nothing is ever deleted, or something that does needs it';
      return facts.isRepositoryDamaged
        ? `nothing that counts needs it, but repository ${repository} is damaged and loses nothing: ${wordsOf(first)} names it; regsweep verify ROOT tells the damage`
        : `nothing that counts needs it, but ${wordsOf(first)} names it and is never deleted: a symbolic link, or a name that is none`;
    case 'young':
      return first === undefined
        ? `nothing needs it, but it is too young to go until ${facts.youngUntil ?? 'later'}${since(facts)}`
        : `nothing needs it but ${wordsOf(first)}, which is too young to go`;
  }
}

function wordsOf(chain: readonly ChainLink[] | undefined): string {
  return chain === undefined ? 'it' : chainWords(chain);
}

/** Since when, as far as times tell, and who linked it last. */
function since({ newestAt, last }: Facts): string {
  const time = newestAt === null ? '' : `; nothing has touched it since ${newestAt}`;
  if (last === undefined) return `${time}; no repository links it`;
  const words = { tag: 'tag', revision: 'revision', ...LINK_WORDS }[last.kind];
  const name = last.tag === undefined ? `of ${last.repository}` : `${last.repository}:${last.tag}`;
  return `${time}; linked last by ${words} ${name}${last.linkedAt === null ? '' : ` at ${last.linkedAt}`}`;
}
