import type { Driver } from './driver.ts';
import { throughDriver } from './go-error.ts';

/**
 * The digests in files named `link` anywhere below a folder, whatever the path says, of those behind which `blobOf` finds a blob
 * (`registry/storage/linkedblobstore.go`, `Enumerate`). Between them `undefined`, for whoever wants a turn. Throws as the walk
 * returns; what is thrown by who takes a digest is none of it.
 */
export function* linksBelow(
  driver: Driver,
  folder: string,
  again: boolean,
  blobOf: (digest: string) => string | undefined,
): Generator<string | undefined, void, undefined> {
  const walk = driver.walk(folder, again);
  for (;;) {
    let digest: string | undefined;
    try {
      const step = walk.next();
      if (step.done === true) return;
      const { path, isFolder } = step.value;
      if (!isFolder && path.endsWith('/link')) digest = linkedDigest(driver, path, blobOf);
    } catch (error) {
      throw throughDriver(error);
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
