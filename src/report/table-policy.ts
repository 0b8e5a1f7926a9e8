/** Policies in plain words. */
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatDuration, formatQuantity } from './format.ts';
import type { CheckedKeeper, CheckedPolicy, PolicyCheck } from './model-policy.ts';
import { wrapBehind } from './text.ts';

const ORDERED_BY_CREATED =
  'by when images were created, as they say themselves; one that does not say so stays, and does not count';
const CLOSING = 'A repository obeys the first policy that matches it; one that none matches keeps everything.';

/** What each policy keeps, and in which repositories. What is wrong with a file is said elsewhere. */
export function renderPolicyTable({ file, policies }: PolicyCheck, appearance: Appearance): string {
  const style = styleFor(appearance);
  const count = formatQuantity(policies.length, 'policy', 'policies');
  const sections = [
    [`${style.title('Policies')}  ${escapeTerminal(file)}: ${count}`],
    ...policies.map((policy, at) => drawPolicy(policy, at, style)),
    wrapBehind('', CLOSING, style),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function drawPolicy(policy: CheckedPolicy, at: number, style: Style): string[] {
  return [
    style.title(`${at + 1}. ${escapeTerminal(policy.name)}`),
    ...sayPolicy(policy).flatMap(([label, words]) =>
      wrapBehind(`   ${label.padEnd(9)}  `, escapeTerminal(words), style),
    ),
  ];
}

function sayPolicy(policy: CheckedPolicy): (readonly [string, string])[] {
  const { protect, minKeep, delaySeconds, orderBy } = policy;
  return [
    ['in', sayRepositories(policy.repositories)],
    ...policy.keepTags.map(
      ({ patterns, keep }) => ['keeps', `${sayTags(patterns)}: ${sayAll(keep, orderBy)}`] as const,
    ),
    ...(protect.length === 0 ? [] : [['keeps', `${sayTags(protect)}: all, whatever the rules say`] as const]),
    ...(minKeep === 0 ? [] : [['keeps', `${formatQuantity(minKeep, 'image')} of each repository at least`] as const]),
    ...(orderBy === 'created' ? [['order', ORDERED_BY_CREATED] as const] : []),
    ['untagged', sayUntagged(policy)],
    ['referrers', `signatures and other referrers ${policy.deleteReferrers ? 'go with their subject' : 'stay'}`],
    ...(delaySeconds === 0
      ? []
      : [
          [
            'delay',
            `untagged revisions and referrers go only when older than ${formatDuration(delaySeconds)}`,
          ] as const,
        ]),
  ];
}

function sayRepositories(globs: readonly string[]): string {
  const wanted = globs.filter((glob) => !glob.startsWith('!'));
  const excluded = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const all = wanted.length === 0 ? 'all repositories' : wanted.join(', ');
  return excluded.length === 0 ? all : `${all}, but not ${excluded.join(', ')}`;
}

function sayTags(patterns: readonly string[]): string {
  return patterns.length === 0 ? 'of all tags' : `of the tags ${patterns.join(', ')}`;
}

function sayUntagged({ keepUntagged, orderBy }: CheckedPolicy): string {
  if (keepUntagged === 'all') return 'all revisions without a tag stay';
  if (keepUntagged.length === 0) return 'revisions without a tag go';
  const order = orderBy === 'created' ? 'created' : 'pushed';
  return `revisions without a tag go, but for ${sayAll(keepUntagged, order)}`;
}

function sayAll(keepers: readonly CheckedKeeper[], orderBy: CheckedPolicy['orderBy']): string {
  return keepers.map((keeper) => sayKeeper(keeper, orderBy)).join('; ');
}

const FIRST = {
  pushed: 'last pushed',
  created: 'last created',
  semver: 'of the highest version',
  name: 'last by name',
} as const;

const PERIODS = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' } as const;

function sayKeeper(keeper: CheckedKeeper, orderBy: CheckedPolicy['orderBy']): string {
  const count = keeper.count ?? 1;
  switch (keeper.kind) {
    case 'always':
      return 'all';
    case 'last':
      return `the ${formatQuantity(count, 'image')} ${FIRST[orderBy]}`;
    case 'within':
      return `those pushed within ${formatDuration(keeper.seconds ?? 0)}`;
    case 'calendar': {
      const periods = formatQuantity(count, PERIODS[keeper.calendar ?? 'daily']);
      return `one image of each of the last ${periods} with any${orderBy === 'created' ? ', by when they were created' : ''}`;
    }
    case 'semver': {
      const per = keeper.per === undefined ? '' : ` of each ${keeper.per} version`;
      return `the ${formatQuantity(count, 'highest version')}${per}`;
    }
  }
}
