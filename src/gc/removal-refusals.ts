/** Why something that is named must not go. All reasons are told, and what is refused is in no plan. */
import type { DigestId } from '../inventory/digest-table.ts';
import {
  BLOB_STORED,
  LINK_UNCERTAIN,
  MANIFEST_HEALTH,
  MISSING,
  ROW_UNTOUCHABLE,
  SOUND,
  TAG_NAME_ILLEGAL,
  TAG_UNCERTAIN,
  type Inventory,
} from '../inventory/inventory.ts';
import { layerLink } from '../layout/paths.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { findDoubts } from './doubt.ts';
import { buildGraph } from './graph.ts';
import { losers, type Wanted } from './hanging.ts';
import { isKeptTag } from './mark.ts';
import { Closure } from './reachability.ts';
import type { Removal } from './removal-names.ts';
import type { Taken } from './taking.ts';

export interface RemovalRefusal {
  readonly code:
    /** An index that stays names it. */
    | 'needed-by-index'
    /** A tag names it that is never deleted. */
    | 'needed-by-tag'
    /** It lies behind a symbolic link, or under a name that the registry would refuse. */
    | 'never-deleted'
    /** What would stay in that repository cannot be told to need nothing of it. */
    | 'repository-in-doubt';
  readonly message: string;
  readonly hint: string;
}

export interface Refused {
  readonly refusals: readonly RemovalRefusal[];
  /** What is still wanted, without what is refused. */
  readonly wanted: Wanted;
}

const BY_HAND = 'put that in order by hand; nothing is ever deleted through a symbolic link or under an illegal name';

/** What is refused because of where it lies, whatever hangs on it. */
export function refuseUntouchable(inventory: Inventory, removal: Removal): Refused {
  const refusals: RemovalRefusal[] = [];
  const wanted = copyOf(inventory, removal);
  for (const repository of losers(inventory, removal)) {
    const name = nameOf(inventory, repository);
    const whole = removal.repositories[repository] === 1;
    const refuse = (code: RemovalRefusal['code'], message: string): void => {
      refusals.push({ code, message, hint: BY_HAND });
    };
    if (inventory.repositories[repository]?.deletable !== true) {
      refuse('never-deleted', `${name} lies behind a symbolic link, or its name is none that the registry takes`);
      forget(inventory, wanted, repository);
    } else if (whole) {
      const stays = untouchableIn(inventory, repository);
      if (stays === undefined) continue;
      refuse('never-deleted', `${name} cannot go whole: ${stays}`);
      forget(inventory, wanted, repository);
    } else refuseRows(inventory, wanted, repository, refuse);
  }
  return { refusals, wanted };
}

type Refuse = (code: RemovalRefusal['code'], message: string) => void;

function refuseRows(inventory: Inventory, wanted: Wanted, repository: number, refuse: Refuse): void {
  const name = nameOf(inventory, repository);
  const { tags, revisions } = inventory;
  for (const tag of rowsOf(tags.byRepository, repository)) {
    if (wanted.tags[tag] !== 1 || !isKeptTag(flagAt(tags.flags, tag))) continue;
    refuse('never-deleted', `${name}:${tags.name[tag] ?? ''} lies behind a symbolic link, or its name is illegal`);
    wanted.tags[tag] = 0;
  }
  for (const row of rowsOf(revisions.byRepository, repository)) {
    if (wanted.revisions[row] !== 1) continue;
    const id = at(revisions.digest, row);
    const what = `${name}@${inventory.digests.digest(id)}`;
    const tag = rowsOf(tags.byRepository, repository).find(
      (other) => at(tags.current, other) === id && isKeptTag(flagAt(tags.flags, other)),
    );
    if ((flagAt(revisions.flags, row) & ROW_UNTOUCHABLE) !== 0) {
      refuse('never-deleted', `${what} lies behind a symbolic link`);
    } else if (tag !== undefined) {
      refuse('needed-by-tag', `${what} is what the tag ${tags.name[tag] ?? ''} names, which is never deleted`);
    } else continue;
    wanted.revisions[row] = 0;
  }
}

/** What of a repository is never deleted; `undefined`: it may go whole. */
function untouchableIn(inventory: Inventory, repository: number): string | undefined {
  const { tags, revisions, layerLinks, uploads, digests } = inventory;
  for (const tag of rowsOf(tags.byRepository, repository)) {
    const flags = flagAt(tags.flags, tag);
    if ((flags & TAG_NAME_ILLEGAL) !== 0) return `"${tags.name[tag] ?? ''}" is no legal tag`;
    if (isKeptTag(flags)) return `its tag ${tags.name[tag] ?? ''} lies behind a symbolic link`;
  }
  const linked = (digest: number): string => `its link to ${digests.digest(digest)} lies behind a symbolic link`;
  for (const of of [revisions, layerLinks]) {
    const row = rowsOf(of.byRepository, repository).find((one) => (flagAt(of.flags, one) & ROW_UNTOUCHABLE) !== 0);
    if (row !== undefined) return linked(at(of.digest, row));
  }
  const upload = uploads.find((one) => one.repository === repository && one.throughLink);
  return upload === undefined ? undefined : `its upload ${upload.name} lies behind a symbolic link`;
}

