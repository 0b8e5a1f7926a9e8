/**
 * Which tags a run would break: those that name a whole image now, and would not afterwards. It asks what a client needs that
 * pulls the tag: the links of its repository, the manifests down to the last child, the blobs.
 */
import type { Digest } from '../layout/digest.ts';
import { fromByteString, toByteString, type RegistryFiles } from '../shared/registry-files.ts';
import type { Steps } from './driver.ts';
import { Images } from './images.ts';
import { repositoryFolders } from './repository-folders.ts';
import type { Gone, GoneRevision } from './sweep.ts';

interface Loss {
  readonly kind: 'revision' | 'manifest' | 'config' | 'layer' | 'layer-link';
  readonly digest: Digest;
}

interface BrokenTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** In the order in which a pull would miss it. */
  readonly losses: readonly Loss[];
}

export interface BrokenTags {
  /** By repository and tag, in the order of their bytes. */
  readonly broken: readonly BrokenTag[];
  /** Tags that name no whole image now, and would lose more of it. */
  readonly worse: number;
}

/** The tags that a run breaks which takes `gone`. Reads only where anything is gone. */
export function* brokenTags(files: RegistryFiles, rootPath: string, gone: Gone): Steps<BrokenTags> {
  const broken: BrokenTag[] = [];
  let worse = 0;
  if (gone.blobs.length + gone.revisions.length + gone.layerLinks.length === 0) return { broken, worse };
  const root = toByteString(rootPath);
  const images = new Images(files, root);
  const losses = new LossFinder(images, gone);
  for (const repository of repositoryFolders(files, root)) {
    yield;
    if (repository === undefined) continue;
    for (const tag of images.tags(repository)) {
      yield;
      const digest = images.current(repository, tag);
      if (digest === undefined) continue;
      const { lost, isWhole } = losses.of(repository, digest);
      if (lost.length === 0) continue;
      if (!isWhole) worse++;
      else broken.push({ repository: fromByteString(repository), tag: fromByteString(tag), digest, losses: lost });
    }
  }
  return { broken, worse };
}

class LossFinder {
  private readonly blobs: ReadonlySet<string>;
  private readonly revisions: GoneLinks;
  private readonly layerLinks: GoneLinks;

  constructor(
    private readonly images: Images,
    gone: Gone,
  ) {
    this.blobs = new Set(gone.blobs.map(({ digest }) => digest));
    this.revisions = new GoneLinks(gone.revisions, (repository) => images.place(repository, '_manifests/revisions'));
    this.layerLinks = new GoneLinks(gone.layerLinks, (repository) => images.place(repository, '_layers'));
  }

  /** What an image loses, and whether all of it that must be there is there now. */
  of(repository: string, digest: Digest): { readonly lost: readonly Loss[]; readonly isWhole: boolean } {
    const lost: Loss[] = [];
    let isWhole = true;
    const manifests = new Set([digest]);
    const layers = new Set<Digest>();
    for (const manifest of manifests) {
      const isThere = this.manifest(repository, manifest, lost);
      isWhole &&= isThere;
      for (const { kind, digest: target, foreign } of this.images.references(manifest) ?? []) {
        if (kind === 'child') manifests.add(target);
        else if (!layers.has(target)) {
          layers.add(target);
          const isHere = this.layer(repository, target, kind === 'config' ? 'config' : 'layer', lost);
          isWhole &&= isHere || foreign === true;
        }
      }
    }
    return { lost, isWhole };
  }

  /** Whether it is there now; what of it goes is added to `lost`. */
  private manifest(repository: string, digest: Digest, lost: Loss[]): boolean {
    const { images } = this;
    if (this.revisions.has(repository, digest)) lost.push({ kind: 'revision', digest });
    if (this.blobs.has(digest)) lost.push({ kind: 'manifest', digest });
    return images.references(digest) !== undefined && images.manifestBehind(repository, digest) === digest;
  }

  private layer(repository: string, digest: Digest, kind: 'config' | 'layer', lost: Loss[]): boolean {
    const { images } = this;
    const behind = images.layerBehind(repository, digest);
    if (this.layerLinks.has(repository, digest)) lost.push({ kind: 'layer-link', digest });
    if (this.blobs.has(behind ?? digest)) lost.push({ kind, digest });
    return behind !== undefined && images.isStored(behind);
  }
}

/** Links that go, by the folder where they really stand. */
class GoneLinks {
  private readonly places = new Map<string, string>();
  private readonly gone = new Map<string, Set<string>>();

  constructor(
    links: readonly GoneRevision[],
    private readonly placeOf: (repository: string) => string,
  ) {
    for (const { repository, digest } of links) {
      const place = this.place(repository);
      const before = this.gone.get(place);
      if (before === undefined) this.gone.set(place, new Set([digest]));
      else before.add(digest);
    }
  }

  has(repository: string, digest: string): boolean {
    return this.gone.size > 0 && this.gone.get(this.place(repository))?.has(digest) === true;
  }

  private place(repository: string): string {
    const known = this.places.get(repository);
    if (known !== undefined) return known;
    const place = this.placeOf(repository);
    this.places.set(repository, place);
    return place;
  }
}
