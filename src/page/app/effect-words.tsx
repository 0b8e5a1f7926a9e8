/** What would go, in words. */
import { formatBytes, formatBytesOrUnknown, formatCount, formatQuantity } from '../../report/format.ts';
import type { Effect } from '../../report/model-serve.ts';
import { Name } from './name.tsx';

/** In a line: what the one who chooses wants to see move. */
export function freedLine({ freed, actions }: Effect): string {
  if (actions === 0) return 'Nothing goes.';
  return `${formatBytes(freed.bytes)} go, ${formatBytes(freed.diskBytes)} on disk.`;
}

/** What goes, thing by thing; those that are none are left out. */
function goingThings({ counts }: Effect): readonly string[] {
  const things: readonly (readonly [number, string, string?])[] = [
    [counts.tags.count, 'tag'],
    [counts.tagIndexEntries.count, 'entry of a tag’s history', 'entries of tags’ histories'],
    [counts.revisions.count, 'revision'],
    [counts.layerLinks.count, 'layer link'],
    [counts.blobs.count, 'blob'],
    [counts.uploads.count, 'stale upload'],
    [counts.emptyDirectories.count, 'empty folder'],
  ];
  return things.filter(([count]) => count > 0).map(([count, one, many]) => formatQuantity(count, one, many));
}

/** All of it: for whoever decides. */
export function EffectFacts({ effect }: { readonly effect: Effect }) {
  const { freed, actions, counts, unstated } = effect;
  return (
    <dl class="app-facts">
      <dt>Frees on disk</dt>
      <dd>
        <strong>{formatBytes(freed.diskBytes)}</strong>
        {unstated > 0 && ` and what ${formatQuantity(unstated, 'file')} take that were not looked at: scan again`}
      </dd>
      <dt>Content</dt>
      <dd>{formatBytes(freed.bytes)}</dd>
      <dt>Of that, blobs</dt>
      <dd>
        {formatBytes(counts.blobs.bytes)} ({formatBytesOrUnknown(counts.blobs.diskBytes)} on disk)
      </dd>
      <dt>What goes</dt>
      <dd>
        {goingThings(effect).join(', ') || 'nothing'} ({formatQuantity(actions, 'deletion')})
      </dd>
      <dt>Files and folders</dt>
      <dd>{formatCount(freed.inodes)}</dd>
    </dl>
  );
}

/** Why it cannot go, or what speaks against it. */
export function Refusals({ refusals, title }: { readonly refusals: readonly string[]; readonly title: string }) {
  if (refusals.length === 0) return null;
  return (
    <div class="notice">
      <p>
        <strong>{title}</strong>
      </p>
      <ul>
        {refusals.map((refusal) => (
          <li key={refusal}>
            <Name text={refusal} />
          </li>
        ))}
      </ul>
    </div>
  );
}
