/** What of one repository can be mended. */
import type { DigestId } from '../inventory/digest-table.ts';
import {
  LINK_UNCERTAIN,
  NONE,
  ROW_UNTOUCHABLE,
  TAG_NAME_ILLEGAL,
  TAG_UNCERTAIN,
  TAG_WITHOUT_CURRENT,
  type Repository,
} from '../inventory/inventory.ts';
import { digestAlgorithm, isRegisteredAlgorithm } from '../layout/digest.ts';
import {
  LAYERS,
  layerLink,
  repositoryFolder,
  revisionLink,
  REVISIONS,
  tagCurrentLink,
  tagIndexEntryLink,
  TAGS,
} from '../layout/paths.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { isoTime } from '../shared/times.ts';
import type { Action, Expectation, Reason } from './action.ts';
import { isUnknownTag } from './plan.ts';
import type { LinkFault, RepairFacts } from './repair-facts.ts';
import type { LeftAsIs } from './repair-left.ts';
import type { RepairNotes, Step } from './repair-notes.ts';
import { REPAIR_REASONS } from './repair-reasons.ts';
import type { RepairWishes } from './repair.ts';

/** What is known of a link file. */
interface LinkRow {
  readonly path: string;
  /** What its path names. */
  readonly id: DigestId;
  /** Epoch milliseconds; NaN: it is no file that could be read. */
  readonly time: number;
  readonly tag?: string;
}

export class RepositoryRepair {
  private readonly repository: Repository;
  private readonly name: string;
  /** Digests of the revision links that stand here, whatever they say. */
  private readonly standing = new Set<DigestId>();
  /** Those that the registry can use, or can once the repair is done. */
  private readonly linked = new Set<DigestId>();

  constructor(
    private readonly facts: RepairFacts,
    private readonly notes: RepairNotes,
    private readonly wishes: RepairWishes,
    private readonly id: number,
  ) {
    const repository = facts.inventory.repositories[id];
    if (repository === undefined) throw new RangeError(`no repository has number ${id}`);
    this.repository = repository;
    this.name = repository.name;
  }

  plan(): void {
    const { revisions, tags, layerLinks } = this.facts.inventory;
    const rows = rowsOf(revisions.byRepository, this.id);
    for (const row of rows) this.standing.add(at(revisions.digest, row));
    for (const row of rows) this.revision(row);
    for (const row of rowsOf(tags.byRepository, this.id)) this.tag(row);
    this.children();
    const layers = new Set<DigestId>();
    for (const row of rowsOf(layerLinks.byRepository, this.id)) {
      layers.add(at(layerLinks.digest, row));
      this.layerLink(row);
    }
    this.missingLayerLinks(layers);
    this.folders();
  }

  private revision(row: number): void {
    const { revisions } = this.facts.inventory;
    const id = at(revisions.digest, row);
    const path = revisionLink(this.name, this.facts.digest(id));
    const fault = this.facts.fault(path);
    if (fault !== undefined && Number.isNaN(numberAt(revisions.time, row))) {
      return this.leave('move-away', path, 'is no file where a link belongs', { id });
    }
    if ((flagAt(revisions.flags, row) & ROW_UNTOUCHABLE) !== 0) return void this.linked.add(id);
    if (this.leadsNowhere(id)) return this.danglingRevision(row, path, fault);
    if (this.facts.isBeyondCollector(id)) {
      this.leave('never-collect', path, "links a manifest that the registry's own collector may end at", {
        id,
      });
    }
    if (fault === undefined) return void this.linked.add(id);
    if (!this.facts.isWhole(id))
      return this.leave('push-again', path, 'cannot be used, and its manifest is none', { id });
    const other = fault === 'mismatch' ? this.facts.saysInstead(id) : undefined;
    if (other !== undefined && this.isLostWithout(other)) {
      return this.leave('push-again', path, 'names another manifest, which is here and can be linked by nothing else', {
        id,
      });
    }
    if (!this.rewrite('revision-link', { path, id, time: numberAt(revisions.time, row) }, fault)) return;
    this.linked.add(id);
    if (other !== undefined) this.linkRevision(other, REPAIR_REASONS.namedByLink);
  }

  /** A manifest that is not here, or whose bytes are not what its digest says. */
  private leadsNowhere(id: DigestId): boolean {
    return !this.facts.isHere(id) || this.facts.isDamaged(id);
  }

