/** Both standard modes of marking over one inventory, with what each repository reaches in them. */
import { findDoubts } from './doubt.ts';
import { FigureCollector, type ReachFigures } from './figures.ts';
import { buildGraph, type Graph } from './graph.ts';
import { mark, type Marking } from './mark.ts';
import { standardRoots, type Roots, type StandardMode } from './roots.ts';
import type { Inventory } from '../inventory/inventory.ts';

export interface ModeAnalysis {
  readonly mode: StandardMode;
  readonly roots: Roots;
  readonly marking: Marking;
  /** By repository. */
  readonly reach: ReachFigures;
}

export interface Analysis {
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly revisions: ModeAnalysis;
  readonly untagged: ModeAnalysis;
  /** Epoch milliseconds: what is from then or later is young. */
  readonly youngSince: number;
}

export interface AnalysisOptions {
  readonly isIncluded: (repository: string) => boolean;
  readonly youngSince: number;
}

/** Marks in both modes: a report shows the one beside the other. */
export function analyse(inventory: Inventory, options: AnalysisOptions): Analysis {
  const graph = buildGraph(inventory);
  const inMode = (mode: StandardMode): ModeAnalysis => {
    const roots = standardRoots(inventory, mode);
    const figures = new FigureCollector(inventory, inventory.repositories.length);
    const marking = mark(inventory, graph, {
      ...options,
      roots,
      doubts: findDoubts(inventory, () => mode === 'untagged'),
      observe: (repository, reached) => figures.take(repository, reached),
    });
    return { mode, roots, marking, reach: figures.figures() };
  };
  const { youngSince } = options;
  return { inventory, graph, revisions: inMode('revisions'), untagged: inMode('untagged'), youngSince };
}
