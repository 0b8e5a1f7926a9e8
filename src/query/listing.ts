/** `ls`: repositories; a repository's tags and revisions; what a manifest is made of. */
import { findRepository, findRevision, findTag, noSuchRepository, splitReference } from '../gc/references.ts';
import { BLOB_STORED, NONE, REFERENCE_KINDS, type Inventory } from '../inventory/inventory.ts';
import type { Listing, ReferenceRow, RevisionRow, SizedRow, TagRow } from '../report/model.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { isoTime } from '../shared/times.ts';
import { AppError } from '../shared/errors.ts';
import { compareText } from '../shared/problem.ts';
import { reachedBySeveral, RetainedSizes, revisionRoots, tagRoots } from './exclusive.ts';
import { repositoryRows } from './rows.ts';
import { untaggedIn, type MarkedIndex } from './view.ts';

/** What the listing of a reference is made of. */
export interface ListedIndex {
  readonly inventory: Inventory;
  /** What would go if just one tag went, with the revision that it names: what no other tag of any repository reaches. */
  readonly amongTags: () => RetainedSizes;
  /** What would go if just one revision went, with its tags: what no other revision of any repository reaches. */
  readonly amongRevisions: () => RetainedSizes;
  /** Whether a revision (its row) is not referenced where tags alone are roots. */
  readonly isUntagged: (row: number) => boolean;
}

/** The listing of a reference, or of none: the registry. Throws as `listReference`. */
export function buildListing(index: MarkedIndex, reference: string | undefined): Listing {
  if (reference === undefined) {
    const options = { mode: 'revisions', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: 0 } as const;
    return { schema: 'regsweep.ls/1', kind: 'registry', repositories: repositoryRows(index, options) };
  }
  return listReference(listedIndex(index), reference);
}

/** What listings of an index are made of; what several of them need is made once. */
export function listedIndex(index: MarkedIndex): ListedIndex {
  const { inventory, graph } = index.analysis;
  const among = (roots: Iterable<number>) => new RetainedSizes(inventory, graph, reachedBySeveral(graph, roots));
  let byTags: RetainedSizes | undefined;
  let byRevisions: RetainedSizes | undefined;
  return {
    inventory,
    // The roots are the tags alone, as with `--untagged`: where every revision is one, a tag by itself keeps nothing.
    amongTags: () => (byTags ??= among(tagRoots(inventory))),
    amongRevisions: () => (byRevisions ??= among(revisionRoots(inventory))),
    isUntagged: untaggedIn(index),
  };
}

/**
 * The listing of `REPO`, `REPO:TAG` or `REPO@DIGEST` (a digest may be cut short where it stays unambiguous). Exclusive bytes
 * of a tag are what no other tag reaches, of a revision (`REPO@DIGEST`) what no other revision does. Throws `no-such-name`,
 * `ambiguous-name`.
 */
export function listReference(index: ListedIndex, reference: string): Listing {
  const { inventory } = index;
  const whole = findRepository(inventory, reference);
  if (whole !== undefined) return listRepository(index, whole);
  const named = splitReference(reference);
  const repository = named === undefined ? undefined : findRepository(inventory, named.repository);
  if (named === undefined || repository === undefined) {
    throw noSuchRepository(inventory, named?.repository ?? reference);
  }
  return named.tag === undefined
    ? listManifest(inventory, repository, findRevision(inventory, repository, named.digest), index.amongRevisions())
    : listManifest(inventory, repository, currentOf(inventory, repository, named.tag), index.amongTags());
}

/** What a tag names now. */
function currentOf(inventory: Inventory, repository: number, tag: string): number {
  const current = at(inventory.tags.current, findTag(inventory, repository, tag));
  if (current !== NONE) return current;
  const message = `tag ${tag} names nothing: its current/link is missing or cannot be read`;
  throw new AppError('no-such-name', message, 'regsweep verify ROOT says what is damaged, and what to do about it');
}

function sized(sizes: RetainedSizes, digest: number): SizedRow {
  const { bytes, exclusiveBytes } = sizes.of(digest);
  return { bytes, exclusiveBytes, sharedBytes: bytes - exclusiveBytes };
}

const UNSIZED: SizedRow = { bytes: null, exclusiveBytes: null, sharedBytes: null };