  /** Whether something that is here would be named by nothing once the link that names it says something else. */
  private isLostWithout(id: DigestId): boolean {
    return this.facts.isHere(id) && !this.standing.has(id) && !this.facts.isWhole(id);
  }

  private nowhere(id: DigestId): Reason {
    return this.facts.isDamaged(id) ? REPAIR_REASONS.damaged : REPAIR_REASONS.dangling;
  }

  private danglingRevision(row: number, path: string, fault: LinkFault | undefined): void {
    const id = at(this.facts.inventory.revisions.digest, row);
    if (fault === 'mismatch') {
      return this.leave('push-again', path, 'names another manifest, and its own is not here', { id });
    }
    if (this.wishes.dropDangling) {
      return this.notes.drop({ ...this.facts.maker.revision(row), reason: this.nowhere(id) });
    }
    const what = this.facts.isDamaged(id) ? 'no registry could serve' : 'is not here';
    this.leave('drop-dangling', path, `names a manifest that ${what}`, { id });
  }

  private tag(row: number): void {
    const { tags } = this.facts.inventory;
    const name = tags.name[row] ?? '';
    const flags = flagAt(tags.flags, row);
    // One with an illegal name is told of with what does not belong to the layout.
    if ((flags & (ROW_UNTOUCHABLE | TAG_NAME_ILLEGAL)) !== 0) return;
    const goes = this.current(row, name, flags);
    if (!goes) this.history(row, name);
  }

  /** Whether the tag goes. */
  private current(row: number, name: string, flags: number): boolean {
    const { tags } = this.facts.inventory;
    const current = at(tags.current, row);
    const path = tagCurrentLink(this.name, name);
    const isUncertain = (flags & TAG_UNCERTAIN) !== 0;
    if ((flags & TAG_WITHOUT_CURRENT) !== 0) return this.dropTag(row, path, name, 'is missing: the tag names nothing');
    if (isUncertain && Number.isNaN(numberAt(tags.time, row))) {
      this.leave('move-away', path, 'is no file where the link of a tag belongs', { tag: name });
      return false;
    }
    const known = current === NONE ? this.onlyEverNamed(row) : current;
    if (known === undefined)
      return this.dropTag(row, path, name, 'says nothing, and the history of the tag does not tell');
    if (this.leadsNowhere(known)) {
      const what = this.facts.isDamaged(known) ? 'no registry could serve' : 'is not here';
      return this.dropTag(row, path, name, `names a manifest that ${what}`);
    }
    if (!this.facts.isWhole(known)) return false;
    if (isUncertain) {
      const reason = current === NONE ? REPAIR_REASONS.onlyEverNamed : REPAIR_REASONS.malformed;
      const link = current === NONE ? null : this.facts.digest(current);
      this.write('current-link', { path, id: known, time: numberAt(tags.time, row), tag: name }, link, reason);
    }
    this.linkRevision(known, REPAIR_REASONS.namedByTag);
    return false;
  }

  /**
   * What a tag whose link says nothing must have named: the registry writes the entry of its history first, so a tag of a
   * single entry has never named anything else. Only where that is linked and whole.
   */
  private onlyEverNamed(row: number): DigestId | undefined {
    const { tagIndexEntries: entries, tags } = this.facts.inventory;
    const name = tags.name[row] ?? '';
    const [only, ...others] = rowsOf(entries.byTag, row);
    if (only === undefined || others.length > 0) return undefined;
    const id = at(entries.digest, only);
    const fault = this.facts.fault(tagIndexEntryLink(this.name, name, this.facts.digest(id)));
    // One that says nothing is written with it.
    const isTold = fault !== 'mismatch' && !Number.isNaN(numberAt(entries.time, only));
    return isTold && this.linked.has(id) && this.facts.isWhole(id) ? id : undefined;
  }

  private dropTag(row: number, path: string, tag: string, message: string): boolean {
    if (!this.wishes.dropDangling) {
      this.leave('drop-dangling', path, message, { tag });
      return false;
    }
    const current = at(this.facts.inventory.tags.current, row);
    const reason = current === NONE ? REPAIR_REASONS.namesNothing : this.nowhere(current);
    this.notes.drop({ ...this.facts.maker.tag(row), reason });
    return true;
  }

