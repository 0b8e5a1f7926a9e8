import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal, quoteShellWord } from './escape.ts';
import { formatBytes, formatBytesOrUnknown, formatQuantity, formatTime } from './format.ts';
import { drawGrid } from './grid.ts';
import type { AskedAs, ChainLink, Dominator, Why } from './model-why.ts';
import { shortDigest } from '../shared/short-digest.ts';
import { drawCommands, type NextCommand } from './table-next.ts';
import { wrapBehind } from './text.ts';

export interface ShownBesideWhy {
  /** ROOT, as it may be typed again. */
  readonly root: string;
}

/** Why something stays or goes, in words. */
export function renderWhyTable(why: Why, shown: ShownBesideWhy, appearance: Appearance): string {
  const style = styleFor(appearance);
  const sections = [
    drawVerdict(why, style),
    drawChains(why, style),
    drawDominators(why, style),
    drawLinks(why, style),
    drawCommands(nextCommands(why, shown), style),
  ];
  const drawn = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

function drawVerdict(why: Why, style: Style): string[] {
  const facts = [escapeTerminal(why.mediaType ?? 'of an unknown type'), formatBytesOrUnknown(why.bytes)];
  const [word, paint] = verdictOf(why, style);
  return [
    style.title(escapeTerminal(why.digest)),
    `  ${facts.join(style.separator)}`,
    ...(why.asked === null ? [] : wrapBehind('  ', escapeTerminal(askedWords(why.asked)), style)),
    ...wrapBehind('  ', `${word}${escapeTerminal(why.because).replace(/^kept/, '')}`, style).map((line, at) =>
      at === 0 ? line.replace(word, paint(word)) : line,
    ),
  ];
}

function verdictOf({ present, kept, held }: Why, style: Style): readonly [string, (text: string) => string] {
  if (!present) return ['Not here: ', style.error];
  if (!kept) return ['Goes: ', style.warning];
  return held === null ? ['Kept', style.good] : ['Held: ', style.warning];
}

/** What was asked for, where it was by another name. */
function askedWords({ kind, repository = '', tag = '', digest = '', kept, because }: AskedAs): string {
  if (kind === 'alias') return `${digest} stands for it`;
  const words = {
    tag: `tag ${repository}:${tag}`,
    revision: `the revision in ${repository}`,
    'layer-link': `the layer link in ${repository}`,
    'tag-index-entry': `the history of a tag in ${repository}`,
  };
  const fate = kept === null ? 'names it' : kept ? 'names it, and stays' : 'names it, and goes';
  return `${words[kind]} ${fate}${because === null ? '' : `: ${because}`}`;
}

function drawChains({ chains, chainCount, held }: Why, style: Style): string[] {
  if (chains.length === 0) return [];
  const verb = held === null ? 'keep' : 'hold';
  const count = formatQuantity(chainCount, `shortest chain ${verb}s it`, `shortest chains ${verb} it`);
  const shown = chains.length < chainCount ? `; ${chains.length} of them` : '';
  return [
    `${style.title('Chains')}  ${count}${shown}`,
    ...chains.flatMap((chain, at) => wrapBehind(`  ${String(at + 1).padStart(2)}. `, chainLine(chain, style), style)),
  ];
}

function chainLine(chain: readonly ChainLink[], style: Style): string {
  // The repository is named by the link below it.
  const steps = chain.filter(({ kind }) => kind !== 'repository');
  return steps.map((step) => escapeTerminal(stepWords(step))).join(style.ellipsis === '~' ? ' -> ' : ' → ');
}

function stepWords({ kind, repository = '', tag = '', digest, platform }: ChainLink): string {
  const short = digest === undefined ? '' : shortDigest(digest);
  switch (kind) {
    case 'tag':
      return `tag ${repository}:${tag}`;
    case 'tag-index-entry':
      return `history of tag ${repository}:${tag}`;
    case 'revision':
      return `revision ${repository}@${short}`;
    case 'layer-link':
      return `layer link of ${repository}`;
    case 'repository':
    case 'index':
    case 'manifest':
    case 'config':
    case 'layer':
    case 'blob':
    case 'referrer':
      return [kind, short, platform ?? ''].filter((word) => word !== '').join(' ');
  }
}

const MEANT =
  'Figures are what would go without the one, all else left as it is. `regsweep rm` takes with a tag its revision and all that hangs on it, and leaves what another link still names: the history of another tag, a layer link of another repository.';
const OF_FEWER_ROOTS = 'an untagged revision may hold some of it, too, until a sweep takes that.';

function drawDominators({ dominators, mode, kept, held }: Why, style: Style): string[] {
  if (!kept || held !== null) return [];
  if (dominators.length === 0) return [`${style.title('Alone')}  nothing does: no single removal frees it`];
  const nearest = dominators.findLast(({ kind }) => kind === 'tag' || kind === 'revision');
  const lead =
    nearest === undefined
      ? 'no single tag or revision keeps it alone'
      : `only this ${nearest.kind} keeps it: removing it frees ${formatBytes(nearest.exclusiveBytes)}`;
  const rows = dominators.map((one) => [one.kind, escapeTerminal(dominatorName(one)), formatBytes(one.exclusiveBytes)]);
  return [
    `${style.title('Alone')}  ${lead}`,
    ...drawGrid(
      [{ head: 'kind' }, { head: 'name', cut: 'middle' }, { head: 'goes with it', align: 'right' }],
      rows,
      style,
    ),
    ...wrapBehind('  ', mode === 'revisions' ? MEANT : `${MEANT} Here ${OF_FEWER_ROOTS}`, style).map(style.faint),
  ];
}

function dominatorName({ kind, repository = '', tag = '', digest }: Dominator): string {
  if (kind === 'tag') return `${repository}:${tag}`;
  if (kind === 'revision') return `${repository}@${shortDigest(digest ?? '')}`;
  return digest === undefined ? repository : shortDigest(digest);
}

function drawLinks({ lastLinkedBy, linkCount }: Why, style: Style): string[] {
  if (linkCount === 0) return [];
  const shown = lastLinkedBy.length < linkCount ? `, the newest ${lastLinkedBy.length} of them` : '';
  return [
    `${style.title('Linked')}  by ${formatQuantity(linkCount, 'link')}${shown}`,
    ...drawGrid(
      [{ head: 'link' }, { head: 'in', cut: 'middle' }, { head: 'at' }],
      lastLinkedBy.map((link) => [
        LINK_WORDS[link.kind],
        escapeTerminal(link.tag === undefined ? link.repository : `${link.repository}:${link.tag}`),
        formatTime(link.linkedAt),
      ]),
      style,
    ),
  ];
}

const LINK_WORDS = {
  tag: 'tag',
  'tag-index-entry': 'history',
  revision: 'revision',
  'layer-link': 'layer link',
} as const;

/** Removing what alone keeps it; a dry run each. */
function nextCommands({ dominators, held }: Why, { root }: ShownBesideWhy): readonly NextCommand[] {
  const nearest = dominators.findLast(({ kind }) => kind === 'tag' || kind === 'revision');
  if (nearest === undefined || held !== null) return [];
  const { kind, repository = '', tag = '', digest = '', exclusiveBytes } = nearest;
  const reference = kind === 'tag' ? `${repository}:${tag}` : `${repository}@${digest}`;
  return [
    {
      command: ['regsweep', 'rm', quoteShellWord(root), quoteShellWord(reference)].join(' '),
      why: `a dry run of it: ${formatBytes(exclusiveBytes)}`,
    },
  ];
}
