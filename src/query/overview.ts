/** What report, page and pictures show of the whole. */
import type { History } from '../report/model-history.ts';
import type { Report } from '../report/model.ts';
import type { Overview } from '../report/model-serve.ts';
import { ageBands } from './ages.ts';
import { withoutSmallParts } from './small-parts.ts';
import type { MarkedIndex, ViewOptions } from './view.ts';
import { volumeTree } from './volume-tree.ts';

/** Nodes that a map has at most: more could not be told apart, nor sent in a moment. */
const NODES_SHOWN = 2_000;

/** The overview of a marked index. `report`: of the same index by the same options. */
export function overviewOf(
  index: MarkedIndex,
  options: ViewOptions,
  report: Report,
  history: History | null,
): Overview {
  return {
    report: withoutRows(report),
    tree: withoutSmallParts(volumeTree(index, options), NODES_SHOWN),
    ages: ageBands(index, options),
    history,
  };
}

function withoutRows(report: Report): Overview['report'] {
  const fields = Object.entries(report).filter(([name]) => name !== 'repositories');
  return Object.fromEntries(fields) as unknown as Overview['report'];
}
