/**
 * The rows of a plan as actions: where each is, what must be found there, what it frees, and why it goes. One at a time, and
 * never a list of all: a plan of a million deletions is its ids, and nothing else.
 */
import { standInsOf } from '../inventory/aliases.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, NONE, type EmptyFolder, type Inventory } from '../inventory/inventory.ts';
import {
  blobFolder,
  layerFolder,
  revisionFolder,
  signatureFolder,
  tagFolder,
  tagIndexEntryFolder,
  uploadFolder,
} from '../layout/paths.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { isoTime } from '../shared/times.ts';
import type { Action, ActionKind, Expectation, Reason } from './action.ts';
import type { Plan } from './plan.ts';
import { reasonsIn, type PlanMode } from './reasons.ts';
import { Sizes, type Size } from './sizes.ts';

export interface ActionContext {
  readonly mode: PlanMode;
  /** Which batch the plan is, from 1. */
  readonly batch: number;
  /** Why the tag of this row goes; absent: as all of its mode do. */
  readonly tagReason?: (row: number) => Reason;
}

/** The actions of a plan, in the order of deletion. */
export function* actionsOf(inventory: Inventory, plan: Plan, context: ActionContext): Generator<Action> {
  const maker = new ActionMaker(inventory, context);
  for (const row of plan.tags) yield maker.tag(row);
  for (const row of plan.tagIndexEntries) yield maker.tagIndexEntry(row);
  for (const row of plan.revisions) yield maker.revision(row);
  for (const row of plan.signatureLinks) yield maker.signatureLink(row);
  for (const row of plan.layerLinks) yield maker.layerLink(row);
  for (const id of plan.blobs) yield maker.blob(id);
  for (const index of plan.uploads) yield maker.upload(index);
  for (const index of plan.strayFiles) yield maker.strayFile(index);
  for (const folder of plan.emptyFolders) yield maker.emptyFolder(folder);
}

type Where = Pick<Action, 'path' | 'repository' | 'tag' | 'digest' | 'refersTo' | 'tagRow'>;

/** Makes the action of one row. */
export class ActionMaker {
  private readonly sizes: Sizes;
  private readonly reasons: ReturnType<typeof reasonsIn>;
  private readonly standIns: ReadonlyMap<DigestId, DigestId>;
  private readonly emptyNow: ReadonlySet<string>;

  constructor(
    private readonly inventory: Inventory,
    private readonly context: ActionContext,
  ) {
    this.sizes = new Sizes(inventory);
    this.reasons = reasonsIn(context.mode);
    this.standIns = standInsOf(inventory);
    this.emptyNow = new Set(inventory.emptyFolders.map(({ path }) => path));
  }

  tag(row: number): Action {
    const { tags } = this.inventory;
    const repository = this.repository(at(tags.repository, row));
    const tag = tags.name[row] ?? '';
    const current = at(tags.current, row);
    const named = current === NONE ? undefined : this.about(current);
    const where = { path: tagFolder(repository, tag), repository, tag, ...named, tagRow: row };
    const expect = { link: named?.digest ?? null, modifiedAt: isoTime(numberAt(tags.time, row)) };
    return this.make('tag', where, expect, this.sizes.tag(row), this.context.tagReason?.(row) ?? this.reasons.tag);
  }

  tagIndexEntry(row: number): Action {
    const { tags, tagIndexEntries: entries } = this.inventory;
    const ofTag = at(entries.tag, row);
    const repository = this.repository(at(tags.repository, ofTag));
    const tag = tags.name[ofTag] ?? '';
    const about = this.about(at(entries.digest, row));
    const where = { path: tagIndexEntryFolder(repository, tag, about.digest), repository, tag, ...about };
    const expect = this.link(about.refersTo, numberAt(entries.time, row));
    return this.make('tag-index-entry', where, expect, this.sizes.tagIndexEntry(row), this.reasons.tagIndexEntry);
  }

  revision(row: number): Action {
    const { revisions } = this.inventory;
    const repository = this.repository(at(revisions.repository, row));
    const about = this.about(at(revisions.digest, row));
    const where = { path: revisionFolder(repository, about.digest), repository, ...about };
    const expect = this.link(about.refersTo, numberAt(revisions.time, row));
    return this.make('revision', where, expect, this.sizes.revision(row), this.reasons.revision);
  }

