/** Stats what could go, and brings what that tells into the inventory. */
import type { DigestId } from '../inventory/digest-table.ts';
import type { Candidates } from '../inventory/candidates.ts';
import type { ScanFacts } from '../inventory/builder.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { namedParts } from '../inventory/named-parts.ts';
import { BLOB_UNTOUCHABLE, ROW_UNTOUCHABLE } from '../inventory/inventory.ts';
import { digestHex } from '../layout/digest.ts';
import {
  blobData,
  layerFolder,
  layerLink,
  repositoryFolder,
  tagIndexEntryFolder,
  tagIndexEntryLink,
} from '../layout/paths.ts';
import { MAX_MANIFEST_BYTES } from '../manifest/model.ts';
import { at, flagAt } from '../shared/columns.ts';
import type { ProblemSubject } from '../shared/problem.ts';
import type { Collector } from './collector.ts';
import type { FollowingBuilder } from './following.ts';
import { runInOrder } from './in-order.ts';
import { readLinkless } from './leftovers.ts';
import type { Reading } from './reading.ts';
import { StateReader, type FileGroup, type FileOutcome, type FileOutcomes } from './states.ts';
import type { ScanOptions, ScanPorts } from './scan.ts';
import { runNow } from './steps.ts';

export interface Walked {
  readonly builder: FollowingBuilder;
  readonly collector: Collector;
  readonly facts: ScanFacts;
  /** Where what cannot be stat-ed is reported. */
  readonly reading: Reading;
}

/**
 * Stats the candidates. A young blob that nothing names may be the manifest of a push under way: it is read, so that what
 * it names can be held with it. An old one may be a manifest that was deleted: that names its layers still.
 */
export async function measureCandidates(walked: Walked, options: ScanOptions, ports: ScanPorts): Promise<void> {
  const inventory = walked.builder.build(walked.facts);
  options.onWalked(inventory);
  const candidates = options.findCandidates(inventory);
  const total = candidates.blobs.length + candidates.layerLinks.length + candidates.tagIndexEntries.length;
  const states = new StateReader(groupsOf(inventory, candidates), total, inventory.digests, ports.progress);
  await runInOrder(ports.pool, states, ports.signal);
  ports.progress.stop();
  const isDocument = documentTest(inventory, options);
  walked.builder.wantCandidates(apply(walked, inventory, candidates, states.outcomes, isDocument));
  await runInOrder(ports.pool, walked.collector, ports.signal);
  walked.builder.addMissing();
  ports.progress.stop();
}

/** The candidates in their order: blobs, then the links of each repository, then the history of each tag. */
function groupsOf(inventory: Inventory, candidates: Candidates): readonly FileGroup[] {
  const { layerLinks, tagIndexEntries, tags } = inventory;
  const groups: FileGroup[] = [];
  const add = (kind: FileGroup['kind'], repository: string, tag: string, digests: readonly DigestId[]): void =>
    void groups.push({ kind, repository, tag, digests });
  if (candidates.blobs.length > 0) add('blob', '', '', candidates.blobs);
  eachRun(candidates.layerLinks, layerLinks.repository, layerLinks.digest, (repository, digests) => {
    add('layer-link', nameOf(inventory, repository), '', digests);
  });
  eachRun(candidates.tagIndexEntries, tagIndexEntries.tag, tagIndexEntries.digest, (tag, digests) => {
    add('tag-index-entry', nameOf(inventory, at(tags.repository, tag)), tags.name[tag] ?? '', digests);
  });
  return groups;
}

/** The digests of neighbouring rows of one owner at a time. */
function eachRun(
  rows: readonly number[],
  owner: Uint32Array,
  digest: Uint32Array,
  take: (owner: number, digests: readonly DigestId[]) => void,
): void {
  let digests: DigestId[] = [];
  let current = -1;
  for (const row of rows) {
    if (at(owner, row) !== current) {
      if (digests.length > 0) take(current, digests);
      current = at(owner, row);
      digests = [];
    }
    digests.push(at(digest, row));
  }
  if (digests.length > 0) take(current, digests);
}

function nameOf(inventory: Inventory, repository: number): string {
  const found = inventory.repositories[repository];
  if (found === undefined) throw new RangeError(`no repository has number ${repository}`);
  return found.name;
}

/** Returns the blobs that are documents by their file. */
function apply(
  walked: Walked,
  inventory: Inventory,
  candidates: Candidates,
  outcomes: FileOutcomes,
  isDocument: DocumentTest,
): readonly number[] {
  let next = 0;
  const documents: number[] = [];
  for (const id of candidates.blobs) {
    const outcome = outcomes.at(next++);
    if (applyBlob(walked, inventory, id, outcome) && isDocument(id, outcome)) documents.push(id);
  }
  for (const row of candidates.layerLinks) applyLayerLink(walked, inventory, row, outcomes.at(next++));
  for (const row of candidates.tagIndexEntries) applyTagIndexEntry(walked, inventory, row, outcomes.at(next++));
  return documents;
}

type DocumentTest = (blob: DigestId, outcome: FileOutcome) => boolean;

/**
 * Whether a blob is to be read for what it may name: one that is small enough, and young; or, where old ones are read, too,
 * not known for the config or layer of a manifest. Most of what goes is that, and reading it all would take a window up.
 */
