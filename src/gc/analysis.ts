/** An inventory marked in both standard modes, and by policies if there are any, with what each repository reaches in them. */
import { findDoubts } from './doubt.ts';
import { FigureCollector, type ReachFigures } from './figures.ts';
import { buildGraph, type Graph } from './graph.ts';
import { mark, type Marking } from './mark.ts';
import { graphWithFollowers, policyRoots } from './policy-roots.ts';
import { Governed } from './retention.ts';
import { standardRoots, type Roots, type StandardMode } from './roots.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Retention } from '../policy/model.ts';

export interface ModeAnalysis {
  readonly mode: StandardMode | 'policy';
  readonly roots: Roots;
  readonly marking: Marking;
  /** By repository. */
  readonly reach: ReachFigures;
}

export interface PolicyAnalysis extends ModeAnalysis {
  /** In which what is kept keeps its signatures, too. */
  readonly graph: Graph;
  readonly governed: Governed;
}

export interface Analysis {
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly revisions: ModeAnalysis;
  readonly untagged: ModeAnalysis;
  /** Absent: there is no policy. */
  readonly policy?: PolicyAnalysis;
  /** Epoch milliseconds: what is from then or later is young. */
  readonly youngSince: number;
}

export interface AnalysisOptions {
  readonly isIncluded: (repository: string) => boolean;
  readonly youngSince: number;
  readonly retention?: Retention;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Marks in both standard modes, as a report shows the one beside the other, and by policies. Throws `usage` where a policy
 * orders by push times that a copy has flattened.
 */
export function analyse(inventory: Inventory, options: AnalysisOptions): Analysis {
  const graph = buildGraph(inventory);
  const { youngSince, retention } = options;
  const inMode = (mode: StandardMode): ModeAnalysis => {
    const roots = standardRoots(inventory, mode);
    const doubts = findDoubts(inventory, () => mode === 'untagged');
    return { mode, roots, ...markAndMeasure(inventory, graph, roots, doubts, options) };
  };
  const analysis = { inventory, graph, revisions: inMode('revisions'), untagged: inMode('untagged'), youngSince };
  if (retention === undefined) return analysis;
  return { ...analysis, policy: analysePolicy(inventory, graph, { ...options, retention }) };
}

function analysePolicy(
  inventory: Inventory,
  plain: Graph,
  options: AnalysisOptions & { readonly retention: Retention },
): PolicyAnalysis {
  const governed = new Governed(inventory, plain, options);
  const roots = policyRoots(governed);
  const graph = graphWithFollowers(inventory, plain, roots);
  const doubts = findDoubts(inventory, (repository) => governed.policyOf(repository) !== undefined);
  return { mode: 'policy', roots, graph, governed, ...markAndMeasure(inventory, graph, roots, doubts, options) };
}

function markAndMeasure(
  inventory: Inventory,
  graph: Graph,
  roots: Roots,
  doubts: Uint8Array,
  { isIncluded, youngSince }: AnalysisOptions,
): Pick<ModeAnalysis, 'marking' | 'reach'> {
  const figures = new FigureCollector(inventory, inventory.repositories.length);
  const marking = mark(inventory, graph, {
    isIncluded,
    youngSince,
    roots,
    doubts,
    observe: (repository, reached) => figures.take(repository, reached),
  });
  return { marking, reach: figures.figures() };
}
