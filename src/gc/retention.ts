/**
 * Policies over an inventory: which repositories they govern, what they say of the tags there, and which rows are roots
 * because of it. Decisions are made anew whenever they are asked for: of a million tags only flags are kept.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import {
  NONE,
  ROW_UNTOUCHABLE,
  TAG_NAME_ILLEGAL,
  TAG_UNCERTAIN,
  TAG_WITHOUT_CURRENT,
  type Inventory,
} from '../inventory/inventory.ts';
import { decide } from '../policy/decide.ts';
import { imagesInOrder } from '../policy/images.ts';
import type { Decision, JudgedTag } from '../policy/judged.ts';
import type { Policy, Retention } from '../policy/model.ts';
import {
  isFlattened,
  LAYOUT_BEGAN,
  refuseFlattened,
  usesPushTimes,
  usesPushTimesOfUntagged,
  type PushedImage,
} from '../policy/times.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { newestTimes } from './ages.ts';
import { createdTimes } from './created.ts';
import { policiesByRepository } from './governing.ts';
import { namedBy, type Graph } from './graph.ts';
import { heldByFollowers } from './held-back.ts';
import { digestsInUse } from './in-use.ts';
import { subjectOf } from './mark.ts';
import { TagSubjects } from './tag-subjects.ts';

export interface RetentionOptions {
  readonly retention: Retention;
  readonly isIncluded: (repository: string) => boolean;
  /** Epoch milliseconds: what is from then or later is young. */
  readonly youngSince: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Not all goes that may: the order of images decides in every repository. */
  readonly isLimited?: boolean;
  /** As `newestTimes` gives them, where they are at hand. */
  readonly newest?: Float64Array;
}

export interface DecidedTag {
  /** Row of `tags`. */
  readonly row: number;
  readonly decision: Decision;
  /** Of a tag that follows it: the manifest that it is about. */
  readonly subject: DigestId;
}

export class Governed {
  /** By repository: the first policy that matches it. */
  private readonly policies: readonly (Policy | undefined)[];
  private readonly subjects: TagSubjects;
  private readonly inUse: Uint8Array;
  private readonly heldBack: Uint8Array;
  /** Of each digest the newest time that anything tells of it, epoch milliseconds. */
  readonly newest: Float64Array;
  /** By digest, epoch milliseconds; absent where no policy orders by it. */
  private readonly created: Float64Array | undefined;
  /** Of each manifest with a `subject`: what that is. */
  readonly referrers: ReadonlyMap<DigestId, DigestId>;

  /** `known`: of the same inventory, with the same options but for the policies and the time. */
  constructor(
    readonly inventory: Inventory,
    readonly graph: Graph,
    readonly options: RetentionOptions,
    known?: Governed,
  ) {
    const { retention } = options;
    this.policies = policiesByRepository(inventory, retention);
    this.subjects = known?.subjects ?? new TagSubjects(inventory);
    this.referrers = known?.referrers ?? subjectOf(inventory);
    const hasSame = known !== undefined && hasSameWorkloads(known.options.retention, retention);
    this.inUse = hasSame ? known.inUse : digestsInUse(inventory, retention);
    this.newest = known?.newest ?? options.newest ?? newestTimes(inventory, graph, options.youngSince);
    const holdsSame = known?.options.now === options.now && known.treatsReferrersAs(this);
    this.heldBack = holdsSame ? known.heldBack : heldByFollowers(this, this.subjects);
    const isByCreated = this.policies.some((policy) => policy?.orderBy === 'created');
    this.created = isByCreated ? (known?.created ?? createdTimes(inventory)) : undefined;
  }

  /** Throws `usage` where a policy orders by push times that a copy has flattened. */
  refuseFlattenedTimes(): void {
    const { retention, isIncluded } = this.options;
    if (retention.trustTimes) return;
    refuseFlattened(
      this.inventory.repositories
        .filter(({ name }, id) => isIncluded(name) && this.hasFlattenedTimes(id))
        .map(({ name }) => name),
    );
  }

  /** The same inventory under other policies. */
  under(retention: Retention): Governed {
    return new Governed(this.inventory, this.graph, { ...this.options, retention }, this);
  }

  policyOf(repository: number): Policy | undefined {
    return this.policies[repository];
  }

  /** Whether a repository obeys the same policy here and there, beside the same running workloads. */
  governsAs(other: Governed, repository: number): boolean {
    const isSame = this.policyOf(repository) === other.policyOf(repository);
    return isSame && this.heldBack === other.heldBack && this.inUse === other.inUse;
  }

  /** Whether referrers go with their subjects in the same repositories here and there, and after the same delay. */
  private treatsReferrersAs(other: Governed): boolean {
    return this.policies.every((policy, repository) => {
      const its = other.policies[repository];
      return policy?.deleteReferrers === its?.deleteReferrers && policy?.delaySeconds === its?.delaySeconds;
    });
  }

  /** Whether a running workload names it, or something that it holds. */
  isInUse(id: DigestId): boolean {
    return this.inUse[id] === 1;
  }

  /** Whether it, or something that it holds, has a referrer that is to go with it and that is too young to go. */
  isHeldBack(id: DigestId): boolean {
    return this.heldBack[id] === 1;
  }

  /** Whether a link that was written then (epoch milliseconds), or what it names, is younger than `--min-age`. */
  isYoung(id: DigestId, pushedAt: number): boolean {
    const { youngSince } = this.options;
    return pushedAt >= youngSince || (id !== NONE && numberAt(this.newest, id) >= youngSince);
  }