  signatureLink(row: number): Action {
    const { revisions, signatureLinks, digests } = this.inventory;
    const ofRevision = at(signatureLinks.revision, row);
    const repository = this.repository(at(revisions.repository, ofRevision));
    const about = this.about(at(signatureLinks.digest, row));
    const revision = digests.digest(at(revisions.digest, ofRevision));
    const where = { path: signatureFolder(repository, revision, about.digest), repository, ...about };
    const expect = this.link(about.refersTo, numberAt(signatureLinks.time, row));
    return this.make('signature-link', where, expect, this.sizes.signatureLink(row), this.reasons.signatureLink);
  }

  layerLink(row: number): Action {
    const { layerLinks, blobs } = this.inventory;
    const repository = this.repository(at(layerLinks.repository, row));
    const about = this.about(at(layerLinks.digest, row));
    const where = { path: layerFolder(repository, about.digest), repository, ...about };
    const blob = this.standIns.get(about.refersTo) ?? about.refersTo;
    const isThere = (flagAt(blobs.flags, blob) & BLOB_STORED) !== 0;
    const reason = isThere ? this.reasons.layerLink : this.reasons.danglingLayerLink;
    const expect = this.link(about.refersTo, numberAt(layerLinks.time, row));
    return this.make('layer-link', where, expect, this.sizes.layerLink(row), reason);
  }

  blob(id: DigestId): Action {
    const about = this.about(id);
    const size = this.sizes.blob(id);
    const expect = { bytes: size.bytes, modifiedAt: isoTime(numberAt(this.inventory.blobs.time, id)) };
    return this.make('blob', { path: blobFolder(about.digest), ...about }, expect, size, this.reasons.blob);
  }

  upload(index: number): Action {
    const upload = this.inventory.uploads[index];
    if (upload === undefined) throw new RangeError(`no upload has number ${index}`);
    const repository = this.repository(upload.repository);
    const modifiedAt = isoTime(upload.newestAt);
    const where = { path: uploadFolder(repository, upload.name), repository };
    const expect = { bytes: upload.bytes, modifiedAt };
    return this.make('upload', where, expect, upload, this.reasons.upload(modifiedAt));
  }

  strayFile(index: number): Action {
    const stray = this.inventory.strayFiles[index];
    if (stray === undefined) throw new RangeError(`no stray file has number ${index}`);
    const expect = { bytes: stray.bytes, modifiedAt: isoTime(stray.time) };
    const where = { path: stray.path, ...this.ownerOf(stray.repository) };
    return this.make('stray-temporary-file', where, expect, this.sizes.strayFile(index), this.reasons.strayFile);
  }

  emptyFolder({ path, repository }: EmptyFolder): Action {
    const reason = this.emptyNow.has(path) ? this.reasons.emptyFolder : this.reasons.emptiedFolder;
    const where = { path, ...this.ownerOf(repository) };
    return this.make('empty-directory', where, { entries: [] }, this.sizes.emptyFolder(), reason);
  }

  private make(kind: ActionKind, where: Where, expect: Expectation, size: Size, reason: Action['reason']): Action {
    const { bytes, diskBytes } = size;
    return { kind, batch: this.context.batch, ...where, bytes, diskBytes, expect, reason };
  }

  private about(id: DigestId): { readonly digest: NonNullable<Action['digest']>; readonly refersTo: DigestId } {
    return { digest: this.inventory.digests.digest(id), refersTo: id };
  }

  /** The link of a stand-in spells the blob that it stands for, every other one what its folder says. */
  private link(id: DigestId, time: number): Expectation {
    const spelled = this.standIns.get(id) ?? id;
    return { link: this.inventory.digests.digest(spelled), modifiedAt: isoTime(time) };
  }

  private ownerOf(id: number | undefined): { readonly repository?: string } {
    return id === undefined ? {} : { repository: this.repository(id) };
  }

  private repository(id: number): string {
    const found = this.inventory.repositories[id];
    if (found === undefined) throw new RangeError(`no repository has number ${id}`);
    return found.name;
  }
}
