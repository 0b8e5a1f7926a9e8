/**
 * The second half of `MarkAndSweep` (`registry/storage/garbagecollect.go`, `vacuum.go`): what goes, in which order, and where the
 * run would end in the middle. Revisions go before it is known whether the blobs can be listed.
 */
import { blobComponents, digestOfDataPath } from './digests.ts';
import type { Driver, Steps } from './driver.ts';
import { explained, GoError, notFound, throughDriver } from './go-error.ts';
import { digestsOfFiles } from './links-below.ts';
import type { ManifestToGo, Marked } from './mark.ts';
import { BLOBS } from './repository.ts';

export interface GoneRevision {
  readonly repository: string;
  readonly digest: string;
}

interface GoneBlob {
  readonly digest: string;
  /** Zero where its folder is a symbolic link: only the link goes. */
  readonly bytes: number;
  readonly diskBytes: number;
}

interface GoneTagIndexEntry extends GoneRevision {
  readonly tag: string;
}

/** What went, so far as the run came. All names are ASCII: with any other the run ends before. */
export interface Gone {
  readonly revisions: GoneRevision[];
  readonly tagIndexEntries: GoneTagIndexEntry[];
  readonly blobs: GoneBlob[];
  readonly layerLinks: GoneRevision[];
  /** Whether the run ends at a place that nobody can foretell: of the last class that is here, some may still stand. */
  uncertain: boolean;
}

export function nothingGone(): Gone {
  return { revisions: [], tagIndexEntries: [], blobs: [], layerLinks: [], uncertain: false };
}

/** Fills `gone`. Throws `GoError`, `GoPanic` and `Endless` as the run would end. */
export function* sweepAll(driver: Driver, marked: Marked, gone: Gone): Steps<void> {
  const removal = new Removal(driver);
  for (const manifest of marked.manifests) {
    yield;
    removeManifest(removal, manifest, gone);
  }
  const unmarked = new Set<string>();
  for (const digest of storedBlobs(driver)) {
    yield;
    if (digest !== undefined && !marked.digests.has(digest)) unmarked.add(digest);
  }
  yield* removeBlobs(driver, removal, unmarked, gone);
  yield* removeLayerLinks(removal, marked, gone);
}

/** What was removed before, in a volume that still has it: one thing may be reached by two paths. */
class Removal {
  private readonly removed = new Set<string>();

  constructor(private readonly driver: Driver) {}

  /** `driver.Delete`. Throws where nothing is there, or any more. */
  remove(path: string): void {
    if (!this.isThere(path)) throw notFound(path);
    for (const place of this.driver.places(path)) this.removed.add(place);
  }

  isThere(path: string): boolean {
    if (this.driver.factsIfThere(path) === undefined) return false;
    return this.removed.size === 0 || !this.driver.places(path).some((place) => this.isRemoved(place));
  }

  private isRemoved(place: string): boolean {
    for (let end = place.length; end > 0; end = place.lastIndexOf('/', end - 1)) {
      if (this.removed.has(place.slice(0, end))) return true;
    }
    return false;
  }
}

/** `RemoveManifest`: its entries in the history of every tag, then its revision. */
function removeManifest(removal: Removal, { repository, digest, tags }: ManifestToGo, gone: Gone): void {
  try {
    for (const tag of tags) {
      const entry = repository.tagIndexEntry(tag, digest);
      if (!repository.mayHaveTagIndexEntry(tag, digest) || !removal.isThere(entry)) continue;
      removal.remove(entry);
      gone.tagIndexEntries.push({ repository: repository.name, tag, digest });
    }
    removal.remove(repository.revisionFolder(digest));
  } catch (error) {
    throw explained(`failed to delete manifest ${digest}: `, error);
  }
  gone.revisions.push({ repository: repository.name, digest });
}

/** `blobStore.Enumerate`. Between digests `undefined`. */
function storedBlobs(driver: Driver): Generator<string | undefined, void, undefined> {
  const stored = (path: string): string | undefined => (path.endsWith('/data') ? digestOfDataPath(path) : undefined);
  const told = (error: unknown): unknown => explained('error enumerating blobs: ', throughDriver(error));
  return digestsOfFiles(driver.walk(BLOBS), stored, told);
}

/** They go in the order of a Go map, which is another one each time: where one of them fails, which others went is chance. */
function* removeBlobs(driver: Driver, removal: Removal, digests: ReadonlySet<string>, gone: Gone): Steps<void> {
  let failed: unknown;
  for (const digest of digests) {
    yield;
    const folder = `${BLOBS}/${blobComponents(digest)}`;
    try {
      const size = sizeOf(driver, folder);
      removal.remove(folder);
      gone.blobs.push({ digest, ...size });
    } catch (error) {
      failed ??= explained(`failed to delete blob ${digest}: `, error);
    }
  }
  if (failed === undefined) return;
  gone.uncertain = gone.blobs.length > 0;
  throw asError(failed);
}

function sizeOf(driver: Driver, folder: string): Pick<GoneBlob, 'bytes' | 'diskBytes'> {
  const facts = driver.isLink(folder) ? undefined : driver.factsIfThere(`${folder}/data`);
  return facts?.kind === 'file' ? { bytes: facts.bytes, diskBytes: facts.diskBytes } : { bytes: 0, diskBytes: 0 };
}

/** Repository by repository in the order of a map again, but those of one repository as they were found. */
function* removeLayerLinks(removal: Removal, { layerLinks }: Marked, gone: Gone): Steps<void> {
  let failed: unknown;
  for (const { repository, digests } of layerLinks) {
    for (const digest of digests) {
      yield;
      try {
        removal.remove(repository.layerLink(digest));
      } catch (error) {
        failed ??= explained(`failed to delete layer link ${digest} of repo ${repository.name}: `, error);
        break;
      }
      gone.layerLinks.push({ repository: repository.name, digest });
    }
  }
  if (failed === undefined) return;
  gone.uncertain = layerLinks.length > 1;
  throw asError(failed);
}

/** What was caught is thrown again, whatever it is. */
function asError(failed: unknown): Error {
  return failed instanceof Error ? failed : new GoError('other', String(failed), BLOBS);
}
