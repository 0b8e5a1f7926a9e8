/** A repository in which every text that a pusher chooses would be a script, if anybody took it for markup. */
import { layer } from './content.ts';
import { jsonContent, MEDIA, type Pushable } from './images.ts';
import type { Tree } from './tree.ts';

/** Calls something that every browser has, and that a test hears of. */
export const SCRIPT = '<script>alert("pushed")</script>';
const PICTURE = '<img src=x onerror=alert(1)>';

export const HOSTILE_REPOSITORY = 'hostile/image';
/** A file name, so without a slash; the registry itself would refuse it. */
export const HOSTILE_TAG = PICTURE;
/** One whose letters would turn the direction of what stands behind it. */
export const TURNING_TAG = 'v1\u202e2v';
export const LEGAL_TAG = 'latest';
/** One that no registry takes by that name: it is damage, and so loses nothing. */
export const BROKEN_REPOSITORY = PICTURE;

/** Pushes it, with a tag that the registry takes, and two that it does not. */
export function pushHostile(tree: Tree): void {
  const image = hostileImage();
  tree.push(HOSTILE_REPOSITORY, LEGAL_TAG, image);
  for (const tag of [HOSTILE_TAG, TURNING_TAG]) tree.tag(HOSTILE_REPOSITORY, tag, image.digest);
  tree.write(`repositories/${BROKEN_REPOSITORY}/_manifests/tags/${PICTURE}/current/link`, image.digest);
}

function hostileImage(): Pushable {
  const content = layer('hostile');
  const config = jsonContent(MEDIA.ociConfig, {
    created: SCRIPT,
    author: SCRIPT,
    architecture: SCRIPT,
    os: PICTURE,
    config: {
      User: SCRIPT,
      Env: [`PATH=${SCRIPT}`],
      Entrypoint: [SCRIPT],
      Cmd: [`javascript:alert(1)`, PICTURE],
      WorkingDir: SCRIPT,
      ExposedPorts: { [SCRIPT]: {} },
      Labels: { [SCRIPT]: SCRIPT, 'org.opencontainers.image.url': 'javascript:alert(1)' },
    },
    rootfs: { type: 'layers', diff_ids: [content.diffId] },
    history: [{ created: SCRIPT, created_by: SCRIPT, comment: SCRIPT }],
  });
  const blob = { mediaType: SCRIPT, digest: content.digest, bytes: content.bytes };
  const manifest = jsonContent(MEDIA.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA.ociManifest,
    artifactType: SCRIPT,
    config: { mediaType: MEDIA.ociConfig, digest: config.digest, size: config.bytes.length },
    layers: [{ mediaType: SCRIPT, digest: blob.digest, size: blob.bytes.length }],
    annotations: { [SCRIPT]: SCRIPT },
  });
  return { ...manifest, blobs: [config, blob], children: [] };
}
