/** Small volumes for tests of marking. */
import { join } from 'node:path';
import type { Digest } from '../../src/layout/digest.ts';
import { layer, seededBytes, type Content } from '../support/content.ts';
import { allContent, image, index, type Format, type Image, type Pushable } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

/** A volume with `other`, a sound repository, and one orphaned layer in it: what must go whatever else is wrong. */
export function volumeWithGarbage(): { readonly tree: Tree; readonly garbage: Digest } {
  const tree = createTree(join(temporaryFolder('mark'), 'registry'));
  tree.push('other', 'v1', simple('other'));
  return { tree, garbage: looseLayer(tree, 'other', 'garbage') };
}

/** An image with a layer and a config of its own. */
export function simple(name: string, format: Format = 'docker', subject?: Content): Image {
  return image({ layers: [layer(name)], name, format, ...(subject === undefined ? {} : { subject }) });
}

/** An OCI index of images that no other index holds. */
export function multiArch(name: string): Pushable {
  return index([{ manifest: simple(`${name}-amd64`, 'oci') }, { manifest: simple(`${name}-arm64`, 'oci') }]);
}

/** A blob that one repository links and no manifest names. */
export function looseLayer(tree: Tree, repository: string, seed: string): Digest {
  const digest = tree.putBlob(seededBytes(seed, 300));
  tree.linkLayer(repository, digest);
  return digest;
}

/** Only the layers and configs of an image and its children, linked; the manifests with `manifests`, never revisions. */
export function pushBlobs(tree: Tree, repository: string, one: Pushable, manifests: 'with' | 'without'): void {
  for (const blob of one.blobs) tree.linkLayer(repository, tree.putBlob(blob.bytes));
  if (manifests === 'with') tree.putBlob(one.bytes);
  for (const child of one.children) pushBlobs(tree, repository, child, manifests);
}

/** The digests of a manifest and of all below it, sorted; without `except`. */
export function digestsOf(one: Pushable, except: readonly Digest[] = []): readonly string[] {
  return sorted(allContent(one).map((content) => content.digest)).filter((digest) => !except.some((e) => e === digest));
}

export function sorted(...lists: readonly (readonly string[])[]): readonly string[] {
  return lists.flat().sort();
}
