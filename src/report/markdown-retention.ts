/** What a policy says of tags, and how two of them differ, as Markdown. */
import { shortDigest } from '../shared/short-digest.ts';
import { escapeMarkdown } from './escape.ts';
import { fatesOf, fateWord, type Fate } from './fates.ts';
import { formatBytesOrUnknown, formatCount, formatSignedBytes, formatTime } from './format.ts';
import { drawMarkdownTable, type MarkdownColumn } from './markdown.ts';
import type { RetentionOfRepository } from './model.ts';
import type { ComparedPolicy, ComparedRepository, ComparedTag, Comparison } from './model-retention.ts';

const FATE_COLUMNS: readonly MarkdownColumn<Fate>[] = [
  { head: '', cell: fateWord },
  { head: 'repository', cell: ({ repository }) => escapeMarkdown(repository) },
  { head: 'tag', cell: ({ tag }) => escapeMarkdown(tag) },
  { head: 'digest', cell: ({ digest }) => escapeMarkdown(digest === null ? '' : shortDigest(digest)) },
  { head: 'pushed', cell: ({ pushedAt }) => formatTime(pushedAt) },
  { head: 'because', cell: ({ reasons }) => escapeMarkdown(reasons.join('; ')) },
];

/** Every tag that a policy says something of, with what becomes of it and why. */
export function drawMarkdownRetention(retention: readonly RetentionOfRepository[]): string {
  const fates = fatesOf(retention);
  if (fates.length === 0) return 'The policy says nothing of any tag.';
  return drawMarkdownTable(FATE_COLUMNS, fates);
}

/** Two policies side by side, and where they differ. */
export function drawMarkdownComparison({ a, b, repositories, tags }: Comparison): string[] {
  return [
    '### Two policies',
    drawMarkdownTable(SIDE_COLUMNS, [a, b]),
    '### Repositories in which they differ',
    repositories.length === 0 ? 'None.' : drawMarkdownTable(REPOSITORY_COLUMNS, repositories),
    '### Tags on which they differ',
    tags.length === 0 ? 'None.' : drawMarkdownTable(TAG_COLUMNS, tags),
  ];
}

const SIDE_COLUMNS: readonly MarkdownColumn<ComparedPolicy>[] = [
  { head: 'policy', cell: ({ name }) => escapeMarkdown(name) },
  { head: 'tags that stay', align: 'right', cell: ({ tags }) => formatCount(tags.kept) },
  { head: 'tags that go', align: 'right', cell: ({ tags }) => formatCount(tags.going) },
  { head: 'images that go', align: 'right', cell: ({ images }) => formatCount(images.going) },
  { head: 'bytes freed', align: 'right', cell: ({ reclaimable }) => formatBytesOrUnknown(reclaimable.total.bytes) },
  { head: 'on disk', align: 'right', cell: ({ reclaimable }) => formatBytesOrUnknown(reclaimable.total.diskBytes) },
];

const REPOSITORY_COLUMNS: readonly MarkdownColumn<ComparedRepository>[] = [
  { head: 'repository', cell: ({ name }) => escapeMarkdown(name) },
  { head: 'tags that go by the first', align: 'right', cell: ({ a }) => formatCount(a.tagsGoing) },
  { head: 'by the second', align: 'right', cell: ({ b }) => formatCount(b.tagsGoing) },
  {
    head: 'more bytes by the second',
    align: 'right',
    cell: ({ a, b }) => formatSignedBytes(b.reclaimableBytes - a.reclaimableBytes),
  },
];

const TAG_COLUMNS: readonly MarkdownColumn<ComparedTag>[] = [
  { head: 'repository', cell: ({ repository }) => escapeMarkdown(repository) },
  { head: 'tag', cell: ({ tag }) => escapeMarkdown(tag) },
  { head: 'by the first', cell: ({ a }) => fateWord(a) },
  { head: 'because', cell: ({ a }) => escapeMarkdown(a.reasons.join('; ')) },
  { head: 'by the second', cell: ({ b }) => fateWord(b) },
  { head: 'because', cell: ({ b }) => escapeMarkdown(b.reasons.join('; ')) },
];
