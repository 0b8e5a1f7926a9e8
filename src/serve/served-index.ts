/** One index, as it is answered from: what many requests need is made once. */
import { setImmediate } from 'node:timers/promises';
import type { Analysis } from '../gc/analysis.ts';
import { lastingOf } from '../gc/measure-lasting.ts';
import { findRepository } from '../gc/references.ts';
import { CONFIG, REFERENCE_KINDS } from '../inventory/inventory.ts';
import { parseDigest } from '../layout/digest.ts';
import { MAX_MANIFEST_BYTES } from '../manifest/model.ts';
import { withKeptScans } from '../pipeline/kept-scans.ts';
import type { OpenedIndex } from '../pipeline/open-index.ts';
import { effectOf } from '../query/effect.ts';
import { buildHistory } from '../query/history.ts';
import { listedIndex, listReference, type ListedIndex } from '../query/listing.ts';
import { overviewOf } from '../query/overview.ts';
import {
  plannedIndex,
  planSelection,
  type PlannedIndex,
  type PlannedSelection,
  type PlanShape,
  type Unplannable,
} from '../query/planned-selection.ts';
import { buildReport } from '../query/report.ts';
import { SearchTable } from '../query/search.ts';
import { UsersOfBlobs } from '../query/used-by.ts';
import type { ViewOptions } from '../query/view.ts';
import { WhyFinder } from '../query/why.ts';
import type {
  ConfigFacts,
  Effect,
  ManifestAnswer,
  Overview,
  RepositoryAnswer,
  Selection,
} from '../report/model-serve.ts';
import type { Why } from '../report/model-why.ts';
import type { Report } from '../report/model.ts';
import { readBlob } from '../scan/read-blob.ts';
import { AppError } from '../shared/errors.ts';
import { configFacts } from './config-facts.ts';

/** Of an overview, which the page loads first. */
const MOST_PROBLEMS = 200;
/** Of an answer to why something is there. */
const MOST_CHAINS = 10;

const KEEP_LAST: Selection = {
  kind: 'policy',
  text: "policies: [{ repositories: ['**'], keepTags: [{ keepLast: 1 }] }]",
};

export class ServedIndex {
  readonly analysis: Analysis;
  private madeLasting: number | undefined;
  private madeReport: Report | undefined;
  private madeOverview: Overview | undefined;
  private madeWhy: WhyFinder | undefined;
  private madeSearch: SearchTable | undefined;
  private madeListed: ListedIndex | undefined;
  private madeUsers: UsersOfBlobs | undefined;
  private madePlanned: PlannedIndex | undefined;

  /** `madeAt`: epoch milliseconds; ages are as of then. */
  constructor(
    private readonly opened: OpenedIndex,
    private readonly shape: PlanShape,
    private readonly madeAt: number,
  ) {
    this.analysis = opened.analysis;
  }

  /** Makes what requests need, a piece at a time: those that come meanwhile are answered in between. */
  async prepare(): Promise<void> {
    const steps = [
      () => this.analysis.revisions,
      () => this.lastsUntil,
      () => this.report,
      () => this.overview,
      () => this.search,
      () => this.listed.amongTags(),
      () => this.listed.amongRevisions(),
      () => this.users,
      () => this.planned,
      // Whoever asks first of a policy waits four times as long as the next one, for an engine that has compiled nothing of it.
      () => this.plan(KEEP_LAST, this.madeAt),
    ];
    for (const step of steps) {
      await setImmediate();
      step();
    }
  }

  /** Epoch milliseconds. */
  get scannedAt(): number {
    return this.opened.inventory.scannedAt;
  }

  /** Epoch milliseconds: until then what is young is what was young when it was marked. */
  get lastsUntil(): number {
    if (this.madeLasting !== undefined) return this.madeLasting;
    const { inventory, revisions, untagged, youngSince } = this.analysis;
    const until = [revisions, untagged].map(
      ({ marking }) => lastingOf(inventory, marking, { youngSince, uploadsBefore: -Infinity }).youngUntil,
    );
    this.madeLasting = Math.min(...until) + this.shape.minAgeSeconds * 1000;
    return this.madeLasting;
  }

