import type { Driver, Walked } from './driver.ts';
import { throughDriver } from './go-error.ts';

/**
 * The digests in files named `link` anywhere below a folder, whatever the path says, of those behind which `blobOf` finds a blob
 * (`registry/storage/linkedblobstore.go`, `Enumerate`). Between them `undefined`, for whoever wants a turn. Throws as the walk
 * returns.
 */
export function linksBelow(
  driver: Driver,
  folder: string,
  again: boolean,
  blobOf: (digest: string) => string | undefined,
): Generator<string | undefined, void, undefined> {
  const linked = (path: string): string | undefined =>
    path.endsWith('/link') ? linkedDigest(driver, path, blobOf) : undefined;
  return digestsOfFiles(driver.walk(folder, again), linked, throughDriver);
}

/**
 * What `digestOf` makes of each file of a walk, and `undefined` between. Throws what `told` makes of an error on the way; what is
 * thrown by who takes a digest is none of it.
 */
export function* digestsOfFiles(
  walk: Iterator<Walked>,
  digestOf: (path: string) => string | undefined,
  told: (error: unknown) => unknown,
): Generator<string | undefined, void, undefined> {
  for (;;) {
    let digest: string | undefined;
    try {
      const step = walk.next();
      if (step.done === true) return;
      const { path, isFolder } = step.value;
      if (!isFolder) digest = digestOf(path);
    } catch (error) {
      throw told(error);
    }
    yield digest;
  }
}

function linkedDigest(
  driver: Driver,
  path: string,
  blobOf: (digest: string) => string | undefined,
): string | undefined {
  const digest = driver.readLink(path);
  return blobOf(digest) === undefined ? undefined : digest;
}
