/** An inventory marked in both standard modes, and by policies if there are any, with what each repository reaches in them. */
import { newestTimes } from './ages.ts';
import { findDoubts } from './doubt.ts';
import { FigureCollector, type ReachFigures } from './figures.ts';
import { buildGraph, type Graph } from './graph.ts';
import { mark, markBoth, type Marking } from './mark.ts';
import { graphWithFollowers, policyRoots } from './policy-roots.ts';
import { Governed } from './retention.ts';
import { standardRoots, type Roots, type StandardMode } from './roots.ts';
import { chooseForTarget, type Target, type TargetChoice } from './target.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Retention } from '../policy/model.ts';

export interface ModeAnalysis {
  readonly mode: StandardMode | 'policy';
  readonly roots: Roots;
  /** One flag a repository: in doubt in this mode. */
  readonly doubts: Uint8Array;
  readonly marking: Marking;
}

interface StandardAnalysis extends ModeAnalysis {
  /** By repository: marking both standard modes follows what each reaches anyway. */
  readonly reach: ReachFigures;
}

export interface PolicyAnalysis extends ModeAnalysis {
  /** In which what is kept keeps its signatures, too. */
  readonly graph: Graph;
  readonly governed: Governed;
}

/** As much of a mode as a target needs. */
interface LimitedAnalysis extends ModeAnalysis, Omit<TargetChoice, 'roots'> {}

export interface Analysis {
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly revisions: StandardAnalysis;
  readonly untagged: StandardAnalysis;
  /** Absent: there is no policy. Where there is a target, this is what it leaves of it. */
  readonly policy?: PolicyAnalysis;
  /** Absent: there is no target. */
  readonly limited?: LimitedAnalysis;
  /** By other policies, to be compared with those. */
  readonly compared?: PolicyAnalysis;
  /** Epoch milliseconds: what is from then or later is young. */
  readonly youngSince: number;
}

export interface AnalysisOptions {
  /** Of the same inventory, where they are at hand; `newest` with the same `youngSince`. */
  readonly graph?: Graph;
  readonly newest?: Float64Array;
  /** Of the same inventory, with the same options but for the policies and the time. */
  readonly known?: Governed;
  readonly isIncluded: (repository: string) => boolean;
  readonly youngSince: number;
  readonly retention?: Retention;
  /** Only beside `retention`. */
  readonly compared?: Retention;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Of this mode only so much goes as is needed. */
  readonly target?: Target & { readonly mode: ModeAnalysis['mode'] };
}

/** As `newestTimes` gives them: the same whatever is marked. */
interface WithTimes {
  readonly newest: Float64Array;
}

/**
 * Marks by policies if there are any, and in both standard modes once either is asked for: a report by a policy may know
 * already what they give. Throws `usage` where a policy orders by push times that a copy has flattened.
 */
export function analyse(inventory: Inventory, given: AnalysisOptions): Analysis {
  const graph = given.graph ?? buildGraph(inventory);
  const { youngSince, retention, compared } = given;
  const options = { ...given, newest: given.newest ?? newestTimes(inventory, graph, youngSince) };
  let made: Pick<Analysis, StandardMode> | undefined;
  const standard = (mode: StandardMode): StandardAnalysis =>
    (made ??= analyseStandard(inventory, graph, options))[mode];
  const analysis = withStandard({ inventory, graph, youngSince }, standard);
  if (retention === undefined) return limitedTo(analysis, options);
  const policy = analysePolicy(inventory, graph, { ...options, retention });
  if (compared === undefined) return limitedTo(withMore(analysis, { policy }), options);
  return withMore(analysis, { policy, compared: analysePolicy(inventory, graph, { ...options, retention: compared }) });
}

function withStandard(
  analysis: Omit<Analysis, StandardMode>,
  standard: (mode: StandardMode) => StandardAnalysis,
): Analysis {
  return {
    ...analysis,
    get revisions() {
      return standard('revisions');
    },
    get untagged() {
      return standard('untagged');
    },
  };
}