function documentTest(inventory: Inventory, { readsUnlinked, youngSince }: ScanOptions): DocumentTest {
  const parts = readsUnlinked === true ? namedParts(inventory) : undefined;
  return (blob, { file }) => {
    if (file === undefined || file.bytes > MAX_MANIFEST_BYTES) return false;
    return file.time >= youngSince || (parts !== undefined && parts[blob] !== 1);
  };
}

/** Whether the blob is there. */
function applyBlob({ builder, reading }: Walked, inventory: Inventory, id: DigestId, outcome: FileOutcome): boolean {
  const { file, throughLink } = outcome;
  if (file !== undefined) builder.blobState(id, file);
  if (file !== undefined && !throughLink) return true;
  const digest = inventory.digests.digest(id);
  if (file !== undefined) {
    builder.blob(id, BLOB_UNTOUCHABLE);
    reading.linkedFile(blobData(digest), { digest });
  } else if (outcome.missing || isOther(reading, blobData(digest), { digest })) builder.withoutData(id);
  return file !== undefined;
}

function applyLayerLink({ builder, reading }: Walked, inventory: Inventory, row: number, outcome: FileOutcome): void {
  if (outcome.file === undefined) {
    if (outcome.missing) layerLinkMissing(builder, reading, inventory, row);
    else linkFailed(reading, layerLinkPlace(inventory, row));
    return;
  }
  builder.layerLinkState(row, outcome.file);
  if (!outcome.throughLink) return;
  const { path, about } = layerLinkPlace(inventory, row);
  builder.layerLinkUntouchable(row);
  reading.linkedFile(path, about);
}

function applyTagIndexEntry(
  { builder, reading }: Walked,
  inventory: Inventory,
  row: number,
  outcome: FileOutcome,
): void {
  if (outcome.file === undefined) {
    if (outcome.missing) tagIndexEntryMissing(builder, reading, inventory, row);
    else linkFailed(reading, tagIndexEntryPlace(inventory, row));
    return;
  }
  builder.tagIndexEntryState(row, outcome.file);
  if (!outcome.throughLink) return;
  const { path, about } = tagIndexEntryPlace(inventory, row);
  builder.tagUntouchable(at(inventory.tagIndexEntries.tag, row));
  reading.linkedFile(path, about);
}

/**
 * Asks once more, in the thread that reports, why a file could not be stat-ed. True where something else stands in its
 * place: the registry cannot read that either. Any other reason makes the scan incomplete.
 */
function isOther(reading: Reading, path: string, about: ProblemSubject): boolean {
  const stated = runNow(reading.disk.state(path));
  if (!stated.ok && !stated.missing && stated.errno === 'not-a-file') return true;
  if (!stated.ok) reading.failed(path, stated, about);
  reading.findings.incomplete();
  return false;
}

interface PlaceOfLink {
  readonly path: string;
  readonly about: ProblemSubject;
}

function linkFailed(reading: Reading, { path, about }: PlaceOfLink): void {
  if (!isOther(reading, path, about)) return;
  reading.problem('link-malformed', 'warning', path, 'is no regular file; it counts by its folder', about);
}

function layerLinkPlace(inventory: Inventory, row: number): PlaceOfLink {
  const { layerLinks, digests } = inventory;
  const repository = nameOf(inventory, at(layerLinks.repository, row));
  const digest = digests.digest(at(layerLinks.digest, row));
  return { path: layerLink(repository, digest), about: { repository, digest } };
}

function tagIndexEntryPlace(inventory: Inventory, row: number): PlaceOfLink {
  const { tagIndexEntries, tags, digests } = inventory;
  const tagRow = at(tagIndexEntries.tag, row);
  const repository = nameOf(inventory, at(tags.repository, tagRow));
  const tag = tags.name[tagRow] ?? '';
  const digest = digests.digest(at(tagIndexEntries.digest, row));
  return { path: tagIndexEntryLink(repository, tag, digest), about: { repository, tag, digest } };
}

/** The API's DELETE of a blob removes the link and leaves its folder, in which something else may be. */
function layerLinkMissing(builder: FollowingBuilder, reading: Reading, inventory: Inventory, row: number): void {
  const { layerLinks, digests } = inventory;
  const id = at(layerLinks.repository, row);
  const name = nameOf(inventory, id);
  const digest = digests.digest(at(layerLinks.digest, row));
  const throughLink = (flagAt(layerLinks.flags, row) & ROW_UNTOUCHABLE) !== 0;
  builder.layerLinkState(row, undefined);
  const repository = { id, name, folder: repositoryFolder(name), throughLink };
  runNow(
    readLinkless(reading, repository, 'layer', {
      name: digestHex(digest),
      path: layerFolder(name, digest),
      throughLink,
    }),
  );
}

/** A collection that was cut off removes the link and leaves its folder. */
function tagIndexEntryMissing(builder: FollowingBuilder, reading: Reading, inventory: Inventory, row: number): void {
  const { tagIndexEntries, tags, digests } = inventory;
  const tagRow = at(tagIndexEntries.tag, row);
  const id = at(tags.repository, tagRow);
  const name = nameOf(inventory, id);
  const digest = digests.digest(at(tagIndexEntries.digest, row));
  const throughLink = (flagAt(tags.flags, tagRow) & ROW_UNTOUCHABLE) !== 0;
  builder.tagIndexEntryState(row, undefined);
  const repository = { id, name, folder: repositoryFolder(name), throughLink };
  const path = tagIndexEntryFolder(name, tags.name[tagRow] ?? '', digest);
  runNow(readLinkless(reading, repository, 'tag-index-entry', { name: digestHex(digest), path, throughLink }));
}