/** What is refused because of what would stay. */
export function refuseNeeded(inventory: Inventory, wanted: Wanted, taken: Taken): Refused {
  const refusals: RemovalRefusal[] = [];
  const less = copyOf(inventory, wanted);
  const { rest } = taken;
  const doubts = findDoubts(rest, () => true);
  for (const repository of losers(inventory, wanted)) {
    if (wanted.repositories[repository] === 1) continue;
    if (doubts[repository] === 1 && wanted.alone[repository] !== 1) {
      refusals.push(inDoubt(rest, repository));
      keepDangling(inventory, less, repository);
    }
    const needed = taken.staying.neededIn(repository);
    const refused = [...rowsOf(inventory.revisions.byRepository, repository)].filter((row) => {
      const id = at(inventory.revisions.digest, row);
      return less.revisions[row] === 1 && isStored(inventory, id) && needed.has(id);
    });
    for (const row of refused) {
      refusals.push(neededByIndex(inventory, taken, repository, at(inventory.revisions.digest, row)));
      less.revisions[row] = 0;
    }
  }
  return { refusals, wanted: less };
}

function neededByIndex(inventory: Inventory, taken: Taken, repository: number, id: DigestId): RemovalRefusal {
  const { digests } = inventory;
  const name = nameOf(inventory, repository);
  const needed = taken.staying.neededIn(repository);
  const index = parentsOf(inventory, id)
    .filter((parent) => needed.has(parent))
    .sort((a, b) => (digests.digest(a) < digests.digest(b) ? -1 : 1))[0];
  const what = `${name}@${digests.digest(id)}`;
  if (index === undefined) {
    // A link whose content is another digest than its path keeps both.
    const hint = 'regsweep report ROOT lists the links whose path and content disagree';
    return { code: 'needed-by-index', message: `${what} is needed by a damaged link that stays`, hint };
  }
  const tags = [...taken.staying.tagsThatNeed(repository, index)].sort();
  const keeps = tags.length === 0 ? 'which no tag names' : `which the tag ${tags.join(', ')} keeps`;
  return {
    code: 'needed-by-index',
    message: `${what} is needed by the index ${digests.digest(index)}, ${keeps}`,
    hint: `name the index too: ${tags.length === 0 ? `${name}@${digests.digest(index)}` : tags.map((tag) => `${name}:${tag}`).join(' ')}`,
  };
}

function parentsOf({ manifests }: Inventory, id: DigestId): DigestId[] {
  const parents: DigestId[] = [];
  for (let m = 0; m < manifests.digest.length; m++) {
    const references = manifests.referenceTarget.subarray(
      at(manifests.referenceStart, m),
      at(manifests.referenceStart, m + 1),
    );
    if (references.includes(id)) parents.push(at(manifests.digest, m));
  }
  return parents;
}

function inDoubt(rest: Inventory, repository: number): RemovalRefusal {
  const name = nameOf(rest, repository);
  return {
    code: 'repository-in-doubt',
    message: `${name} is in doubt and loses nothing: ${doubtIn(rest, repository) ?? 'it is damaged'}`,
    hint: `regsweep report ROOT tells what is damaged; REPO@DIGEST of a revision whose manifest is missing, and REPO:TAG of a tag that says nothing, take the doubt away`,
  };
}

/** The first thing that puts a repository in doubt. */
function doubtIn(rest: Inventory, repository: number): string | undefined {
  const { tags, revisions, layerLinks, manifests, digests } = rest;
  const health = new Map<number, number>();
  for (const [m, id] of manifests.digest.entries()) health.set(id, flagAt(manifests.health, m));
  const graph = buildGraph(rest);
  const closure = new Closure(graph.nodes, [graph.references]);
  closure.begin();
  for (const tag of rowsOf(tags.byRepository, repository)) {
    if ((flagAt(tags.flags, tag) & TAG_UNCERTAIN) !== 0)
      return `nobody knows what the tag ${tags.name[tag] ?? ''} names`;
    const current = at(tags.current, tag);
    if (current >= 0) closure.add([current]);
  }
  for (const row of rowsOf(revisions.byRepository, repository)) closure.add([at(revisions.digest, row)]);
  const bad = [...closure.reached].filter((id) => (health.get(id) ?? SOUND) !== SOUND);
  const first = bad
    .map((id) => `${digests.digest(id)} (${MANIFEST_HEALTH[health.get(id) ?? MISSING] ?? ''})`)
    .sort()[0];
  if (first !== undefined) return `the manifest ${first}`;
  const link = rowsOf(layerLinks.byRepository, repository).find(
    (row) => (flagAt(layerLinks.flags, row) & LINK_UNCERTAIN) !== 0,
  );
  if (link === undefined) return undefined;
  const path = layerLink(nameOf(rest, repository), digests.digest(at(layerLinks.digest, link)));
  return `${path} does not say which blob it stands for`;
}

/** A revision that leads nowhere may go all the same, and nothing with it. */
function keepDangling(inventory: Inventory, wanted: Wanted, repository: number): void {
  wanted.alone[repository] = 1;
  for (const tag of rowsOf(inventory.tags.byRepository, repository)) wanted.tags[tag] = 0;
  for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
    if (isStored(inventory, at(inventory.revisions.digest, row))) wanted.revisions[row] = 0;
  }
}

function isStored(inventory: Inventory, id: DigestId): boolean {
  return (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
}

function forget(inventory: Inventory, wanted: Wanted, repository: number): void {
  wanted.repositories[repository] = 0;
  for (const tag of rowsOf(inventory.tags.byRepository, repository)) wanted.tags[tag] = 0;
  for (const row of rowsOf(inventory.revisions.byRepository, repository)) wanted.revisions[row] = 0;
}

function copyOf(inventory: Inventory, removal: Removal & Partial<Wanted>): Wanted {
  return {
    repositories: removal.repositories.slice(),
    tags: removal.tags.slice(),
    revisions: removal.revisions.slice(),
    alone: removal.alone?.slice() ?? new Uint8Array(inventory.repositories.length),
  };
}

function nameOf(inventory: Inventory, repository: number): string {
  return inventory.repositories[repository]?.name ?? '';
}
