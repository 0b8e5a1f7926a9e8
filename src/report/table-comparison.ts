import type { Style } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import {
  formatBytes,
  formatBytesOrUnknown,
  formatCount,
  formatQuantity,
  formatSignedBytes,
  formatSignedCount,
} from './format.ts';
import type { GridRow } from './grid.ts';
import { drawGrid } from './grid.ts';
import type { ComparedPolicy, Comparison } from './model-retention.ts';
import { drawUnstated } from './table-freed.ts';
import { WIDEST_TAG } from './table-retention.ts';
import { cutMiddle } from './text.ts';

const REPOSITORIES_SHOWN = 12;
const TAGS_SHOWN = 30;
/** Paths of policy files may be long; the figures stand below them. */
const WIDEST_NAME = 24;

/** Two policies side by side, and where they differ: sections of lines. */
export function drawComparison(comparison: Comparison, style: Style): string[][] {
  return [drawSides(comparison, style), drawRepositories(comparison, style), drawTags(comparison, style)];
}

function drawSides(comparison: Comparison, style: Style): string[] {
  const { a, b } = comparison;
  const counted = (name: string, of: (side: ComparedPolicy) => number): GridRow => [
    name,
    formatCount(of(a)),
    formatCount(of(b)),
    formatSignedCount(of(b) - of(a)),
  ];
  const sized = (name: string, [ofA, ofB]: readonly [number | null, number | null]): GridRow => [
    name,
    formatBytesOrUnknown(ofA),
    formatBytesOrUnknown(ofB),
    ofA === null || ofB === null ? '-' : formatSignedBytes(ofB - ofA),
  ];
  const [freedByA, freedByB] = [a.reclaimable.total, b.reclaimable.total];
  const rows = [
    counted('tags that stay', ({ tags }) => tags.kept),
    counted('tags that go', ({ tags }) => tags.going),
    counted('images that stay', ({ images }) => images.kept),
    counted('images that go', ({ images }) => images.going),
    counted('blobs that go', ({ reclaimable }) => reclaimable.blobs.count),
    sized('bytes freed', [freedByA.bytes, freedByB.bytes]),
    sized('bytes freed on disk', [freedByA.diskBytes, freedByB.diskBytes]),
  ];
  const columns = [
    { head: '' },
    { head: nameOf(a, style), align: 'right' },
    { head: nameOf(b, style), align: 'right' },
    { head: 'difference', align: 'right', drop: 1 },
  ] as const;
  const unknown = freedByA.diskBytes === null ? freedByA : freedByB;
  return [style.title('Two policies'), ...drawGrid(columns, rows, style), ...drawUnstated(unknown, style)];
}

function nameOf({ name }: ComparedPolicy, style: Style): string {
  return cutMiddle(escapeTerminal(name), WIDEST_NAME, style);
}

function drawRepositories({ repositories }: Comparison, style: Style): string[] {
  const title = style.title('Repositories in which they differ');
  if (repositories.length === 0) return [`${title}  none`];
  const columns = [
    { head: 'repository', cut: 'end' },
    { head: 'tags that go', align: 'right', drop: 1 },
    { head: 'reclaimable', align: 'right' },
    { head: 'difference', align: 'right' },
  ] as const;
  const rows = repositories
    .slice(0, REPOSITORIES_SHOWN)
    .map(({ name, a, b }) => [
      escapeTerminal(name),
      `${formatCount(a.tagsGoing)} -> ${formatCount(b.tagsGoing)}`,
      `${formatBytes(a.reclaimableBytes)} -> ${formatBytes(b.reclaimableBytes)}`,
      formatSignedBytes(b.reclaimableBytes - a.reclaimableBytes),
    ]);
  return [
    `${title}  ${formatCount(repositories.length)}, the greatest difference first`,
    ...drawGrid(columns, rows, style),
    ...drawRest(repositories.length - rows.length, style),
  ];
}

function drawTags({ a, b, tags }: Comparison, style: Style): string[] {
  const title = style.title('Tags on which they differ');
  if (tags.length === 0) return [`${title}  none`];
  const columns = [
    { head: 'stays by' },
    { head: 'repository', cut: 'end' },
    { head: 'tag', cut: 'end' },
    { head: 'because', cut: 'end' },
    { head: 'goes by the other', cut: 'end', drop: 1 },
  ] as const;
  const rows = tags.slice(0, TAGS_SHOWN).map((tag) => {
    const [keeper, keeping, going] = tag.a.kept ? [a, tag.a, tag.b] : [b, tag.b, tag.a];
    return [
      nameOf(keeper, style),
      escapeTerminal(tag.repository),
      cutMiddle(escapeTerminal(tag.tag), WIDEST_TAG, style),
      escapeTerminal(keeping.reasons.join('; ')),
      escapeTerminal(going.reasons.join('; ')),
    ];
  });
  return [
    `${title}  ${formatCount(tags.length)}`,
    ...drawGrid(columns, rows, style),
    ...drawRest(tags.length - rows.length, style),
  ];
}

function drawRest(count: number, style: Style): string[] {
  return count === 0 ? [] : [style.faint(`  and ${formatQuantity(count, 'more', 'more')}: --json has all`)];
}
