/** The fixture cut down to what damage is done to: a tenth of the files, for tests that copy it a hundred times. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BLOBS, LAYOUT_FOLDER, REPOSITORIES } from '../../src/layout/paths.ts';
import { copyFixture } from './fixture.ts';

/** `shop` is a namespace, in which some damages put something. */
const KEPT = ['app', 'shop'];

/** A copy of the fixture with `app` and `shop` alone, and the blobs that they link. Its registry root. */
export async function copySmallVolume(): Promise<string> {
  const root = await copyFixture();
  const repositories = join(root, LAYOUT_FOLDER, REPOSITORIES);
  for (const name of readdirSync(repositories)) {
    if (!KEPT.includes(name)) rmSync(join(repositories, name), { recursive: true });
  }
  const linked = new Set(
    readdirSync(repositories, { recursive: true, encoding: 'utf8' }).map((path) =>
      path.slice(path.lastIndexOf('/') + 1),
    ),
  );
  const blobs = join(root, LAYOUT_FOLDER, BLOBS, 'sha256');
  for (const prefix of readdirSync(blobs)) {
    const hexes = readdirSync(join(blobs, prefix));
    if (!hexes.some((hex) => linked.has(hex))) rmSync(join(blobs, prefix), { recursive: true });
    else for (const hex of hexes) if (!linked.has(hex)) rmSync(join(blobs, prefix, hex), { recursive: true });
  }
  return root;
}
