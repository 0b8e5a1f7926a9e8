/** The images that cannot be pulled whole, by class, and which of them a problem is the reason for. */
import { BLOB_STORED, NONE, TAG_UNCERTAIN, TAG_WITHOUT_CURRENT, type Inventory } from '../inventory/inventory.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { blobData, blobFolder, tagCurrentLink } from '../layout/paths.ts';
import { parseDigest } from '../layout/digest.ts';
import { shortDigest } from '../shared/short-digest.ts';
import type { Affected, BrokenImage, ImageClass } from '../report/model-verify.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { compareText, type Problem, type Severity } from '../shared/problem.ts';
import type { ImageInspector, ImageState } from './broken-images.ts';

/** So many paths are listed with an image: it may have tens of thousands. */
const PATHS_SHOWN = 20;
/** BuildKit gives its attestations this platform: nobody pulls them. */
const NO_PLATFORM = 'unknown/unknown';

export interface FoundImages {
  /** By repository, then by tag and digest. */
  readonly images: readonly BrokenImage[];
  /** What cannot be pulled because of this. */
  readonly affectedBy: (problem: Problem) => readonly Affected[];
}

export function findImages(
  inventory: Inventory,
  inspector: ImageInspector,
  brokenLinks: ReadonlyMap<string, Severity>,
): FoundImages {
  const images: BrokenImage[] = [];
  const affected = new AffectedByPath();
  const found = { images, affected, brokenLinks, subjects: subjectsOf(inventory) };
  for (let repository = 0; repository < inventory.repositories.length; repository++) {
    inspector.enter(repository);
    new RepositoryImages(inventory, inspector, repository, found).find();
  }
  return { images, affectedBy: (problem) => affected.of(problem) };
}

interface Found {
  readonly images: BrokenImage[];
  readonly affected: AffectedByPath;
  readonly brokenLinks: ReadonlyMap<string, Severity>;
  readonly subjects: ReadonlyMap<DigestId, DigestId>;
}

class RepositoryImages {
  private readonly name: string;

  constructor(
    private readonly inventory: Inventory,
    private readonly inspector: ImageInspector,
    private readonly repository: number,
    private readonly found: Found,
  ) {
    this.name = inventory.repositories[repository]?.name ?? '';
  }

  find(): void {
    const { revisions, tags } = this.inventory;
    const tagsOf = new Map<DigestId, string[]>();
    for (const row of rowsOf(revisions.byRepository, this.repository)) tagsOf.set(at(revisions.digest, row), []);
    const own: BrokenImage[] = [];
    for (const row of rowsOf(tags.byRepository, this.repository)) {
      const current = at(tags.current, row);
      const tag = tags.name[row] ?? '';
      if (current !== NONE && !this.isTagBroken(row, tag)) tagsOf.set(current, [...(tagsOf.get(current) ?? []), tag]);
      else own.push(...this.brokenTag(row, tag));
    }
    for (const id of tagsOf.keys()) this.inspector.inspect(id);
    for (const [id, names] of tagsOf) {
      // What an index names is told of with that.
      if (names.length > 0 || !this.inspector.isChild(id)) own.push(...this.brokenImage(id, names.sort(compareText)));
    }
    this.found.images.push(...own.sort(compareImages));
  }

  private isTagBroken(row: number, tag: string): boolean {
    const flags = flagAt(this.inventory.tags.flags, row);
    return (
      (flags & (TAG_UNCERTAIN | TAG_WITHOUT_CURRENT)) !== 0 ||
      this.found.brokenLinks.has(tagCurrentLink(this.name, tag))
    );
  }

  /** A tag without its link names no image. */
  private *brokenTag(row: number, tag: string): Iterable<BrokenImage> {
    const { tags, digests } = this.inventory;
    const current = at(tags.current, row);
    const digest = current === NONE ? null : digests.digest(current);
    const path = tagCurrentLink(this.name, tag);
    this.found.affected.add(path, { repository: this.name, tag, digest, platforms: null });
    if ((flagAt(tags.flags, row) & TAG_WITHOUT_CURRENT) !== 0) return;
    yield { class: 'damaged', repository: this.name, tags: [tag], digest, platforms: null, paths: [path] };
  }

