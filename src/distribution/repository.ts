/** One repository as the registry's stores see it (`registry/storage/{linkedblobstore,blobstore,manifeststore,tagstore}.go`). */
import type { Dialect } from './dialect.ts';
import { blobComponents, digestFault, linkComponents } from './digests.ts';
import type { Driver, Steps } from './driver.ts';
import { explained, GoError } from './go-error.ts';
import { referencesOf } from './manifests.ts';
import { linksBelow } from './links-below.ts';

const V2 = '/docker/registry/v2';
export const REPOSITORIES = `${V2}/repositories`;
export const BLOBS = `${V2}/blobs`;

/** What manifests reference, by digest of the blob that was read: they are read once, whoever asks. */
export type ReadManifests = Map<string, readonly string[]>;

interface Tags {
  /** In the folder's order; `undefined`: there is no folder. */
  readonly names: readonly string[] | undefined;
  readonly current: ReadonlySet<string>;
}

export class CollectedRepository {
  private readonly folder: string;
  private known: Tags | GoError | undefined;
  /** By tag and algorithm, the names in the folder of its history. */
  private readonly history = new Map<string, ReadonlySet<string> | undefined>();

  constructor(
    readonly name: string,
    private readonly driver: Driver,
    private readonly dialect: Dialect,
    private readonly read: ReadManifests,
    private readonly again: boolean,
  ) {
    this.folder = `${REPOSITORIES}/${name}`;
  }

  revisionFolder(digest: string): string {
    return `${this.folder}/_manifests/revisions/${linkComponents(digest)}`;
  }

  tagIndexEntry(tag: string, digest: string): string {
    return `${this.folder}/_manifests/tags/${tag}/index/${linkComponents(digest)}`;
  }

  /** False where a tag surely has no such entry: the registry looks for each revision in each tag, which is not worth while. */
  mayHaveTagIndexEntry(tag: string, digest: string): boolean {
    const entry = this.tagIndexEntry(tag, digest);
    const slash = entry.lastIndexOf('/');
    const folder = entry.slice(0, slash);
    if (!this.history.has(folder)) this.history.set(folder, this.driver.namesIfListed(folder));
    return this.history.get(folder)?.has(entry.slice(slash + 1)) !== false;
  }

  layerLink(digest: string): string {
    return `${this.folder}/_layers/${linkComponents(digest)}/link`;
  }

  /** The digests that revision links hold, wherever they stand below `revisions`, of manifests that are there. */
  *revisions(): Generator<string | undefined, void, undefined> {
    yield* linksBelow(this.driver, `${this.folder}/_manifests/revisions`, this.again, (digest) =>
      this.manifestBlob(digest),
    );
  }

  /** As `revisions`, of layer links. */
  *layers(): Generator<string | undefined, void, undefined> {
    yield* linksBelow(this.driver, `${this.folder}/_layers`, this.again, (digest) =>
      this.blobBehind([this.layerLink(digest)]),
    );
  }

  /** What a manifest references. Throws as the registry returns. */
  references(digest: string): readonly string[] {
    const blob = this.manifestBlob(digest);
    if (blob === undefined)
      throw new GoError('other', `unknown manifest name=${this.name} revision=${digest}`, this.folder);
    const known = this.read.get(blob);
    if (known !== undefined) return known;
    const path = `${BLOBS}/${blobComponents(blob)}/data`;
    const references = referencesOf(this.driver.readManifest(path), path, this.dialect);
    this.read.set(blob, references);
    return references;
  }

  /** Whether the repository holds a manifest: whatever keeps it from finding out counts as no. */
  holds(digest: string): boolean {
    try {
      return digestFault(digest) === undefined && this.manifestBlob(digest) !== undefined;
    } catch (error) {
      if (error instanceof GoError) return false;
      throw error;
    }
  }

  /** Whether a tag names a manifest now. Every tag is read, and one that cannot be read is an error whichever is asked for. */
  *isTagged(digest: string): Steps<boolean> {
    this.known ??= yield* this.readTags();
    if (this.known instanceof GoError) throw explained(`failed to retrieve tags for digest ${digest}: `, this.known);
    return this.known.current.has(digest);
  }

  /** All tags, or `undefined` where there is no folder of them. The registry lists them anew each time; they are the same. */
  tagNames(): readonly string[] | undefined {
    if (this.known === undefined || this.known instanceof GoError) return this.listTags();
    return this.known.names;
  }

  private listTags(): readonly string[] | undefined {
    try {
      return this.driver.names(`${this.folder}/_manifests/tags`);
    } catch (error) {
      if (error instanceof GoError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  private *readTags(): Steps<Tags | GoError> {
    try {
      const names = this.listTags();
      const current = new Set<string>();
      for (const name of names ?? []) {
        yield;
        const digest = this.linkIfThere(`${this.folder}/_manifests/tags/${name}/current/link`);
        if (digest !== undefined) current.add(digest);
      }
      return { names, current };
    } catch (error) {
      if (error instanceof GoError) return error;
      throw error;
    }
  }

  /** The blob of a manifest that the repository holds; 2.8 looks among the layer links, too, for what 2.1 left there. */
  private manifestBlob(digest: string): string | undefined {
    const revision = `${this.revisionFolder(digest)}/link`;
    return this.blobBehind(this.dialect === 'distribution-2.8' ? [revision, this.layerLink(digest)] : [revision]);
  }

  private blobBehind(links: readonly string[]): string | undefined {
    for (const link of links) {
      const digest = this.linkIfThere(link);
      if (digest !== undefined) return this.isBlob(digest) ? digest : undefined;
    }
    return undefined;
  }

  private isBlob(digest: string): boolean {
    const facts = this.driver.factsIfThere(`${BLOBS}/${blobComponents(digest)}/data`);
    return facts !== undefined && facts.kind !== 'folder';
  }

  private linkIfThere(path: string): string | undefined {
    try {
      return this.driver.readLink(path);
    } catch (error) {
      if (error instanceof GoError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }
}
