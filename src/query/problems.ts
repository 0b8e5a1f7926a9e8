/** Everything that is wrong: what the scan met, and what follows from the rows together. */
import type { Analysis } from '../gc/analysis.ts';
import { REFERENCED } from '../gc/mark.ts';
import {
  BLOB_STATED,
  BLOB_STORED,
  CHILD,
  CONFIG,
  MANIFEST_HEALTH,
  NONE,
  REFERENCE_FOREIGN,
  REFERENCE_KINDS,
  type Inventory,
} from '../inventory/inventory.ts';
import type { Digest } from '../layout/digest.ts';
import { blobData, layerLink, revisionLink, tagCurrentLink, tagIndexEntryLink } from '../layout/paths.ts';
import { at } from '../shared/columns.ts';
import { compareProblems, type Problem, type ProblemCode, type Severity } from '../shared/problem.ts';
import { RetainedSizes, revisionRoots } from './exclusive.ts';

const LAYER = REFERENCE_KINDS.indexOf('layer');
const UNKNOWN_KIND = 4;

/** All problems, sorted: the same volume gives the same list. */
export function allProblems(analysis: Analysis): readonly Problem[] {
  const { inventory } = analysis;
  const found = new ProblemList(inventory);
  linkProblems(found, inventory);
  tagProblems(found, analysis);
  manifestProblems(found, analysis);
  return [...inventory.problems, ...found.list].sort(compareProblems);
}

class ProblemList {
  readonly list: Problem[] = [];

  constructor(private readonly inventory: Inventory) {}

  add(code: ProblemCode, severity: Severity, path: string, message: string, about: Partial<Problem>): void {
    this.list.push({ ...about, code, severity, path, message });
  }

  name(repository: number): string {
    return this.inventory.repositories[repository]?.name ?? '';
  }

  digest(id: number): Digest {
    return this.inventory.digests.digest(id);
  }
}