  private history(row: number, tag: string): void {
    const { tagIndexEntries: entries, tags } = this.facts.inventory;
    // All of it is a witness for what an unknown tag names: what is left of it would pass for all that it ever named.
    const isKnown = !isUnknownTag(this.facts.inventory, row);
    for (const entry of rowsOf(entries.byTag, row)) {
      const id = at(entries.digest, entry);
      const path = tagIndexEntryLink(this.name, tag, this.facts.digest(id));
      const fault = this.facts.fault(path);
      const isHere = this.facts.isStored(id);
      const time = numberAt(entries.time, entry);
      // Of one that names something else it is not known what, and nobody reads it.
      const isUseless = fault !== undefined && fault !== 'mismatch';
      if (isHere && isUseless) this.rewrite('history-link', { path, id, time, tag }, fault);
      const goes = !isHere && isKnown && id !== at(tags.current, row) && (this.wishes.dropDangling || isUseless);
      if (goes) this.notes.drop({ ...this.facts.maker.tagIndexEntry(entry), reason: REPAIR_REASONS.history });
    }
  }

  /** Links the children of indexes that are linked here, and theirs. */
  private children(): void {
    for (const id of this.linked) {
      for (const child of this.facts.parts(id).children) {
        if (this.standing.has(child) || this.linked.has(child) || !this.facts.isWhole(child)) continue;
        if (this.wishes.relinkChildren) this.linkRevision(child, REPAIR_REASONS.namedByIndex);
        else
          this.leave(
            'relink-children',
            revisionLink(this.name, this.facts.digest(child)),
            'is missing, and an index names it',
            { id: child },
          );
      }
    }
  }

  private linkRevision(id: DigestId, reason: Reason): void {
    if (this.standing.has(id) || this.linked.has(id) || !this.facts.isWhole(id)) return;
    const path = revisionLink(this.name, this.facts.digest(id));
    this.linked.add(id);
    this.link('new-revision-link', path, id, reason);
  }

  private layerLink(row: number): void {
    const { layerLinks } = this.facts.inventory;
    const id = at(layerLinks.digest, row);
    const flags = flagAt(layerLinks.flags, row);
    const path = layerLink(this.name, this.facts.digest(id));
    const fault = this.facts.fault(path);
    if ((flags & ROW_UNTOUCHABLE) !== 0) {
      const message = 'is no file, or lies behind a symbolic link or under an algorithm that no registry knows';
      if (fault !== undefined) this.leave('move-away', path, message, { id });
      return;
    }
    const isHere = this.facts.isHere(id);
    const drop = (reason: Reason): void => this.notes.drop({ ...this.facts.maker.layerLink(row), reason });
    if (fault === undefined) {
      if (!isHere && this.wishes.dropDangling) drop(REPAIR_REASONS.danglingLayer);
    } else if ((flags & LINK_UNCERTAIN) !== 0 || this.facts.isStandIn(id)) {
      this.leave('push-again', path, 'does not say which blob it stands for as the registry reads it', { id });
    } else if (isHere) this.rewrite('layer-link', { path, id, time: numberAt(layerLinks.time, row) }, fault);
    else if (fault === 'mismatch')
      this.leave('push-again', path, 'names another blob, and its own is not here', { id });
    else drop(REPAIR_REASONS.uselessLayer);
  }

  /** Of what is linked here every part that is here must be served from here. */
  private missingLayerLinks(standing: ReadonlySet<DigestId>): void {
    const told = new Set<DigestId>();
    const parts = [...this.linked].map((id) => this.facts.parts(id));
    for (const { blobs } of parts) for (const part of blobs) this.missingLayerLink(part, standing, told, true);
    const { relinkChildren } = this.wishes;
    for (const { entries } of parts)
      for (const part of entries) this.missingLayerLink(part, standing, told, relinkChildren);
  }

  private missingLayerLink(
    part: DigestId,
    standing: ReadonlySet<DigestId>,
    told: Set<DigestId>,
    isWanted: boolean,
  ): void {
    if (told.has(part)) return;
    told.add(part);
    const digest = this.facts.digest(part);
    const path = layerLink(this.name, digest);
    if (this.facts.isStandIn(part)) {
      this.leave(
        'never-collect',
        path,
        "is a layer by another digest than its blob: the registry's own collector deletes it",
        { id: part },
      );
    }
    if (standing.has(part) || !this.facts.isStored(part) || !isRegisteredAlgorithm(digestAlgorithm(digest))) return;
    if (this.facts.fault(path) !== undefined)
      this.leave('move-away', path, 'is no file where a layer link belongs', { id: part });
    else if (isWanted) this.link('layer-link', path, part, REPAIR_REASONS.namedByManifest);
    else this.leave('relink-children', path, 'is missing, and an index names it', { id: part });
  }

