/**
 * `--target-free`: of what a mode lets go no more than is needed to free so many bytes on disk. What is garbage anyway goes
 * first; then images, one after the other, until the target is reached; then those come back that were not needed.
 */
import { BLOB_STATED, BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import { flagAt } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { UNREFERENCED, type Marking } from './mark.ts';
import { buildPlan } from './plan.ts';
import { planTotals } from './plan-totals.ts';
import type { Roots } from './roots.ts';
import { candidateImages, type CandidateContext, type CandidateImage } from './target-images.ts';
import { historyBetween, TargetItems } from './target-items.ts';
import { TargetFreed } from './target-freed.ts';

export interface Target {
  /** Allocated bytes that are wanted. */
  readonly diskBytes: number;
  /** Epoch milliseconds: uploads that began before then count as garbage. `-Infinity`: none does. */
  readonly uploadsBefore: number;
}

/** What was chosen. Whether that is enough tells the plan that it makes. */
export interface TargetChoice {
  /** What keeps all that need not go, beside what the mode keeps. */
  readonly roots: Roots;
  /** Allocated bytes that were wanted. */
  readonly targetDiskBytes: number;
  /** Whether the allocated bytes of all that may go are known. */
  readonly isMeasured: boolean;
  /** Allocated bytes that go before any image does. */
  readonly garbageDiskBytes: number;
  /** Allocated bytes that were counted: the plan that the choice makes frees as many. */
  readonly countedDiskBytes: number;
  /** How many images the mode lets go, and how many of them do. */
  readonly candidates: number;
  readonly images: number;
}

/** The least that the mode has to let go. Linear in what its candidates reach, and the order of so many. */
export function chooseForTarget(context: Omit<CandidateContext, 'garbagePlan'>, target: Target): TargetChoice {
  const { inventory, garbage, youngSince } = context;
  const garbagePlan = buildPlan(inventory, garbage, { youngSince, uploadsBefore: target.uploadsBefore });
  const garbageDiskBytes = planTotals(inventory, garbagePlan).total.diskBytes;
  const between = { ...context, garbagePlan };
  const items = new TargetItems(between);
  const images = candidateImages(between, items);
  const freed = new TargetFreed(items, historyBetween(between, items), images, garbageDiskBytes);
  const order = orderOfLoss(inventory, images, (item) => items.diskBytes(item) / freed.keepersOf(item));
  const taken: CandidateImage[] = [];
  for (const image of order) {
    if (freed.diskBytes >= target.diskBytes) break;
    freed.take(image);
    taken.push(image);
  }
  const given = freed.diskBytes >= target.diskBytes ? giveBack(freed, taken, target.diskBytes) : 0;
  return {
    roots: rootsFor(context, items, freed),
    targetDiskBytes: target.diskBytes,
    isMeasured: isMeasured(inventory, context.all),
    garbageDiskBytes,
    countedDiskBytes: freed.diskBytes,
    candidates: images.length,
    images: taken.length - given,
  };
}

/**
 * What no tag names comes before what one does. Then always the oldest image of the repository whose images hold the most
 * bytes, shared ones in equal parts. Those bytes only become fewer from one image of a repository to the next, so this is one
 * order over all of them.
 */
function orderOfLoss(
  { repositories }: Inventory,
  images: readonly CandidateImage[],
  shareOf: (item: number) => number,
): readonly CandidateImage[] {
  const held = new Float64Array(images.length);
  for (let place = images.length - 1; place >= 0; place--) {
    const image = images[place];
    if (image === undefined) continue;
    const isLast = images[place + 1]?.repository !== image.repository;
    let sum = isLast ? 0 : (held[place + 1] ?? 0);
    // Whole bytes: sums of fractions would depend on their order.
    for (const item of image.items) sum += Math.floor(shareOf(item));
    held[place] = sum;
  }
  const nameOf = ({ repository }: CandidateImage): string => repositories[repository]?.name ?? '';
  return images
    .map((image, place) => ({ image, place, holds: held[place] ?? 0 }))
    .sort(
      (a, b) =>
        Number(a.image.isTagged) - Number(b.image.isTagged) ||
        b.holds - a.holds ||
        compareText(nameOf(a.image), nameOf(b.image)) ||
        a.place - b.place,
    )
    .map(({ image }) => image);
}

/**
 * Gives back what is not needed, the last that was taken first, and counts it. Once is enough: what is needed now is needed
 * when still more has been given back.
 */
function giveBack(freed: TargetFreed, taken: readonly CandidateImage[], wanted: number): number {
  let given = 0;
  for (const image of taken.toReversed()) {
    freed.giveBack(image);
    if (freed.diskBytes >= wanted) given++;
    else freed.take(image);
  }
  return given;
}

function isMeasured({ blobs }: Inventory, { level }: Marking): boolean {
  const both = BLOB_STORED | BLOB_STATED;
  return level.every((value, id) => value !== UNREFERENCED || (flagAt(blobs.flags, id) & both) !== BLOB_STORED);
}

/** The roots of the mode, and whatever else stays for an image that was not taken. */
function rootsFor(
  { all, roots }: Omit<CandidateContext, 'garbagePlan'>,
  items: TargetItems,
  freed: TargetFreed,
): Roots {
  const tags = roots.tags.slice();
  const revisions = roots.revisions.slice();
  const subjects = roots.subjects.slice();
  for (let row = 0; row < all.tag.length; row++) {
    if (freed.keepersOf(items.tag(row)) === 0) continue;
    tags[row] = 1;
    subjects[row] = NONE;
  }
  for (let row = 0; row < all.revision.length; row++) {
    if (freed.keepersOf(items.revision(row)) > 0) revisions[row] = 1;
  }
  return { tags, revisions, subjects };
}