function listRepository(
  { inventory, amongTags, amongRevisions, isUntagged }: ListedIndex,
  repository: number,
): Listing {
  const byTag = amongTags();
  const byRevision = amongRevisions();
  const mediaTypeOf = mediaTypes(inventory);
  const tagsOf = currentTags(inventory, repository);
  const tags = [...rowsOf(inventory.tags.byRepository, repository)].map((row): TagRow => {
    const current = at(inventory.tags.current, row);
    return {
      ...(current === NONE ? UNSIZED : sized(byTag, current)),
      tag: inventory.tags.name[row] ?? '',
      digest: current === NONE ? null : inventory.digests.digest(current),
      mediaType: current === NONE ? null : mediaTypeOf(current),
      pushedAt: isoTime(numberAt(inventory.tags.time, row)),
    };
  });
  const revisions = [...rowsOf(inventory.revisions.byRepository, repository)].map((row): RevisionRow => {
    const id = at(inventory.revisions.digest, row);
    return {
      ...sized(byRevision, id),
      digest: inventory.digests.digest(id),
      mediaType: mediaTypeOf(id),
      tags: tagsOf(id),
      untagged: isUntagged(row),
      pushedAt: isoTime(numberAt(inventory.revisions.time, row)),
    };
  });
  return {
    schema: 'regsweep.ls/1',
    kind: 'repository',
    repository: inventory.repositories[repository]?.name ?? '',
    tags: tags.sort((a, b) => compareText(a.tag, b.tag)),
    revisions: revisions.sort((a, b) => compareText(a.digest, b.digest)),
  };
}

/** The tags of a repository that name a digest now, sorted. */
function currentTags(inventory: Inventory, repository: number): (digest: number) => readonly string[] {
  const byDigest = new Map<number, string[]>();
  for (const row of rowsOf(inventory.tags.byRepository, repository)) {
    const current = at(inventory.tags.current, row);
    const names = byDigest.get(current) ?? [];
    names.push(inventory.tags.name[row] ?? '');
    byDigest.set(current, names);
  }
  for (const names of byDigest.values()) names.sort(compareText);
  return (digest) => byDigest.get(digest) ?? [];
}

function wordOrNull(inventory: Inventory, word: number): string | null {
  const text = inventory.words[word] ?? '';
  return text === '' ? null : text;
}

function mediaTypes(inventory: Inventory): (digest: number) => string | null {
  const { digest, mediaType } = inventory.manifests;
  const words = new Map<number, number>();
  for (const [row, id] of digest.entries()) words.set(id, at(mediaType, row));
  return (id) => {
    const word = words.get(id);
    return word === undefined ? null : wordOrNull(inventory, word);
  };
}

function listManifest(inventory: Inventory, repository: number, digest: number, sizes: RetainedSizes): Listing {
  const row = inventory.manifests.digest.indexOf(digest);
  return {
    schema: 'regsweep.ls/1',
    kind: 'manifest',
    repository: inventory.repositories[repository]?.name ?? '',
    digest: inventory.digests.digest(digest),
    mediaType: row === -1 ? null : wordOrNull(inventory, at(inventory.manifests.mediaType, row)),
    artifactType: row === -1 ? null : wordOrNull(inventory, at(inventory.manifests.artifactType, row)),
    ...sized(sizes, digest),
    tags: currentTags(inventory, repository)(digest),
    references: row === -1 ? [] : referencesOf(inventory, sizes, row),
  };
}

function referencesOf(inventory: Inventory, sizes: RetainedSizes, row: number): readonly ReferenceRow[] {
  const { manifests, blobs, digests } = inventory;
  const rows: ReferenceRow[] = [];
  const isPresent = (id: number): boolean => (flagAt(blobs.flags, id) & BLOB_STORED) !== 0;
  for (let edge = at(manifests.referenceStart, row); edge < at(manifests.referenceStart, row + 1); edge++) {
    const id = at(manifests.referenceTarget, edge);
    rows.push({
      ...sized(sizes, id),
      kind: REFERENCE_KINDS[flagAt(manifests.referenceKind, edge)] ?? 'candidate',
      digest: digests.digest(id),
      mediaType: wordOrNull(inventory, at(manifests.referenceMediaType, edge)),
      platform: wordOrNull(inventory, at(manifests.referencePlatform, edge)),
      present: isPresent(id),
    });
  }
  const subject = at(manifests.subject, row);
  if (subject === NONE) return rows;
  const about = { kind: 'subject', digest: digests.digest(subject), mediaType: null, platform: null } as const;
  return [...rows, { ...sized(sizes, subject), ...about, present: isPresent(subject) }];
}
