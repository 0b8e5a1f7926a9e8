/** `why`: what keeps a digest, in the fewest steps; what alone keeps it; and of what nothing keeps why it is still there. */
import type { ModeAnalysis } from '../gc/analysis.ts';
import { Chains, compareDigests, type Chain } from '../gc/chains.ts';
import type { Graph } from '../gc/graph.ts';
import { Keepers, type Keeper } from '../gc/keepers.ts';
import { DAMAGED, EXCLUDED, REFERENCED, UNREFERENCED, YOUNG } from '../gc/mark.ts';
import { ownRoots } from '../gc/own-roots.ts';
import { inMode } from '../gc/plan-in.ts';
import { rootLinks } from '../gc/root-links.ts';
import { standInsOf } from '../inventory/aliases.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED } from '../inventory/inventory.ts';
import type { ChainLink, Dominator, Why } from '../report/model-why.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { least } from '../shared/lists.ts';
import { compareText } from '../shared/problem.ts';
import { isoTime } from '../shared/times.ts';
import { LinkedDigests } from './linked-by.ts';
import type { MarkedIndex, ViewOptions } from './view.ts';
import { whatIsAsked } from './why-asked.ts';
import { Steps } from './why-steps.ts';
import { because } from './why-words.ts';

export interface WhyOptions extends Pick<ViewOptions, 'mode' | 'minAgeSeconds'> {
  /** So many chains, and so many links, are told at most; one at least. */
  readonly chains: number;
}

/** Answers one question. Whoever has several asks a `WhyFinder`. Throws `usage`, `no-such-name`, `ambiguous-name`. */
export function whyOf(index: MarkedIndex, reference: string, options: WhyOptions): Why {
  return new WhyFinder(index, options).of(reference);
}

/** Answers questions over one marked index. To build it is linear in links and references; an answer takes milliseconds. */
export class WhyFinder {
  private readonly mode: ModeAnalysis;
  private readonly graph: Graph;
  private readonly chains: Chains;
  private readonly keepers: Keepers;
  private readonly steps: Steps;
  private readonly linked: LinkedDigests;
  private readonly standIns: ReadonlyMap<DigestId, DigestId>;

  constructor(
    private readonly index: MarkedIndex,
    private readonly options: WhyOptions,
  ) {
    const { analysis } = index;
    const { inventory } = analysis;
    this.mode = inMode(analysis, options.mode);
    this.graph = (options.mode === 'policy' ? analysis.policy?.graph : undefined) ?? analysis.graph;
    const roots = ownRoots(inventory, this.graph, this.mode.roots);
    const links = rootLinks(inventory, roots, this.mode.marking, analysis.youngSince);
    this.chains = new Chains(inventory, this.graph, this.mode.marking, links);
    this.keepers = new Keepers(inventory, this.graph, roots);
    this.steps = new Steps(inventory, this.graph);
    this.linked = new LinkedDigests(inventory);
    this.standIns = standInsOf(inventory);
  }

  /** A digest or the beginning of one, `REPO:TAG`, `REPO@DIGEST`. Throws `usage`, `no-such-name`, `ambiguous-name`. */
  of(reference: string): Why {
    const { analysis } = this.index;
    const { id, as } = whatIsAsked({ analysis, mode: this.mode, standIns: this.standIns }, reference);
    return { ...this.ofDigest(id, reference), asked: as };
  }