function isStored(inventory: Inventory, id: number): boolean {
  return (at(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
}

/** Links whose blob is missing. */
function linkProblems(found: ProblemList, inventory: Inventory): void {
  const { revisions, layerLinks, tagIndexEntries: entries, tags } = inventory;
  const standIns = new Set(inventory.aliases.map((alias) => alias.from));
  for (const [row, id] of revisions.digest.entries()) {
    if (isStored(inventory, id) || standIns.has(id)) continue;
    const repository = found.name(at(revisions.repository, row));
    const digest = found.digest(id);
    const message = `links a manifest that is not here; regsweep rm ${repository}@${digest} would remove it`;
    found.add('dangling-revision', 'error', revisionLink(repository, digest), message, { repository, digest });
  }
  for (const [row, id] of layerLinks.digest.entries()) {
    if (isStored(inventory, id) || standIns.has(id)) continue;
    const repository = found.name(at(layerLinks.repository, row));
    const digest = found.digest(id);
    const message = 'links a blob that is not here';
    found.add('dangling-layer-link', 'warning', layerLink(repository, digest), message, { repository, digest });
  }
  for (const [row, id] of entries.digest.entries()) {
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
  const { tags, revisions } = inventory;
  const linked = new Set<string>();
  for (const [row, id] of revisions.digest.entries()) linked.add(`${at(revisions.repository, row)} ${id}`);
  let retained: RetainedSizes | undefined;
  for (const [row, id] of tags.current.entries()) {
    if (id === NONE) continue;
    const repositoryId = at(tags.repository, row);
    const repository = found.name(repositoryId);
    const tag = tags.name[row] ?? '';
    const digest = found.digest(id);
    const path = tagCurrentLink(repository, tag);
    if (!isStored(inventory, id)) {
      const message = 'names a manifest that is not here: it cannot be pulled';
      found.add('dangling-tag', 'error', path, message, { repository, tag, digest });
    } else if (!linked.has(`${repositoryId} ${id}`)) {
      retained ??= new RetainedSizes(inventory, graph, revisionRoots(inventory));
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
  for (const [m, id] of manifests.digest.entries()) {
    if (analysis.revisions.marking.level[id] !== REFERENCED) continue;
    const digest = found.digest(id);
    const owner = holder.get(id);
    const about: Partial<Problem> = owner === undefined ? { digest } : { digest, repository: found.name(owner) };
    const health = HEALTH[MANIFEST_HEALTH[at(manifests.health, m)] ?? 'unreadable'];
    if (health !== undefined) {
      // A child that is not here is told of by its index, as a child; only what a link names is missing as a manifest.
      if (health[0] === 'manifest-missing' && owner === undefined) continue;
      found.add(health[0], 'error', blobData(digest), `${health[1]}: whatever names it is held whole`, about);
      continue;
    }
    if (at(manifests.kind, m) === UNKNOWN_KIND) {
      const message = 'has a media type that is not known: every digest in it keeps its blob';
      found.add('manifest-unknown-media-type', 'warning', blobData(digest), message, about);
    }
    const subject = at(manifests.subject, m);
    if (subject !== NONE && !isStored(inventory, subject)) {
      const message = `is about ${found.digest(subject)}, which is not here`;
      found.add('referrer-without-subject', 'warning', blobData(digest), message, about);
    }
    referenceProblems(found, inventory, m, owner);
  }
}

/** Of each manifest the first repository, by name, that links or tags it. */
function firstHolders(inventory: Inventory): ReadonlyMap<number, number> {
  const holder = new Map<number, number>();
  const take = (id: number, repository: number): void => {
    if (repository < (holder.get(id) ?? Infinity)) holder.set(id, repository);
  };
  for (const [row, id] of inventory.revisions.digest.entries()) take(id, at(inventory.revisions.repository, row));
  for (const [row, id] of inventory.tags.current.entries()) take(id, at(inventory.tags.repository, row));
  return holder;
}

function referenceProblems(found: ProblemList, inventory: Inventory, m: number, owner: number | undefined): void {
  const { manifests, blobs } = inventory;
  const manifest = found.digest(at(manifests.digest, m));
  const standIns = new Map(inventory.aliases.map((alias) => [alias.from, alias.to]));
  const seen = new Set<number>();
  for (let edge = at(manifests.referenceStart, m); edge < at(manifests.referenceStart, m + 1); edge++) {
    const named = at(manifests.referenceTarget, edge);
    if (seen.has(named)) continue;
    seen.add(named);
    const id = isStored(inventory, named) ? named : (standIns.get(named) ?? named);
    const digest = found.digest(id);
    const about: Partial<Problem> = owner === undefined ? { digest } : { digest, repository: found.name(owner) };
    const kind = at(manifests.referenceKind, edge);
    if (!isStored(inventory, id)) {
      const foreign = (at(manifests.referenceFlags, edge) & REFERENCE_FOREIGN) !== 0;
      if (foreign) continue;
      if (kind === CHILD) {
        const message = `is a child of index ${manifest} and is not here: legal, if the index was meant to be sparse`;
        found.add('child-missing', 'warning', blobData(digest), message, about);
      } else if (kind === LAYER || kind === CONFIG) {
        const [code, what] =
          kind === LAYER ? (['layer-missing', 'layer'] as const) : (['config-missing', 'config'] as const);
        found.add(
          code,
          'error',
          blobData(digest),
          `is a ${what} of ${manifest} and is not here: it cannot be pulled`,
          about,
        );
      }
      continue;
    }
    const stated = at(manifests.referenceBytes, edge);
    const isStated = (at(blobs.flags, id) & BLOB_STATED) !== 0;
    if (isStated && !Number.isNaN(stated) && stated !== at(blobs.bytes, id)) {
      const message = `has ${at(blobs.bytes, id)} bytes, ${manifest} says ${stated}`;
      found.add('size-mismatch', 'warning', blobData(digest), message, about);
    }
  }
}
