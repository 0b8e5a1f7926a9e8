/** Two policies over the same index: what each would free, and where they differ. */
import { withMore, type PolicyAnalysis } from '../gc/analysis.ts';
import { explainTags } from '../gc/explain.ts';
import { planIn } from '../gc/plan-in.ts';
import { planTotals } from '../gc/plan-totals.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { ComparedPolicy, ComparedRepository, ComparedTag, Comparison } from '../report/model-retention.ts';
import { at, rowsOf } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { fatesUnder } from './policy-figures.ts';
import { reclaimableOf } from './report.ts';
import { newestFirst, tagFacts } from './retention.ts';
import { rowsUnder } from './rows.ts';
import type { MarkedIndex, ViewOptions } from './view.ts';

/** The names by which the two are shown. */
export interface ComparedNames {
  readonly a: string;
  readonly b: string;
}

/** Compares the policies that an index was marked by. `options` are those of the report. */
export function comparisonOf(index: MarkedIndex, options: ViewOptions, names: ComparedNames): Comparison {
  const { inventory, policy, compared } = index.analysis;
  if (policy === undefined || compared === undefined) throw new TypeError('it was not marked by two policies');
  const a = sideOf(index, policy, options, names.a);
  const b = sideOf(index, compared, options, names.b);
  return {
    a: a.shown,
    b: b.shown,
    repositories: differingRepositories(a.repositories, b.repositories),
    tags: differingTags(inventory, policy, compared),
  };
}

interface Side {
  readonly shown: ComparedPolicy;
  /** By name. */
  readonly repositories: ReadonlyMap<string, ComparedRepository['a']>;
}

function sideOf(index: MarkedIndex, policy: PolicyAnalysis, options: ViewOptions, name: string): Side {
  const analysis = withMore(index.analysis, { policy });
  const { inventory } = analysis;
  const plan = planIn(analysis, 'policy', options);
  const going = new Map<string, number>();
  for (const row of plan.tags) {
    const repository = inventory.repositories[at(inventory.tags.repository, row)]?.name ?? '';
    going.set(repository, (going.get(repository) ?? 0) + 1);
  }
  const rows = rowsUnder({ ...index, analysis }, plan, { ...options, mode: 'policy' });
  return {
    shown: { name, ...fatesUnder(inventory, policy), reclaimable: reclaimableOf(planTotals(inventory, plan)) },
    repositories: new Map(
      rows.map((row) => [row.name, { tagsGoing: going.get(row.name) ?? 0, reclaimableBytes: row.reclaimableBytes }]),
    ),
  };
}

const NOTHING = { tagsGoing: 0, reclaimableBytes: 0 };

function differingRepositories(a: Side['repositories'], b: Side['repositories']): readonly ComparedRepository[] {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const difference = (row: ComparedRepository): number => Math.abs(row.b.reclaimableBytes - row.a.reclaimableBytes);
  return names
    .map((name) => ({ name, a: a.get(name) ?? NOTHING, b: b.get(name) ?? NOTHING }))
    .filter((row) => difference(row) > 0 || row.a.tagsGoing !== row.b.tagsGoing)
    .sort((x, y) => difference(y) - difference(x) || compareText(x.name, y.name));
}

function differingTags(inventory: Inventory, a: PolicyAnalysis, b: PolicyAnalysis): readonly ComparedTag[] {
  const found: ComparedTag[] = [];
  const isOther = (row: number): boolean => (a.marking.tag[row] === 0) !== (b.marking.tag[row] === 0);
  for (const [id, { name: repository }] of inventory.repositories.entries()) {
    const differing = [...rowsOf(inventory.tags.byRepository, id)].filter(isOther);
    if (differing.length === 0) continue;
    const [inA, inB] = [fatesOf(a, id), fatesOf(b, id)];
    const tags = differing.map((row) => ({ repository, ...tagFacts(inventory, row), a: inA(row), b: inB(row) }));
    for (const tag of newestFirst(tags, 'pushedAt')) found.push(tag);
  }
  return found.sort((x, y) => compareText(x.repository, y.repository));
}

/** What a policy says of the tags of a repository, by row. */
function fatesOf(policy: PolicyAnalysis, repository: number): (row: number) => ComparedTag['a'] {
  const explained = new Map(explainTags(policy, repository).map(({ row, kept, reasons }) => [row, { kept, reasons }]));
  return (row) => explained.get(row) ?? { kept: true, reasons: ['no policy governs its repository'] };
}
