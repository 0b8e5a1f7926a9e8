/**
 * The first half of `MarkAndSweep` (`registry/storage/garbagecollect.go`, v2.8.2 and v3.1.1): which repositories there are, what is
 * marked, and which manifests and layer links are to go. Any error in here and nothing at all goes.
 */
import type { Dialect } from './dialect.ts';
import type { Driver, Steps, Walked } from './driver.ts';
import { explained, GoError, throughDriver } from './go-error.ts';
import { repositoryNameFault } from './names.ts';
import { CollectedRepository, REPOSITORIES, type ReadManifests } from './repository.ts';

/** A revision that goes, with every name in the repository's folder of tags: each may have it in its history. */
export interface ManifestToGo {
  readonly repository: CollectedRepository;
  readonly digest: string;
  readonly tags: readonly string[];
}

export interface Marked {
  /** Every digest that was named, whether it is a digest or not and whether anything is behind it. */
  readonly digests: ReadonlySet<string>;
  readonly manifests: readonly ManifestToGo[];
  /** Layer links that go, by repository; only 3.x takes any. The same digest may come twice. */
  readonly layerLinks: readonly { readonly repository: CollectedRepository; readonly digests: readonly string[] }[];
}

/** The folder by which a repository is found. */
const SIGN: Readonly<Record<Dialect, string>> = { 'distribution-2.8': '_layers', 'distribution-3': '_manifests' };

/** Throws `GoError`, `GoPanic` and `Endless` as the run would end. */
export function* markAll(driver: Driver, dialect: Dialect, deleteUntagged: boolean): Steps<Marked> {
  const marker = new Marker(driver, dialect, deleteUntagged);
  try {
    for (const walked of driver.walk(REPOSITORIES)) {
      yield;
      yield* marker.visit(walked);
    }
  } catch (error) {
    throw explained('failed to mark: ', throughDriver(error));
  }
  return marker.result();
}

class Marker {
  private readonly digests = new Set<string>();
  private readonly manifests: ManifestToGo[] = [];
  private readonly layerLinks: { repository: CollectedRepository; digests: string[] }[] = [];
  private readonly read: ReadManifests = new Map();
  private readonly isThree: boolean;

  constructor(
    private readonly driver: Driver,
    private readonly dialect: Dialect,
    private readonly deleteUntagged: boolean,
  ) {
    this.isThree = dialect === 'distribution-3';
  }

  result(): Marked {
    const { digests, layerLinks } = this;
    // What a kept index of any repository names is not taken from any repository.
    const manifests = this.isThree ? this.manifests.filter(({ digest }) => !digests.has(digest)) : this.manifests;
    return { digests, manifests, layerLinks };
  }

  /** `handleRepository`: any other entry whose name begins with `_` is left, be it a file. */
  *visit(walked: Walked): Steps<void> {
    const relative = walked.path.slice(REPOSITORIES.length + 1);
    const name = relative.slice(relative.lastIndexOf('/') + 1);
    if (!name.startsWith('_')) return;
    walked.leave = true;
    const sign = SIGN[this.dialect];
    if (name !== sign) return;
    const repository = relative.endsWith(`/${sign}`) ? relative.slice(0, -sign.length - 1) : relative;
    yield* this.repository(repository, walked);
  }

  private *repository(name: string, { path, again }: Walked): Steps<void> {
    const fault = repositoryNameFault(name, this.dialect);
    if (fault !== undefined) throw new GoError('other', `failed to parse repo name ${name}: ${fault}`, path);
    const repository = new CollectedRepository(name, this.driver, this.dialect, this.read, again);
    try {
      yield* this.revisionsOf(repository);
    } catch (error) {
      // Without a folder of revisions there is nothing to mark, and that is no error.
      if (!(error instanceof GoError) || error.kind !== 'not-found') throw error;
    }
    if (this.isThree) yield* this.layersOf(repository);
  }

  private *revisionsOf(repository: CollectedRepository): Steps<void> {
    for (const digest of repository.revisions()) {
      yield;
      if (digest === undefined) continue;
      try {
        yield* this.revision(repository, digest);
      } catch (error) {
        throw throughDriver(error);
      }
    }
  }

  private *revision(repository: CollectedRepository, digest: string): Steps<void> {
    if (this.deleteUntagged && !(yield* repository.isTagged(digest))) {
      this.untagged(repository, digest);
      return;
    }
    this.digests.add(digest);
    if (this.isThree) yield* this.descend(repository, digest);
    else for (const reference of this.referencesOf(repository, digest)) this.digests.add(reference);
  }

  private untagged(repository: CollectedRepository, digest: string): void {
    let tags: readonly string[] | undefined;
    try {
      tags = repository.tagNames();
    } catch (error) {
      throw explained('failed to retrieve tags ', error);
    }
    if (tags !== undefined) this.manifests.push({ repository, digest, tags });
    else if (!this.isThree) {
      const words = `failed to retrieve tags unknown repository name=${repository.name}`;
      throw new GoError('other', words, `${REPOSITORIES}/${repository.name}/_manifests/tags`);
    }
  }

  /** 3.x: from index to child, but never into what anything has marked before, in whatever repository. */
  private *descend(repository: CollectedRepository, digest: string): Steps<void> {
    const open = [this.referencesOf(repository, digest)[Symbol.iterator]()];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      yield;
      const next = top.next();
      if (next.done === true) open.pop();
      else if (!this.digests.has(next.value)) {
        this.digests.add(next.value);
        if (repository.holds(next.value)) open.push(this.referencesOf(repository, next.value)[Symbol.iterator]());
      }
    }
  }

  private referencesOf(repository: CollectedRepository, digest: string): readonly string[] {
    try {
      return repository.references(digest);
    } catch (error) {
      throw explained(`failed to retrieve manifest for digest ${digest}: `, error);
    }
  }

  /** What is marked so far decides: a repository that comes later in the walk may still mark it. */
  private *layersOf(repository: CollectedRepository): Steps<void> {
    const digests: string[] = [];
    for (const digest of repository.layers()) {
      yield;
      if (digest !== undefined && !this.digests.has(digest)) digests.push(digest);
    }
    if (digests.length > 0) this.layerLinks.push({ repository, digests });
  }
}
