/** A volume as a tree with a bar on each line, as `dust` draws folders. */
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { splitCells, type Parts } from './bars.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatPercent, formatQuantity, formatTime } from './format.ts';
import { drawGrid, type Column } from './grid.ts';
import type { VolumeNode, VolumeTree } from './model-tree.ts';
import { cutEnd, drawHeading, widthOf, wrapBehind, wrapParts } from './text.ts';

const LEAST_BAR = 8;
const GREATEST_BAR = 40;
const BAR_WITHOUT_TERMINAL = 30;
const LEAST_NAME = 12;
const GAP = 2;
const LEGEND_WIDTH = 3;
/** `>99%`. */
const PERCENT_WIDTH = 4;

/** The tree; `left`: how many namespaces and repositories are not in it. */
export function renderTreeTable({ registry, mode, volume }: VolumeTree, left: number, appearance: Appearance): string {
  const style = styleFor(appearance);
  const facts = [
    `scanned ${formatTime(registry.scannedAt)}`,
    `mode ${mode}`,
    formatQuantity(volume.repositories, 'repository', 'repositories'),
    formatQuantity(volume.tags, 'tag'),
  ];
  const head = [
    ...drawHeading(style.title('Volume'), escapeTerminal(registry.root), style),
    ...wrapParts('  ', facts, style),
  ];
  const sections = [head, drawTree(volume, style), drawLegend(volume, left, style)];
  return `${sections.map((section) => section.join('\n')).join('\n\n')}\n`;
}

interface Line {
  readonly node: VolumeNode;
  /** Before its name. */
  readonly branches: string;
}

function drawTree(volume: VolumeNode, style: Style): readonly string[] {
  const lines = [...linesBelow({ node: volume, branches: '' }, '', style)];
  const sizes = lines.map(({ node }) => formatBytes(sizeOf(node)));
  const names = lines.map(({ node, branches }) => branches + nameOf(node));
  const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const beside = widest(sizes) + PERCENT_WIDTH + 3 * GAP;
  const { name, bar } = widthsFor(style.width - beside, widest(names));
  const columns: Column[] = [{ head: '', align: 'right' }, { head: '' }, { head: '' }, { head: '', align: 'right' }];
  const rows = lines.map(({ node }, at) => [
    sizes[at] ?? '',
    cutEnd(names[at] ?? '', name, style),
    drawParts(node, sizeOf(volume), bar, style),
    formatPercent(sizeOf(node), sizeOf(volume)),
  ]);
  return drawGrid(columns, rows, style, 0);
}

/** Names are whole as long as a bar can be seen beside them. */
function widthsFor(room: number, widestName: number): { readonly name: number; readonly bar: number } {
  if (room === Infinity) return { name: widestName, bar: BAR_WITHOUT_TERMINAL };
  const name = Math.max(LEAST_NAME, Math.min(widestName, room - LEAST_BAR));
  return { name, bar: Math.max(1, Math.min(GREATEST_BAR, room - name)) };
}

function* linesBelow(line: Line, branches: string, style: Style): Generator<Line> {
  yield line;
  const { children } = line.node;
  const { fork, last, pass, none } = style.branch;
  for (const [at, node] of children.entries()) {
    const isLast = at === children.length - 1;
    yield* linesBelow(
      { node, branches: `${branches}${isLast ? last : fork} ` },
      branches + (isLast ? none : pass),
      style,
    );
  }
}

/** A namespace that is no repository ends in a slash. */
function nameOf({ name, path, isRepository }: VolumeNode): string {
  if (path === '') return 'all';
  return escapeTerminal(name) + (isRepository ? '' : '/');
}

function partsOf({ exclusiveBytes, sharedBytes, reclaimableBytes }: VolumeNode): Parts {
  return [exclusiveBytes, sharedBytes, reclaimableBytes];
}

function sizeOf({ bytes, reclaimableBytes }: VolumeNode): number {
  return bytes + reclaimableBytes;
}

function drawParts(node: VolumeNode, greatest: number, width: number, style: Style): string {
  const cells = splitCells(partsOf(node), greatest, width);
  return paints(style)
    .map((paint, part) => {
      const count = cells[part] ?? 0;
      return count === 0 ? '' : paint((style.fills[part] ?? '').repeat(count));
    })
    .join('');
}

function paints({ good, faint, warning }: Style): readonly ((text: string) => string)[] {
  return [good, faint, warning];
}

function drawLegend(volume: VolumeNode, left: number, style: Style): readonly string[] {
  const words = ['kept for it alone', 'shared with others', 'reclaimable'];
  const painted = paints(style).map((paint, part) => paint((style.fills[part] ?? '').repeat(LEGEND_WIDTH)));
  const legend = words.map((word, part) => `${painted[part] ?? ''} ${word}`);
  const note = 'What is shared counts whole wherever it is used: lines may add up to more than the one above them.';
  const { held } = volume.below;
  const notes = [
    note,
    ...(held > 0 ? [`Held back, and in no bar: ${formatBytes(held)}.`] : []),
    ...(left > 0 ? [`${formatQuantity(left, 'smaller name')} not shown: --top N shows more, --depth N fewer.`] : []),
  ];
  return [
    ...wrapParts('', legend, style),
    ...notes.flatMap((text) => wrapBehind('', text, style)).map((line) => style.faint(line)),
  ];
}
