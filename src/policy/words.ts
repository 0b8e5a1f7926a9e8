/** The words of a policy file that are understood, though they are not ours, or refused, though others know them. */

/** The words of restic, and the ones of zot that they mean. Both at once are refused. */
export const SYNONYMS = { keepLast: 'mostRecentlyPushedCount', keepWithin: 'pushedWithin' } as const;

const PULLS = 'the disk does not know pulls: a registry writes nothing when it is read from';

/** Words of others that cannot be taken over, with the reason and what to write instead. */
const REFUSED: Readonly<Record<string, { readonly why: string; readonly hint: string }>> = {
  pulledWithin: { why: PULLS, hint: 'pushedWithin, or --keep-digests with what is running' },
  mostRecentlyPulledCount: { why: PULLS, hint: 'mostRecentlyPushedCount, or --keep-digests with what is running' },
  deleteUntagged: { why: 'rules here only ever keep', hint: 'keepUntagged: true, or false' },
  dryRun: { why: 'every sweep is a dry run until --apply', hint: 'leave it out' },
  excludeTags: { why: 'patterns exclude by themselves', hint: "patterns: ['!PATTERN']" },
  untagged: { why: 'no such rule', hint: 'keepUntagged: true, or false' },
};

/** Why a word of others is refused, and what to write instead. */
export function refusalOf(word: string): { readonly why: string; readonly hint: string } | undefined {
  return Object.hasOwn(REFUSED, word) ? REFUSED[word] : undefined;
}
