/** `verify` as Markdown: what is wrong, what that means, what to do, and which images it breaks. */
import { escapeMarkdown } from './escape.ts';
import { formatBytes, formatCount, formatQuantity, formatTime } from './format.ts';
import { drawMarkdownTable, joinBlocks, type MarkdownColumn } from './markdown.ts';
import type { BrokenImage, ExplainedCode, Verification, VerifiedProblem } from './model-verify.ts';

const CODE_COLUMNS: readonly MarkdownColumn<ExplainedCode>[] = [
  { head: 'code', cell: ({ code }) => code },
  { head: 'count', align: 'right', cell: ({ count }) => formatCount(count) },
  { head: 'means', cell: ({ meaning }) => meaning },
  { head: 'what to do', cell: ({ advice }) => escapeMarkdown(advice) },
];

const PROBLEM_COLUMNS: readonly MarkdownColumn<VerifiedProblem>[] = [
  { head: 'severity', cell: ({ severity }) => severity },
  { head: 'code', cell: ({ code }) => code },
  { head: 'path', cell: ({ path }) => escapeMarkdown(path) },
  { head: 'images that cannot be pulled', align: 'right', cell: ({ affected }) => formatCount(affected) },
];

const IMAGE_COLUMNS: readonly MarkdownColumn<BrokenImage>[] = [
  { head: 'class', cell: ({ class: name }) => name },
  { head: 'repository', cell: ({ repository }) => escapeMarkdown(repository) },
  { head: 'tags', cell: ({ tags }) => escapeMarkdown(tags.join(' ')) },
  { head: 'digest', cell: ({ digest }) => escapeMarkdown(digest ?? '') },
  { head: 'still pulls', cell: ({ platforms }) => escapeMarkdown(platforms?.pulls.join(' ') ?? '') },
  { head: 'lost', cell: ({ platforms }) => escapeMarkdown(platforms?.lost.join(' ') ?? '') },
];

/** `verify`. */
export function renderVerificationMarkdown({
  registry,
  complete,
  checked,
  problems,
  codes,
  images,
}: Verification): string {
  const { manifests, blobs, bytes, data } = checked;
  const looked = `${formatQuantity(manifests, 'manifest')} read, ${formatQuantity(blobs, 'blob')} of ${formatBytes(bytes)} there`;
  const hashed = data === null ? 'not hashed' : `${formatQuantity(data.hashed.blobs, 'blob')} hashed`;
  return joinBlocks([
    `## Registry ${escapeMarkdown(registry.root)}`,
    `Scanned ${formatTime(registry.scannedAt)}: ${looked}, ${hashed}.`,
    ...(complete ? [] : ['> The scan is incomplete: something could not be read.']),
    '### Damage',
    ...(problems.length === 0
      ? ['None found.']
      : [drawMarkdownTable(CODE_COLUMNS, codes), drawMarkdownTable(PROBLEM_COLUMNS, problems)]),
    ...(images.length === 0 ? [] : ['### Images that are not whole', drawMarkdownTable(IMAGE_COLUMNS, images)]),
  ]);
}
