/**
 * When images were created, as they say themselves, for policies that order by it.
 *
 * The config comes first: every builder writes it, and it is part of what the image is. The annotation of a manifest is an
 * option of the build, and counts where the config has no time, or one that no image can have: that is what reproducible
 * builds write. Labels never count: an image has them of its base.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { CONFIG, IMAGE_KIND, INDEX_KIND, NONE, type Inventory, type Manifests } from '../inventory/inventory.ts';
import { subjectOfTag } from '../layout/referrer-tags.ts';
import { isImageConfig } from '../manifest/media-types.ts';
import type { Retention } from '../policy/model.ts';
import { IMAGES_BEGAN, ordersByCreated, ordersUntaggedByCreated } from '../policy/times.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { childrenOf, Documents } from './documents.ts';
import { policiesByRepository } from './governing.ts';

/** Of each digest the time, epoch milliseconds; NaN where nothing tells it. An index was created when its newest image was. */
export function createdTimes(inventory: Inventory): Float64Array {
  const { manifests, configs, digests } = inventory;
  const configured = new Float64Array(digests.size).fill(NaN);
  for (let row = 0; row < configs.digest.length; row++) {
    configured[at(configs.digest, row)] = numberAt(configs.created, row);
  }
  const times = new Float64Array(digests.size).fill(NaN);
  const indexes: number[] = [];
  for (let m = 0; m < manifests.digest.length; m++) {
    const config = imageConfigOf(inventory, m);
    const own = numberAt(manifests.created, m);
    times[at(manifests.digest, m)] = config === NONE ? own : likelier(numberAt(configured, config), own);
    if (flagAt(manifests.kind, m) === INDEX_KIND) indexes.push(m);
  }
  takeNewest(manifests, indexes, times);
  return times;
}

/** The first where it can be an image's time, else the second where that can, else whichever there is. */
function likelier(first: number, second: number): number {
  if (first >= IMAGES_BEGAN) return first;
  return second >= IMAGES_BEGAN || Number.isNaN(first) ? second : first;
}

/** Gives indexes the newest time that they hold, however deep: those that others hold first, and without recursion. */
function takeNewest(manifests: Manifests, indexes: readonly number[], times: Float64Array): void {
  const rows = new Map(indexes.map((m) => [at(manifests.digest, m), m]));
  const begun = new Set<number>();
  const ended = new Set<number>();
  for (const root of indexes) {
    const open = [root];
    for (let m = open.at(-1); m !== undefined; m = open.at(-1)) {
      if (begun.has(m)) {
        open.pop();
        if (ended.has(m)) continue;
        ended.add(m);
        const id = at(manifests.digest, m);
        const newest = childrenOf(manifests, m).reduce((time, child) => newer(time, numberAt(times, child)), NaN);
        times[id] = likelier(newest, numberAt(times, id));
        continue;
      }
      begun.add(m);
      for (const child of childrenOf(manifests, m)) {
        const row = rows.get(child);
        if (row !== undefined && !begun.has(row)) open.push(row);
      }
    }
  }
}

function newer(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a;
}

/** The config of an image; `NONE` where the manifest is of something else, whose config says something else. */
function imageConfigOf({ manifests, words }: Inventory, m: number): DigestId {
  if (flagAt(manifests.kind, m) !== IMAGE_KIND) return NONE;
  for (let edge = at(manifests.referenceStart, m); edge < at(manifests.referenceStart, m + 1); edge++) {
    if (flagAt(manifests.referenceKind, edge) !== CONFIG) continue;
    const mediaType = words[at(manifests.referenceMediaType, edge)] ?? '';
    return isImageConfig(mediaType) ? at(manifests.referenceTarget, edge) : NONE;
  }
  return NONE;
}

export interface OrderedRepositories {
  readonly retention: Retention;
  readonly isIncluded: (repository: string) => boolean;
  /** A target takes images in the order of their policy, whether its rules count or not. */
  readonly isLimited: boolean;
}

/** The configs that have to be read for what the policies order by when it was created, each once. */
export function configsToRead(inventory: Inventory, ordered: OrderedRepositories): readonly DigestId[] {
  const { manifests } = inventory;
  const documents = new Documents(inventory);
  const wanted = new Set(orderedImages(inventory, ordered, documents));
  const configs = new Set<DigestId>();
  for (const id of wanted) {
    const m = documents.rowOf(id);
    if (m === undefined) continue;
    const config = imageConfigOf(inventory, m);
    if (config !== NONE) configs.add(config);
    if (flagAt(manifests.kind, m) === INDEX_KIND) for (const child of childrenOf(manifests, m)) wanted.add(child);
  }
  return [...configs];
}

/** Those of the configs that an inventory has not read: without it an image would pass for one that does not say when it was created. */
export function unreadConfigs({ configs }: Inventory, wanted: readonly DigestId[]): readonly DigestId[] {
  const read = new Set(configs.digest);
  return wanted.filter((id) => !read.has(id));
}

/** What counts by when it was created. Referrers never count. */
function* orderedImages(
  inventory: Inventory,
  { retention, isIncluded, isLimited }: OrderedRepositories,
  documents: Documents,
): Iterable<DigestId> {
  const { repositories, tags, revisions, manifests } = inventory;
  const policies = policiesByRepository(inventory, retention);
  for (const [repository, { name }] of repositories.entries()) {
    const policy = policies[repository];
    if (policy === undefined || !isIncluded(name)) continue;
    if (ordersByCreated(policy) || (isLimited && policy.orderBy === 'created')) {
      for (const row of rowsOf(tags.byRepository, repository)) {
        const isImage = at(tags.current, row) !== NONE && subjectOfTag(tags.name[row] ?? '') === undefined;
        if (isImage) yield at(tags.current, row);
      }
    }
    if (!ordersUntaggedByCreated(policy)) continue;
    for (const row of rowsOf(revisions.byRepository, repository)) {
      const m = documents.rowOf(at(revisions.digest, row));
      if (m !== undefined && at(manifests.subject, m) === NONE) yield at(revisions.digest, row);
    }
  }
}