  get report(): Report {
    return (this.madeReport ??= buildReport(this.opened, this.options));
  }

  /** Problems beyond the first are asked for by themselves. */
  get overview(): Overview {
    return (this.madeOverview ??= this.look());
  }

  /** `reference`: as `regsweep why` takes it. Throws `usage`, `no-such-name`, `ambiguous-name`. */
  why(reference: string): Why {
    this.madeWhy ??= new WhyFinder(this.opened, { ...this.options, chains: MOST_CHAINS });
    return this.madeWhy.of(reference);
  }

  get search(): SearchTable {
    return (this.madeSearch ??= new SearchTable(this.opened.inventory));
  }

  /** Throws `no-such-name`. */
  repository(name: string): RepositoryAnswer {
    const listing = listReference(this.listed, name);
    if (listing.kind !== 'repository') throw new AppError('no-such-name', `${name} names no repository`);
    return listing;
  }

  /** `reference`: `:tag` or `@digest`. Throws `no-such-name`, `ambiguous-name`. */
  manifest(repository: string, reference: string): ManifestAnswer {
    const { inventory } = this.opened;
    if (!/^[:@]/.test(reference)) throw new AppError('usage', 'a reference is :TAG or @DIGEST');
    const listing = listReference(this.listed, repository + reference);
    if (listing.kind !== 'manifest') throw new AppError('no-such-name', `${repository}${reference} names no manifest`);
    const row = findRepository(inventory, repository) ?? -1;
    // A manifest may name a blob thousands of times.
    const named = new Set(listing.references.map(({ digest }) => digest));
    const usedBy = Array.from(named, (digest) => {
      const parsed = parseDigest(digest);
      const id = parsed && inventory.digests.find(parsed);
      return [digest, id === undefined ? { count: 0, repositories: [] } : this.users.of(id, row)] as const;
    });
    return { listing, config: this.config(listing), usedBy: Object.fromEntries(usedBy) };
  }

  plan(selection: Selection, now: number): PlannedSelection | Unplannable {
    return planSelection(this.planned, selection, now);
  }

  effect(selection: Selection, shown: Pick<Effect, 'command' | 'generation'>, now: number): Effect {
    return effectOf(this.plan(selection, now), shown);
  }

  /** Read from the volume, which may have changed or be gone. */
  private config({ references }: ManifestAnswer['listing']): ConfigFacts | null {
    const config = references.find(({ kind, present }) => kind === REFERENCE_KINDS[CONFIG] && present);
    const digest = config && parseDigest(config.digest);
    const bytes = digest && readBlob(this.opened.inventory.root, digest, MAX_MANIFEST_BYTES);
    return bytes === undefined ? null : configFacts(bytes);
  }

  private get options(): ViewOptions {
    const { minAgeSeconds, uploadsOlderThanSeconds } = this.shape;
    return { mode: 'revisions', minAgeSeconds, uploadsOlderThanSeconds, now: this.madeAt };
  }

  private look(): Overview {
    const history = withKeptScans(this.opened.database, (kept, root) => buildHistory(root, kept));
    const { report, ...pictures } = overviewOf(this.opened, this.options, this.report, history);
    return { report: { ...report, problems: report.problems.slice(0, MOST_PROBLEMS) }, ...pictures };
  }

  private get planned(): PlannedIndex {
    return (this.madePlanned ??= plannedIndex(this.opened, this.shape));
  }

  private get users(): UsersOfBlobs {
    return (this.madeUsers ??= new UsersOfBlobs(this.opened.inventory, this.analysis.graph));
  }

  private get listed(): ListedIndex {
    return (this.madeListed ??= listedIndex(this.opened));
  }
}