  /** A repository that keeps anything keeps these: 2.8 finds it by `_layers`, 3.x by `_manifests`, and both need the others. */
  private folders(): void {
    const { hasManifests, hasLayers } = this.repository;
    if (!hasManifests) return;
    const folder = repositoryFolder(this.name);
    if (!hasLayers) this.makeFolder(`${folder}/${LAYERS}`);
    const { revisions, tags } = this.facts.inventory;
    const isTagged = rowsOf(tags.byRepository, this.id).length > 0;
    const isHeld = rowsOf(revisions.byRepository, this.id).length > 0;
    if (!isTagged && !isHeld) return;
    if (!isTagged && !this.facts.hasFolder(`${folder}/${TAGS}`))
      this.makeFolder(`${folder}/${TAGS}`, REPAIR_REASONS.tagsFolder);
    if (!isHeld && !this.facts.hasFolder(`${folder}/${REVISIONS}`)) this.makeFolder(`${folder}/${REVISIONS}`);
  }

  private makeFolder(path: string, reason: Reason = REPAIR_REASONS.folder): void {
    if (this.facts.isStrange(path)) return this.leave('move-away', path, 'is no folder, and a folder belongs here', {});
    const expect = { absent: true } as const;
    const sizes = { bytes: 0, diskBytes: 0 };
    this.notes.make('folder', { kind: 'make-folder', path, repository: this.name, ...sizes, expect, reason });
  }

  /** Whether it can be; what stands there is named. */
  private rewrite(step: Step, link: LinkRow, fault: LinkFault): boolean {
    if (Number.isNaN(link.time)) {
      this.leave('move-away', link.path, 'is no file where a link belongs', { id: link.id });
      return false;
    }
    const says = fault === 'mismatch' ? this.facts.saysInstead(link.id) : link.id;
    if (says === undefined) {
      this.leave('push-again', link.path, 'names another digest than its folder', { id: link.id });
      return false;
    }
    const expected = fault === 'empty' ? null : this.facts.digest(says);
    const reason = fault === 'mismatch' ? REPAIR_REASONS.mismatch : REPAIR_REASONS[fault];
    this.write(step, link, expected, reason);
    return true;
  }

  private write(step: Step, { path, id, time, tag }: LinkRow, link: string | null, reason: Reason): void {
    const modifiedAt = isoTime(time);
    const kept = modifiedAt === null ? {} : { time: modifiedAt };
    this.notes.make(step, { ...this.writing(path, id, { link, modifiedAt }, reason, tag), ...kept });
  }

  private link(step: Step, path: string, id: DigestId, reason: Reason): void {
    // Where its folder should be is something else: that is told with the folders.
    const folder = repositoryFolder(this.name);
    if (
      [LAYERS, REVISIONS].some(
        (part) => path.startsWith(`${folder}/${part}/`) && this.facts.isStrange(`${folder}/${part}`),
      )
    )
      return;
    const time = this.facts.timeOf(id);
    const kept = time === undefined ? {} : { time };
    this.notes.make(step, { ...this.writing(path, id, { absent: true }, reason), ...kept });
  }

  private writing(
    path: string,
    id: DigestId,
    expect: Expectation,
    reason: Reason,
    tag?: string,
  ): Omit<Action, 'batch'> {
    const digest = this.facts.digest(id);
    const about = { repository: this.name, ...(tag === undefined ? {} : { tag }), digest, refersTo: id };
    return { kind: 'write-link', path, ...about, bytes: 0, diskBytes: 0, expect, reason };
  }

  private leave(
    code: LeftAsIs['code'],
    path: string,
    message: string,
    { id, tag }: { readonly id?: DigestId; readonly tag?: string },
  ): void {
    const about = {
      ...(tag === undefined ? {} : { tag }),
      ...(id === undefined ? {} : { digest: this.facts.digest(id) }),
    };
    this.notes.leave({ code, path, repository: this.name, ...about, message });
  }
}