  /** Whether a referrer that was pushed then may go: a policy leaves it for a while. */
  isPastDelay(pushedAt: number, { delaySeconds }: Policy): boolean {
    return pushedAt < this.options.now - delaySeconds * 1000;
  }

  /** When an image was created, as it says itself, epoch milliseconds; NaN where it does not, or nobody asked. */
  createdAt(id: DigestId): number {
    return this.created === undefined ? NaN : numberAt(this.created, id);
  }

  /** What the policy of a repository says of each of its tags, in the order of the rows; none where no policy matches it. */
  decisions(repository: number): readonly DecidedTag[] {
    const policy = this.policyOf(repository);
    if (policy === undefined) return [];
    const rows = [...rowsOf(this.inventory.tags.byRepository, repository)];
    const { now, retention } = this.options;
    const decided = decide(this.judged(repository), policy, { now, trustTimes: retention.trustTimes });
    return rows.map((row, place) => this.followed(row, policy, decided[place] ?? { fate: 'stays', reasons: [] }));
  }

  /** A tag follows only what is here: of a manifest that is elsewhere nobody can say whether it is kept. */
  private followed(row: number, policy: Policy, decision: Decision): DecidedTag {
    if (decision.fate !== 'follows') return { row, decision, subject: NONE };
    const subject = this.subjects.of(row);
    const stays = (reason: string): DecidedTag => ({
      row,
      decision: { fate: 'stays', reasons: [reason] },
      subject: NONE,
    });
    if (subject === NONE) return stays('what it is about is not on this volume');
    if (!this.isPastDelay(numberAt(this.inventory.tags.time, row), policy)) return stays('younger than the delay');
    return { row, decision, subject };
  }

  /** These tags of a repository as images, the newest (as its policy orders them) first. */
  imagesOf(repository: number, rows: readonly number[]): readonly (readonly number[])[] {
    const policy = this.policyOf(repository);
    if (policy === undefined) return [];
    const tags = new Map(rows.map((row) => [this.judgedTag(row), row]));
    return imagesInOrder([...tags.keys()], policy.orderBy).map((image) =>
      image.tags.flatMap((tag) => tags.get(tag) ?? []),
    );
  }

  private judged(repository: number): readonly JudgedTag[] {
    return Array.from(rowsOf(this.inventory.tags.byRepository, repository), (row) => this.judgedTag(row));
  }

  private judgedTag(row: number): JudgedTag {
    const { tags } = this.inventory;
    const current = at(tags.current, row);
    const flags = flagAt(tags.flags, row);
    const pushedAt = numberAt(tags.time, row);
    const isUnknown = current === NONE || (flags & (TAG_UNCERTAIN | TAG_WITHOUT_CURRENT)) !== 0;
    const fixed = fixedBecause(flags);
    return {
      name: tags.name[row] ?? '',
      image: isUnknown ? undefined : current,
      pushedAt,
      createdAt: isUnknown ? NaN : this.createdAt(current),
      isReferrer: this.subjects.isAbout(row),
      isYoung: this.isYoung(current, pushedAt),
      isInUse: current !== NONE && this.isInUse(current),
      isHeldBack: current !== NONE && this.isHeldBack(current),
      ...(fixed === undefined ? {} : { fixed }),
    };
  }

  private hasFlattenedTimes(repository: number): boolean {
    const policy = this.policyOf(repository);
    if (policy === undefined) return false;
    const isOrdered = this.options.isLimited === true && policy.orderBy === 'pushed';
    const goesByTags = usesPushTimes(policy) || isOrdered;
    if (goesByTags && isFlattened(this.judged(repository), this.oldestLink(repository))) return true;
    return usesPushTimesOfUntagged(policy) && isFlattened(this.untagged(repository), this.oldestLink(repository));
  }

  /** The oldest time that a push can have of the links of a repository, epoch milliseconds. */
  private oldestLink(repository: number): number {
    let oldest = Infinity;
    for (const { time, byRepository } of [this.inventory.revisions, this.inventory.tags]) {
      for (const row of rowsOf(byRepository, repository)) {
        const known = numberAt(time, row);
        if (known >= LAYOUT_BEGAN && known < oldest) oldest = known;
      }
    }
    return oldest;
  }

  /** What a repository holds without a tag: neither referrers, nor what an index there holds. */
  private untagged(repository: number): readonly PushedImage[] {
    const { revisions, tags } = this.inventory;
    const here = rowsOf(revisions.byRepository, repository);
    const named = new Set<DigestId>();
    for (const row of rowsOf(tags.byRepository, repository)) named.add(at(tags.current, row));
    for (const row of here) for (const id of namedBy(this.graph, at(revisions.digest, row))) named.add(id);
    return [...here]
      .filter((row) => !named.has(at(revisions.digest, row)) && !this.referrers.has(at(revisions.digest, row)))
      .map((row) => ({ image: at(revisions.digest, row), pushedAt: numberAt(revisions.time, row), isReferrer: false }));
  }
}

function hasSameWorkloads(a: Retention, b: Retention): boolean {
  return a.keepDigests === b.keepDigests && a.keepTagged === b.keepTagged;
}

function fixedBecause(flags: number): string | undefined {
  if ((flags & ROW_UNTOUCHABLE) !== 0) return 'behind a symbolic link';
  return (flags & TAG_NAME_ILLEGAL) === 0 ? undefined : 'its name is no tag';
}
