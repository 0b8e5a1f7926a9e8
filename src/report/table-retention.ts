import { styleFor, type Appearance, type Style } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatQuantity } from './format.ts';
import { drawGrid } from './grid.ts';
import type { RetentionOfRepository } from './model.ts';
import type { Explanation } from './model-retention.ts';
import { cutMiddle, drawHeading } from './text.ts';

/** Digits of a digest's hexadecimal that are shown. */
const SHORT_HEX = 12;
/** Signatures have the names of what they sign, and would take the room of the reasons. */
export const WIDEST_TAG = 28;

/** What becomes of each tag, where that is all there is to show. */
export function renderExplanationTable({ retention }: Explanation, appearance: Appearance): string {
  return `${drawRetention(retention, styleFor(appearance)).join('\n')}\n`;
}

/** What becomes of each tag by its policy, and why: a table for each repository. */
export function drawRetention(retention: readonly RetentionOfRepository[] | undefined, style: Style): string[] {
  if (retention === undefined) return [];
  if (retention.length === 0) return [style.title('Tags'), '  No repository is governed by the policy.'];
  return retention.flatMap((one, at) => [...(at === 0 ? [] : ['']), ...drawRepository(one, style)]);
}

function drawRepository({ repository, policy, tags }: RetentionOfRepository, style: Style): string[] {
  const kept = tags.filter((tag) => tag.kept).length;
  const counts = `${formatQuantity(kept, 'tag stays', 'tags stay')}, ${formatQuantity(tags.length - kept, 'goes', 'go')}`;
  const title = style.title(`Tags of ${escapeTerminal(repository)}`);
  // Where it is what decides it is shown, and how long ago that was pushed is not.
  const isByCreated = tags.some(({ createdAt }) => createdAt !== undefined);
  const grid = drawGrid(
    [
      { head: '' },
      { head: 'tag', cut: 'end' },
      { head: isByCreated ? 'created' : 'pushed', drop: 1 },
      { head: 'digest', drop: 2 },
      { head: 'because', cut: 'wrap' },
    ],
    tags.map((tag) => [
      tag.kept ? 'keep' : 'go',
      cutMiddle(escapeTerminal(tag.tag), WIDEST_TAG, style),
      formatMinute(isByCreated ? (tag.createdAt ?? null) : tag.pushedAt),
      tag.digest === null ? '-' : escapeTerminal(tag.digest.slice(0, tag.digest.indexOf(':') + 1 + SHORT_HEX)),
      escapeTerminal(tag.reasons.join('; ')),
    ]),
    style,
  );
  return [...drawHeading(title, `by ${escapeTerminal(policy)}: ${counts}`, style), ...grid];
}

/** UTC, as everywhere. */
function formatMinute(time: string | null): string {
  return time === null ? '-' : time.slice(0, -8).replace('T', ' ');
}
