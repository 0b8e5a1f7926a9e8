/** A small volume that has something of every kind that a sweep deletes, and around it everything that must stay. */
import { layerLink, tagCurrentLink, tagIndexEntryLink } from '../../src/layout/paths.ts';
import { digestBytes, layer } from './content.ts';
import { artifact, image, index, rawContent, type Pushable } from './images.ts';
import { createTree } from './tree.ts';

const HOURS_OLD = 1000;
const GONE = digestBytes(Buffer.from('what an earlier collection took'));
const [UPLOAD, STRAY] = ['0b9c8f0e-6b1c-4f6e-8c53-9a4d5e1f2a33', '5d0e6c1a-77aa-4b0f-9f0e-2c1f6a9d8b44'];

const BASE = layer('base', 20_000);

/** An image of the shared base and a layer of its own. */
function app(name: string, architecture = 'amd64'): Pushable {
  return image({ name, layers: [BASE, layer(name)], format: 'oci', platform: { os: 'linux', architecture } });
}

const CURRENT = index([{ manifest: app('app') }, { manifest: app('app', 'arm64') }]);

/**
 * Writes it to `root`, everything older than any age that holds. The same bytes each time.
 *
 * Kept in each mode: `team/app:latest` (an index of two images, with a signature that only names its subject) and, nested
 * in it, `team/app/tools:1.0`. With `--untagged` what `team/app:latest` named before goes too: an index and its images.
 * Deleted in each mode: what a deletion by the registry's API left in `team/app`, all of `left/over`, an upload, a
 * temporary file, links to what is not there.
 */
export function writeSweepTree(root: string): void {
  const tree = createTree(root);
  const before = index([{ manifest: app('before') }, { manifest: app('app', 'arm64') }]);
  tree.push('team/app', 'latest', before);
  tree.push('team/app', 'latest', CURRENT);
  tree.push('team/app', undefined, signatureOf(CURRENT));
  tree.push('team/app/tools', '1.0', app('tools'));
  // As 2.8's API deletes: the revision's link and its tags go, everything else stays.
  const deleted = app('deleted');
  for (const blob of deleted.blobs) tree.linkLayer('team/app', tree.putBlob(blob.bytes));
  tree.putBlob(deleted.bytes);
  const orphan = layer('left over');
  tree.linkLayer('left/over', tree.putBlob(orphan.bytes));
  tree.write(layerLink('team/app', GONE), GONE);
  tree.write(tagIndexEntryLink('team/app', 'latest', GONE), GONE);
  tree.write(`${tagCurrentLink('team/app/tools', 'begun')}.${STRAY}.tmp`, 'sha256:');
  tree.upload('team/app', { uuid: UPLOAD, startedAt: new Date('2026-01-02T03:04:05Z'), bytes: Buffer.from('begun') });
  tree.age(HOURS_OLD);
}

function signatureOf(subject: Pushable): Pushable {
  const content = rawContent('application/octet-stream', Buffer.from('signed'));
  return artifact({ artifactType: 'application/vnd.example.signature', content, subject });
}
