/**
 * What a volume itself says against sweeping it: it was not read whole, its truth is elsewhere, something of it seems to be
 * missing, too much of it would go. A report shows the same judgement as notices.
 */
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import type { Digest } from '../layout/digest.ts';
import { flagAt, numberAt, rowsOf, unsignedAt } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import type { Refusal, RefusalCode } from '../shared/refusal.ts';
import { known } from './figures.ts';
import type { Plan } from './plan.ts';
import type { DroppedShare } from './repair.ts';

/** What runs of ours took, or have begun to take, since the scan before: it is gone, and not lost. */
export interface TakenByRuns {
  readonly repositories: ReadonlySet<string>;
  /** A run that was cut off may have taken the links of a blob, and not the blob. */
  readonly blobs: ReadonlySet<Digest>;
}

export interface JudgedVolume {
  readonly inventory: Inventory;
  readonly mode: 'revisions' | 'untagged' | 'policy' | 'rm' | 'repair';
  /** The scan before this one; absent where there was none of this volume. */
  readonly previous?: { readonly perRepository: readonly { readonly name: string }[] };
  /** Repositories that were gone in earlier scans already, and that nobody has accepted as lost. */
  readonly lost?: readonly string[];
  readonly takenByRuns?: TakenByRuns;
}

type FindingCode =
  'scan-incomplete' | 'metadata-elsewhere' | 'tags-may-be-incomplete' | 'no-repositories' | 'lost-repositories';

/** Something about the whole volume that speaks against a sweep. */
export interface VolumeFinding {
  readonly code: FindingCode;
  readonly message: string;
}

export interface SweepLimits {
  /** The plan may take so many percent of the bytes of all blobs. */
  readonly maxDeletePercent: number;
  /** `--accept-lost-repositories`. */
  readonly acceptLostRepositories: boolean;
  /** `--tags-are-complete`. */
  readonly tagsAreComplete: boolean;
}

/** So many lost repositories are named in a message. */
const NAMED = 3;
/** Blobs that no link names, above this share of all bytes, look like a mount that is missing. */
const LOST_SHARE = 0.1;
/** So many repositories without any tag look like a registry whose tags are kept elsewhere. */
const TAGLESS_SHARE = 0.5;

/** All that speaks against a sweep of this volume in this mode, whatever the plan. */
export function judgeVolume(volume: JudgedVolume): readonly VolumeFinding[] {
  const { inventory } = volume;
  const findings: VolumeFinding[] = [];
  const add = (code: FindingCode, message: string): void => void findings.push({ code, message });
  if (!inventory.complete) {
    add(
      'scan-incomplete',
      'something could not be read, and it might keep more alive than is seen here: nothing may be swept',
    );
  }
  if (inventory.elsewhere.metadataDatabase) {
    add(
      'metadata-elsewhere',
      'this volume has a metadata database elsewhere, which alone knows what is needed: these figures prove nothing',
    );
  }
  const tagless = inventory.elsewhere.pullThrough || looksTagless(inventory);
  if (tagless && (volume.mode === 'untagged' || volume.mode === 'policy')) {
    const why = inventory.elsewhere.pullThrough
      ? 'this is a pull-through cache'
      : 'half or more of the repositories have no tag';
    add('tags-may-be-incomplete', `${why}: images may be needed that no tag names here`);
  }
  if (inventory.repositories.length === 0 && isAnyStored(inventory)) {
    add('no-repositories', 'there are blobs and no repository at all: is a mount missing?');
  }
  const lost = lostRepositories(volume);
  if (lost.length > 0) {
    const are =
      lost.length === 1 ? '1 repository of earlier scans is' : `${lost.length} repositories of earlier scans are`;
    add('lost-repositories', `${are} gone (${firstOf(lost)}): is a mount missing?`);
  }
  const unlinked = unlinkedShare(volume);
  if (inventory.repositories.length > 0 && unlinked > LOST_SHARE) {
    add(
      'lost-repositories',
      `${Math.round(unlinked * 100)} % of all bytes are in blobs that no link names: is a mount missing?`,
    );
  }
  return findings;
}

/** Whoever knows SQL finds them all in the index. */
function firstOf(names: readonly string[]): string {
  const rest = names.length - NAMED;
  const first = names.slice(0, NAMED).join(', ');
  return rest <= 0 ? first : `${first}, and ${rest} more: lost_repository in the index`;
}

const CODES: Record<FindingCode, RefusalCode> = {
  'scan-incomplete': 'scan-incomplete',
  'metadata-elsewhere': 'metadata-elsewhere',
  'tags-may-be-incomplete': 'tags-may-be-incomplete',
  'no-repositories': 'lost-repositories',
  'lost-repositories': 'lost-repositories',
};

const HINTS: Record<FindingCode, string> = {
  'scan-incomplete': 'regsweep report names the paths: mend their permissions or the disk, and scan again',
  'metadata-elsewhere': 'let the registry collect its own garbage: it asks its database',
  'tags-may-be-incomplete': '--tags-are-complete, if every image that is needed has a tag on this volume',
  'no-repositories': 'check the mounts; --accept-lost-repositories, if the repositories are gone for good',
  'lost-repositories': 'check the mounts; --accept-lost-repositories, if they are gone for good',
};