  private *brokenImage(id: DigestId, tags: readonly string[]): Iterable<BrokenImage> {
    const state = this.inspector.inspect(id);
    const kind = this.classOf(id, state);
    if (kind === undefined) return;
    const digest = this.inventory.digests.digest(id);
    const lost = state.children.filter(({ faults }) => faults.length > 0);
    const named = (child: (typeof lost)[number]): string =>
      child.platform === '' ? shortDigest(this.inventory.digests.digest(child.digest)) : child.platform;
    const pulls = state.children.filter(({ faults }) => faults.length === 0);
    const paths = new Set(state.faults);
    this.affect(state.faults, digest, tags, null);
    for (const child of lost) {
      this.affect(child.faults, digest, tags, kind === 'partial' ? named(child) : null);
      for (const path of child.faults) if (paths.size < PATHS_SHOWN) paths.add(path);
    }
    const platforms = { pulls: unique(pulls.map(named)), lost: unique(lost.map(named)) };
    yield {
      class: kind,
      repository: this.name,
      tags,
      digest,
      platforms: state.children.length === 0 ? null : platforms,
      paths: [...paths].slice(0, PATHS_SHOWN).sort(compareText),
    };
  }

  private affect(faults: readonly string[], digest: string, tags: readonly string[], platform: string | null): void {
    const { affected } = this.found;
    for (const tag of tags.length === 0 ? [null] : tags) {
      const image = { repository: this.name, tag, digest, platforms: platform === null ? null : [platform] };
      for (const path of faults) affected.add(path, image);
      // The tag itself dangles, or names what is not linked.
      if (tag !== null && platform === null && faults.length > 0) affected.add(tagCurrentLink(this.name, tag), image);
    }
  }

  private classOf(id: DigestId, { faults, children }: ImageState): ImageClass | undefined {
    if (faults.length > 0) return 'damaged';
    const lost = children.filter((child) => child.faults.length > 0);
    if (lost.length === 0) return this.isOrphaned(id) ? 'orphaned-referrer' : undefined;
    const wanted = children.filter(({ platform }) => platform !== NO_PLATFORM);
    const isAnyLeft = (wanted.length > 0 ? wanted : children).some((child) => child.faults.length === 0);
    if (isAnyLeft) return 'partial';
    return lost.every(({ isAbsent }) => isAbsent) ? 'ghost' : 'damaged';
  }

  private isOrphaned(id: DigestId): boolean {
    const subject = this.found.subjects.get(id);
    return subject !== undefined && (flagAt(this.inventory.blobs.flags, subject) & BLOB_STORED) === 0;
  }
}

/** Of each manifest that is about another, which one. */
function subjectsOf({ manifests: { digest, subject } }: Inventory): ReadonlyMap<DigestId, DigestId> {
  const subjects = new Map<DigestId, DigestId>();
  for (const [row, about] of subject.entries()) if (about !== NONE) subjects.set(at(digest, row), about);
  return subjects;
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(compareText);
}

function compareImages(a: BrokenImage, b: BrokenImage): number {
  return compareText(a.tags.join(' '), b.tags.join(' ')) || compareText(a.digest ?? '', b.digest ?? '');
}

/** What cannot be pulled, by the paths at which something is missing or wrong. */
class AffectedByPath {
  private readonly byPath = new Map<string, Map<string, Affected>>();

  /** Of the same image on another platform the platforms are joined. */
  add(path: string, image: Affected): void {
    const images = this.byPath.get(path) ?? new Map<string, Affected>();
    this.byPath.set(path, images);
    const key = JSON.stringify([image.repository, image.tag, image.digest]);
    const known = images.get(key);
    const platforms =
      known === undefined
        ? image.platforms
        : known.platforms && image.platforms && [...known.platforms, ...image.platforms];
    images.set(key, { ...image, platforms: platforms && unique(platforms) });
  }

  of({ path, digest }: Problem): readonly Affected[] {
    const images = this.byPath.get(path);
    if (images !== undefined) return [...images.values()];
    // A folder without data is told of by its own path.
    const blob = digest === undefined ? undefined : parseDigest(digest);
    if (blob === undefined || path !== blobFolder(blob)) return [];
    return [...(this.byPath.get(blobData(blob))?.values() ?? [])];
  }
}