  private ofDigest(id: DigestId, reference: string): Why {
    const { inventory } = this.index.analysis;
    const { marking } = this.mode;
    const level = flagAt(marking.level, id);
    const present = isStored(inventory.blobs.flags, id);
    const found = this.chains.of(id, this.options.chains);
    const chains = this.inWords(found);
    const { links, count } = this.linked.of(this.namesOf(id), this.options.chains);
    const facts = {
      mode: this.mode.mode,
      present,
      held: heldAt(level),
      newestAt: isoTime(numberAt(marking.newest, id)),
      youngUntil: this.youngUntil(id),
      goesUntagged: this.goesUntagged(id, present),
      chains,
      chainCount: chains.length === 0 ? 0 : this.chains.countOf(id),
    };
    const bytes = numberAt(inventory.blobs.bytes, id);
    return {
      schema: 'regsweep.why/1',
      reference,
      asked: null,
      digest: inventory.digests.digest(id),
      ...facts,
      mediaType: this.steps.mediaTypeOf(id, found[0]?.digests.at(-2) ?? this.parentOf(id)),
      bytes: Number.isNaN(bytes) ? null : bytes,
      kept: level !== UNREFERENCED,
      because: because({ ...facts, last: links[0], isRepositoryDamaged: this.isDamaged(chains[0]) }),
      dominators: level === REFERENCED ? this.dominatorsOf(id) : [],
      lastLinkedBy: links,
      linkCount: count,
    };
  }

  /** None where it is its own root: a chain of itself would say nothing. */
  private inWords(found: readonly Chain[]): readonly (readonly ChainLink[])[] {
    const chains = found.filter(({ link, digests }) => link ?? digests.length > 1);
    const words = (chain: readonly ChainLink[]): string =>
      chain.map(({ repository, kind, tag, digest }) => [repository, kind, tag, digest].join('\0')).join('\0');
    return chains.map((chain) => this.steps.ofChain(chain)).sort((a, b) => compareText(words(a), words(b)));
  }

  private dominatorsOf(id: DigestId): readonly Dominator[] {
    return this.keepers.of(id).flatMap((keeper) => this.dominator(keeper) ?? []);
  }

  private dominator({ kind, row, bytes: exclusiveBytes }: Keeper): Dominator | undefined {
    const { repositories, tags, revisions, digests } = this.index.analysis.inventory;
    const nameOf = (repository: number): string => repositories[repository]?.name ?? '';
    switch (kind) {
      case 'namespace':
        return undefined;
      case 'repository':
        return { kind, repository: nameOf(row), exclusiveBytes };
      case 'tag':
        return { kind, repository: nameOf(at(tags.repository, row)), tag: tags.name[row] ?? '', exclusiveBytes };
      case 'revision': {
        const digest = digests.digest(at(revisions.digest, row));
        return { kind, repository: nameOf(at(revisions.repository, row)), digest, exclusiveBytes };
      }
      case 'digest':
        return { kind: this.steps.documentKind(row) ?? 'manifest', digest: digests.digest(row), exclusiveBytes };
    }
  }

  /** The links to a blob are those to what stands for it, too. */
  private namesOf(id: DigestId): readonly DigestId[] {
    return [id, ...[...this.standIns].filter(([, blob]) => blob === id).map(([standIn]) => standIn)];
  }

  /** Something that names it, always the same. */
  private parentOf(id: DigestId): DigestId | undefined {
    return least([...this.chains.namedBy(id)], 1, compareDigests(this.index.analysis.inventory.digests))[0];
  }

  private youngUntil(id: DigestId): string | null {
    const newest = numberAt(this.mode.marking.newest, id);
    if (!(newest >= this.index.analysis.youngSince)) return null;
    return isoTime(newest + this.options.minAgeSeconds * 1000);
  }

  private goesUntagged(id: DigestId, present: boolean): boolean | null {
    if (this.options.mode === 'untagged') return null;
    return present && flagAt(this.index.analysis.untagged.marking.level, id) === UNREFERENCED;
  }

  private isDamaged(chain: readonly ChainLink[] | undefined): boolean {
    const name = chain?.[0]?.repository;
    const repository = this.index.analysis.inventory.repositories.findIndex((one) => one.name === name);
    return repository !== -1 && flagAt(this.mode.marking.held, repository) === DAMAGED;
  }
}

function isStored(flags: Uint8Array, id: DigestId): boolean {
  return (flagAt(flags, id) & BLOB_STORED) !== 0;
}

function heldAt(level: number): Why['held'] {
  if (level === EXCLUDED) return 'excluded';
  if (level === DAMAGED) return 'damaged';
  return level === YOUNG ? 'young' : null;
}