/** Every reason that the volume or the plan gives not to carry the plan out, less what the operator has lifted. */
export function refusalsOf(volume: JudgedVolume, plan: Plan, limits: SweepLimits): readonly Refusal[] {
  const refusals = volumeRefusals(volume, limits);
  const blown = blownFuse(volume.inventory, plan, limits.maxDeletePercent);
  return blown === undefined ? refusals : [...refusals, blown];
}

/** The same for a repair, whose fuse is for tags and revisions: of those it may take most where blobs are not mounted. */
export function repairRefusals(
  volume: Omit<JudgedVolume, 'mode'>,
  dropped: DroppedShare,
  limits: SweepLimits,
): readonly Refusal[] {
  const refusals = volumeRefusals({ ...volume, mode: 'repair' }, limits);
  const { tags, allTags, revisions, allRevisions } = dropped;
  const shares: readonly (readonly [number, number, string])[] = [
    [tags, allTags, 'tags'],
    [revisions, allRevisions, 'revisions'],
  ];
  const blown = shares.filter(([some, all]) => all > 0 && (some / all) * 100 > limits.maxDeletePercent);
  return [
    ...refusals,
    ...blown.map(([some, all, what]) => ({
      code: 'max-delete-percent' as const,
      message: `the plan drops ${percentOf(some, all)} % of all ${what} (${some} of ${all}), and may drop ${limits.maxDeletePercent} %: are the blobs all there?`,
      hint: 'look at what would go (regsweep repair --drop-dangling); a higher --max-delete-percent lets it pass',
    })),
  ];
}

/** Rounded up: what is a little too much must not read as just enough. */
function percentOf(some: number, all: number): number {
  return Math.ceil((some / all) * 1000) / 10;
}

/** What the volume itself says against a sweep, less what the operator has lifted. */
export function volumeRefusals(volume: JudgedVolume, limits: SweepLimits): readonly Refusal[] {
  return judgeVolume(volume)
    .map(({ code, message }) => ({ code: CODES[code], message, hint: HINTS[code] }))
    .filter(({ code }) => !(code === 'lost-repositories' && limits.acceptLostRepositories))
    .filter(({ code }) => !(code === 'tags-may-be-incomplete' && limits.tagsAreComplete));
}

/** The fuse, where it blows. `maxPercent` of the bytes of all blobs may go. */
export function blownFuse(inventory: Inventory, plan: Plan, maxPercent: number): Refusal | undefined {
  const all = storedBytes(inventory, () => true);
  const going = plan.blobs.reduce((sum, id) => sum + known(numberAt(inventory.blobs.bytes, id)), 0);
  const percent = all === 0 ? 0 : (going / all) * 100;
  if (percent <= maxPercent) return undefined;
  const shown = percentOf(going, all);
  return {
    code: 'max-delete-percent',
    message: `the plan takes ${shown}% of the bytes of all blobs (${going} of ${all}), and may take ${maxPercent}%`,
    hint: 'look at what would go (regsweep report); a higher --max-delete-percent lets it pass',
  };
}

function isAnyStored(inventory: Inventory): boolean {
  return inventory.blobs.flags.some((flags) => (flags & BLOB_STORED) !== 0);
}

function looksTagless(inventory: Inventory): boolean {
  let withRevisions = 0;
  let withoutTags = 0;
  for (let id = 0; id < inventory.repositories.length; id++) {
    if (rowsOf(inventory.revisions.byRepository, id).length === 0) continue;
    withRevisions++;
    if (rowsOf(inventory.tags.byRepository, id).length === 0) withoutTags++;
  }
  return withRevisions > 0 && withoutTags / withRevisions >= TAGLESS_SHARE;
}

/** What earlier scans found and is gone, though no run of ours took it; sorted. */
export function lostRepositories({
  inventory,
  previous,
  lost,
  takenByRuns,
}: Omit<JudgedVolume, 'mode'>): readonly string[] {
  const now = new Set(inventory.repositories.map((repository) => repository.name));
  const before = new Set([...(previous?.perRepository.map(({ name }) => name) ?? []), ...(lost ?? [])]);
  return [...before].filter((name) => !now.has(name) && takenByRuns?.repositories.has(name) !== true).sort(compareText);
}

/** The share of all bytes that lies in blobs which nothing links, and of which no run of ours took the links. */
function unlinkedShare({ inventory, takenByRuns }: JudgedVolume): number {
  const linked = new Uint8Array(inventory.digests.size);
  const { layerLinks, revisions, tags, tagIndexEntries, manifests } = inventory;
  for (const digests of [layerLinks.digest, revisions.digest, tagIndexEntries.digest, manifests.referenceTarget]) {
    for (let row = 0; row < digests.length; row++) linked[unsignedAt(digests, row)] = 1;
  }
  for (const id of tags.current) if (id >= 0) linked[id] = 1;
  for (const { to } of inventory.aliases) linked[to] = 1;
  for (const digest of takenByRuns?.blobs ?? []) {
    const id = inventory.digests.find(digest);
    if (id !== undefined) linked[id] = 1;
  }
  const all = storedBytes(inventory, () => true);
  return all === 0 ? 0 : storedBytes(inventory, (id) => flagAt(linked, id) === 0) / all;
}

function storedBytes(inventory: Inventory, counts: (digest: number) => boolean): number {
  const { flags, bytes } = inventory.blobs;
  let sum = 0;
  for (let id = 0; id < flags.length; id++) {
    if ((flagAt(flags, id) & BLOB_STORED) !== 0 && counts(id)) sum += known(numberAt(bytes, id));
  }
  return sum;
}
