/** Everything that is wrong: what the scan met, and what follows from the rows together. */
import type { Analysis } from '../gc/analysis.ts';
import { REFERENCED } from '../gc/mark.ts';
import { standInsOf } from '../inventory/aliases.ts';
import {
  BLOB_STATED,
  BLOB_STORED,
  CHILD,
  CONFIG,
  MANIFEST_HEALTH,
  MANIFEST_KINDS,
  NONE,
  REFERENCE_FOREIGN,
  REFERENCE_KINDS,
  type Inventory,
} from '../inventory/inventory.ts';
import { blobData, layerLink, revisionLink, tagCurrentLink, tagIndexEntryLink } from '../layout/paths.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { compareProblems, type Problem, type ProblemCode } from '../shared/problem.ts';
import { childLinkProblems } from './child-links.ts';
import { reachedBySeveral, RetainedSizes, revisionRoots } from './exclusive.ts';
import { linkedTags } from './linked-tags.ts';
import { ProblemList } from './problem-list.ts';

const LAYER = REFERENCE_KINDS.indexOf('layer');
/** Greater than any number of a repository. */
const NOBODY = 0xffffffff;
const UNKNOWN_KIND = MANIFEST_KINDS.indexOf('unknown');

/** All problems, sorted: the same volume gives the same list. */
export function allProblems(analysis: Analysis): readonly Problem[] {
  const { inventory } = analysis;
  const found = new ProblemList(inventory);
  linkProblems(found, inventory);
  tagProblems(found, analysis);
  childLinkProblems(found, inventory);
  manifestProblems(found, analysis);
  return [...inventory.problems, ...found.list].sort(compareProblems);
}

