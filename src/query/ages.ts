/** Tags by when they were last pushed, and what they keep. */
import { known } from '../gc/figures.ts';
import { Closure } from '../gc/reachability.ts';
import { BLOB_STORED, NONE } from '../inventory/inventory.ts';
import type { AgeBand } from '../report/model-serve.ts';
import { at, flagAt, numberAt, unsignedAt } from '../shared/columns.ts';
import type { MarkedIndex, ViewOptions } from './view.ts';

const DAY = 24 * 3600 * 1000;

/** The youngest first. Without an end: what is older than all of them. */
const BANDS: readonly { readonly label: string; readonly fromDays: number }[] = [
  { label: 'under a day', fromDays: 0 },
  { label: '1 to 7 days', fromDays: 1 },
  { label: '7 to 30 days', fromDays: 7 },
  { label: '30 to 90 days', fromDays: 30 },
  { label: '90 days to a year', fromDays: 90 },
  { label: 'over a year', fromDays: 365 },
];

/**
 * The bands, the youngest first. A blob counts in the youngest band that has a tag which reaches it (its signatures and
 * other referrers too), so the bytes add up to what all tags reach. Tags that say no time are in none. Linear in the
 * references.
 */
export function ageBands({ analysis }: Pick<MarkedIndex, 'analysis'>, { now }: Pick<ViewOptions, 'now'>): AgeBand[] {
  const { inventory, graph } = analysis;
  const { tags, blobs } = inventory;
  const rows = BANDS.map((): number[] => []);
  for (let row = 0; row < tags.current.length; row++) rows[bandOf(numberAt(tags.time, row), now)]?.push(row);
  const closure = new Closure(graph.nodes, [graph.references, graph.referrers]);
  closure.begin();
  let counted = 0;
  return BANDS.map(({ label, fromDays }, band) => {
    const members = rows[band] ?? [];
    for (const row of members) if (at(tags.current, row) !== NONE) closure.addRoot(at(tags.current, row));
    closure.expand();
    const { reached } = closure;
    let bytes = 0;
    for (; counted < reached.length; counted++) {
      const id = unsignedAt(reached, counted);
      if ((flagAt(blobs.flags, id) & BLOB_STORED) !== 0) bytes += known(numberAt(blobs.bytes, id));
    }
    return { label, fromDays, tags: members.length, bytes };
  });
}

/** -1 where there is no time. What is from the future is as young as can be. */
function bandOf(time: number, now: number): number {
  return BANDS.findLastIndex(({ fromDays }) => (fromDays === 0 ? !Number.isNaN(time) : now - time >= fromDays * DAY));
}