/** The analysis with more, or other, markings beside those of the standard modes: which are left unmade where they are. */
export function withMore(
  analysis: Analysis,
  more: Partial<Pick<Analysis, 'policy' | 'limited' | 'compared'>>,
): Analysis {
  const { inventory, graph, youngSince, policy, limited, compared } = analysis;
  const had = {
    ...(policy === undefined ? {} : { policy }),
    ...(limited === undefined ? {} : { limited }),
    ...(compared === undefined ? {} : { compared }),
  };
  return withStandard({ inventory, graph, youngSince, ...had, ...more }, (mode) => analysis[mode]);
}

/** What tags name is a root in both standard modes: it is followed once. */
function analyseStandard(
  inventory: Inventory,
  graph: Graph,
  { isIncluded, youngSince, newest }: AnalysisOptions & WithTimes,
): Pick<Analysis, StandardMode> {
  const begin = (mode: StandardMode) => ({
    mode,
    roots: standardRoots(inventory, mode),
    doubts: findDoubts(inventory, () => mode === 'untagged'),
  });
  const [untagged, revisions] = [begin('untagged'), begin('revisions')];
  const [fewer, more] = [newFigures(inventory), newFigures(inventory)];
  const common = { isIncluded, youngSince, newest };
  const [byTags, byRevisions] = markBoth(inventory, graph, [
    { ...untagged, ...common, observe: (repository, reached) => fewer.take(repository, reached) },
    { ...revisions, ...common, observe: (repository, reached, known) => more.take(repository, reached, known, fewer) },
  ]);
  return {
    untagged: { ...untagged, marking: byTags, reach: fewer.figures() },
    revisions: { ...revisions, marking: byRevisions, reach: more.figures() },
  };
}

function newFigures(inventory: Inventory): FigureCollector {
  return new FigureCollector(inventory, inventory.repositories.length);
}

/** Takes of the mode only what its target needs. */
function limitedTo(analysis: Analysis, options: AnalysisOptions & WithTimes): Analysis {
  const { target, isIncluded, newest } = options;
  if (target === undefined) return analysis;
  const { inventory, policy, youngSince } = analysis;
  const full = target.mode === 'policy' ? policy : analysis[target.mode];
  if (full === undefined) throw new TypeError('it was not marked by a policy');
  const graph = policy?.graph ?? analysis.graph;
  const { mode, roots, doubts, marking: all } = full;
  const everything = standardRoots(inventory, 'revisions');
  const choice = chooseForTarget(
    {
      inventory,
      graph,
      roots,
      all,
      garbage: mark(inventory, graph, { roots: everything, isIncluded, doubts, youngSince, newest }),
      youngSince,
      imagesOf: (repository, tags) => policy?.governed.imagesOf(repository, tags) ?? [],
    },
    target,
  );
  const marking = mark(inventory, graph, { roots: choice.roots, isIncluded, doubts, youngSince, newest });
  const limited = { ...choice, mode, doubts, marking };
  if (policy === undefined) return withMore(analysis, { limited });
  return withMore(analysis, { limited, policy: { ...policy, roots: choice.roots, marking } });
}

function analysePolicy(
  inventory: Inventory,
  plain: Graph,
  options: AnalysisOptions & WithTimes & { readonly retention: Retention },
): PolicyAnalysis {
  const { isIncluded, youngSince, newest, known } = options;
  const governed = new Governed(inventory, plain, { ...options, isLimited: options.target !== undefined }, known);
  governed.refuseFlattenedTimes();
  const roots = policyRoots(governed);
  const graph = graphWithFollowers(inventory, plain, roots);
  const doubts = findDoubts(inventory, (repository) => governed.policyOf(repository) !== undefined);
  const marking = mark(inventory, graph, { roots, isIncluded, doubts, youngSince, newest });
  return { mode: 'policy', roots, doubts, graph, governed, marking };
}