function isStored(inventory: Inventory, id: number): boolean {
  return (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
}

/** Links whose blob is missing. */
function linkProblems(found: ProblemList, inventory: Inventory): void {
  const { revisions, layerLinks, tagIndexEntries: entries, tags } = inventory;
  const standIns = standInsOf(inventory);
  for (let row = 0; row < revisions.digest.length; row++) {
    const id = at(revisions.digest, row);
    if (isStored(inventory, id) || standIns.has(id)) continue;
    const repository = found.name(at(revisions.repository, row));
    const digest = found.digest(id);
    const message = `links a manifest that is not here; regsweep rm ${repository}@${digest} would remove it`;
    found.add('dangling-revision', 'error', revisionLink(repository, digest), message, { repository, digest });
  }
  for (let row = 0; row < layerLinks.digest.length; row++) {
    const id = at(layerLinks.digest, row);
    if (isStored(inventory, id) || standIns.has(id)) continue;
    const repository = found.name(at(layerLinks.repository, row));
    const digest = found.digest(id);
    const message = 'links a blob that is not here';
    found.add('dangling-layer-link', 'warning', layerLink(repository, digest), message, { repository, digest });
  }
  for (let row = 0; row < entries.digest.length; row++) {
    const id = at(entries.digest, row);
    if (isStored(inventory, id)) continue;
    const tagRow = at(entries.tag, row);
    const repository = found.name(at(tags.repository, tagRow));
    const tag = tags.name[tagRow] ?? '';
    const digest = found.digest(id);
    const message = 'remembers a manifest that is not here';
    const path = tagIndexEntryLink(repository, tag, digest);
    found.add('dangling-tag-index-entry', 'warning', path, message, { repository, tag, digest });
  }
}

function tagProblems(found: ProblemList, { inventory, graph }: Analysis): void {
  const { tags } = inventory;
  const linked = linkedTags(inventory);
  let retained: RetainedSizes | undefined;
  for (let row = 0; row < tags.current.length; row++) {
    const id = at(tags.current, row);
    if (id === NONE) continue;
    const stored = isStored(inventory, id);
    if (stored && linked[row] === 1) continue;
    const repository = found.name(at(tags.repository, row));
    const tag = tags.name[row] ?? '';
    const digest = found.digest(id);
    const path = tagCurrentLink(repository, tag);
    if (!stored) {
      const message = 'names a manifest that is not here: it cannot be pulled';
      found.add('dangling-tag', 'error', path, message, { repository, tag, digest });
    } else {
      retained ??= new RetainedSizes(inventory, graph, reachedBySeveral(graph, revisionRoots(inventory)));
      const { exclusiveBytes } = retained.of(id);
      const message = `names a revision that this repository does not link: the registry answers 404, and its collector would delete the image. It alone keeps ${exclusiveBytes} bytes; regsweep rm ${repository}:${tag} lets them go`;
      found.add('tag-not-linked', 'error', path, message, { repository, tag, digest, bytes: exclusiveBytes });
    }
  }
}

const HEALTH: Readonly<Record<(typeof MANIFEST_HEALTH)[number], readonly [ProblemCode, string] | undefined>> = {
  sound: undefined,
  missing: ['manifest-missing', 'is a manifest that is not here'],
  truncated: ['manifest-truncated', 'ends early'],
  mismatch: ['manifest-digest-mismatch', 'is not what its digest says'],
  unreadable: ['manifest-unreadable', 'cannot be understood as a manifest'],
  'too-large': ['manifest-too-large', 'is larger than the 4 MiB that a manifest may have'],
};

function manifestProblems(found: ProblemList, analysis: Analysis): void {
  const { inventory } = analysis;
  const { manifests } = inventory;
  const holder = firstHolders(inventory);
  const standIns = standInsOf(inventory);
  for (let m = 0; m < manifests.digest.length; m++) {
    const id = at(manifests.digest, m);
    if (analysis.revisions.marking.level[id] !== REFERENCED) continue;
    const owner = ownerIn(holder, id);
    const health = HEALTH[MANIFEST_HEALTH[flagAt(manifests.health, m)] ?? 'unreadable'];
    if (health !== undefined) {
      healthProblem(found, health, id, owner);
      continue;
    }
    formProblems(found, inventory, m, owner);
    referenceProblems(found, inventory, standIns, m, owner);
  }
}

function healthProblem(
  found: ProblemList,
  [code, what]: readonly [ProblemCode, string],
  id: number,
  owner: number | undefined,
): void {
  // A child that is not here is told of by its index, as a child; only what a link names is missing as a manifest.
  if (code === 'manifest-missing' && owner === undefined) return;
  const digest = found.digest(id);
  found.add(code, 'error', blobData(digest), `${what}: whatever names it is held whole`, found.about(digest, owner));
}

/** A form that is not known, and a subject that is not here. */
function formProblems(found: ProblemList, inventory: Inventory, m: number, owner: number | undefined): void {
  const { manifests } = inventory;
  const subject = at(manifests.subject, m);
  const isUnknown = flagAt(manifests.kind, m) === UNKNOWN_KIND;
  const lacksSubject = subject !== NONE && !isStored(inventory, subject);
  if (!isUnknown && !lacksSubject) return;
  const digest = found.digest(at(manifests.digest, m));
  const about = found.about(digest, owner);
  if (isUnknown) {
    const message = 'has a media type that is not known: every digest in it keeps its blob';
    found.add('manifest-unknown-media-type', 'warning', blobData(digest), message, about);
  }
  if (lacksSubject) {
    const message = `is about ${found.digest(subject)}, which is not here`;
    found.add('referrer-without-subject', 'warning', blobData(digest), message, about);
  }
}

/** Of each manifest the first repository, by name, that links or tags it. */
function firstHolders(inventory: Inventory): Uint32Array {
  const holder = new Uint32Array(inventory.digests.size).fill(NOBODY);
  const take = (id: number, repository: number): void => {
    if (repository < at(holder, id)) holder[id] = repository;
  };
  const { revisions, tags } = inventory;
  for (let row = 0; row < revisions.digest.length; row++)
    take(at(revisions.digest, row), at(revisions.repository, row));
  for (let row = 0; row < tags.current.length; row++) {
    const current = at(tags.current, row);
    if (current !== NONE) take(current, at(tags.repository, row));
  }
  return holder;
}

function ownerIn(holder: Uint32Array, id: number): number | undefined {
  const owner = at(holder, id);
  return owner === NOBODY ? undefined : owner;
}

interface Edge {
  readonly manifest: number;
  readonly owner: number | undefined;
  readonly edge: number;
  /** What is named; a digest that stands for a blob is that blob. */
  readonly id: number;
}

function referenceProblems(
  found: ProblemList,
  inventory: Inventory,
  standIns: ReadonlyMap<number, number>,
  manifest: number,
  owner: number | undefined,
): void {
  const { manifests } = inventory;
  // A layer may be named twice; it is told of once.
  let told: Set<number> | undefined;
  const end = at(manifests.referenceStart, manifest + 1);
  for (let edge = at(manifests.referenceStart, manifest); edge < end; edge++) {
    const named = at(manifests.referenceTarget, edge);
    const id = isStored(inventory, named) ? named : (standIns.get(named) ?? named);
    const stored = isStored(inventory, id);
    if (stored && !sizeDiffers(inventory, id, edge)) continue;
    if (told?.has(id) === true) continue;
    told = (told ?? new Set()).add(id);
    if (stored) sizeMismatch(found, inventory, { manifest, owner, edge, id });
    else missingTarget(found, inventory, { manifest, owner, edge, id });
  }
}

function sizeDiffers({ manifests, blobs }: Inventory, id: number, edge: number): boolean {
  if ((flagAt(blobs.flags, id) & BLOB_STATED) === 0) return false;
  const stated = numberAt(manifests.referenceBytes, edge);
  return !Number.isNaN(stated) && stated !== numberAt(blobs.bytes, id);
}

function sizeMismatch(found: ProblemList, inventory: Inventory, { manifest, owner, edge, id }: Edge): void {
  const { manifests, blobs } = inventory;
  const digest = found.digest(id);
  const naming = found.digest(at(manifests.digest, manifest));
  const stated = numberAt(manifests.referenceBytes, edge);
  const message = `has ${numberAt(blobs.bytes, id)} bytes, ${naming} says ${stated}`;
  found.add('size-mismatch', 'warning', blobData(digest), message, found.about(digest, owner));
}

function missingTarget(found: ProblemList, inventory: Inventory, { manifest, owner, edge, id }: Edge): void {
  const { manifests } = inventory;
  if ((flagAt(manifests.referenceFlags, edge) & REFERENCE_FOREIGN) !== 0) return;
  const kind = flagAt(manifests.referenceKind, edge);
  const digest = found.digest(id);
  const naming = found.digest(at(manifests.digest, manifest));
  const about = found.about(digest, owner);
  if (kind === CHILD) {
    const message = `is a child of index ${naming} and is not here: legal, if the index was meant to be sparse`;
    found.add('child-missing', 'warning', blobData(digest), message, about);
  } else if (kind === LAYER) {
    const message = `is a layer of ${naming} and is not here: it cannot be pulled`;
    found.add('layer-missing', 'error', blobData(digest), message, about);
  } else if (kind === CONFIG) {
    const message = `is a config of ${naming} and is not here: it cannot be pulled`;
    found.add('config-missing', 'error', blobData(digest), message, about);
  }
}
