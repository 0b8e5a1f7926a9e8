/** A volume of which there is something of every kind to delete, and much to keep. */
import { join } from 'node:path';
import { lutimesSync, mkdirSync } from 'node:fs';
import type { Digest } from '../../src/layout/digest.ts';
import { blobData, layerFolder } from '../../src/layout/paths.ts';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { image, index, type Image, type Pushable } from '../support/images.ts';
import { snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

export interface SweepVolume {
  readonly tree: Tree;
  readonly root: string;
  /** An image that `app:v1` named once; untagged now. */
  readonly old: Image;
  readonly kept: Image;
  /** Multi-arch, under `team/app:gone`. */
  readonly many: Pushable;
  readonly garbage: Digest;
}

const OLD_TIME = new Date('2025-06-01T12:00:00.250Z');
const UUID = '8f2c8d1e-4d6b-4c31-9a58-0c7d4be8a001';

export function sweepVolume(): SweepVolume {
  const tree = createTree(join(temporaryFolder('sweep'), 'registry'));
  const shared = layer('shared');
  const old = image({ layers: [shared, layer('old')], name: 'old' });
  const kept = image({ layers: [shared, layer('kept')], name: 'kept' });
  const many = index([
    { manifest: image({ layers: [layer('amd64')], name: 'amd64', format: 'oci' }) },
    { manifest: image({ layers: [layer('arm64')], name: 'arm64', format: 'oci' }) },
  ]);
  tree.push('app', 'v1', old);
  tree.push('app', 'v1', kept);
  tree.push('team/app', 'gone', many);
  tree.push('team/app/api', 'v1', image({ layers: [shared], name: 'api' }));
  const garbage = tree.putBlob(seededBytes('garbage', 300));
  tree.linkLayer('app', garbage);
  tree.linkLayer('app', digestBytes(Buffer.from('never there')));
  mkdirSync(tree.path(layerFolder('app', digestBytes(Buffer.from('its link was deleted')))));
  tree.upload('app', { uuid: UUID, bytes: seededBytes('upload', 100), startedAt: OLD_TIME });
  tree.write(`${blobData(digestBytes(Buffer.from('died')))}.${UUID}.tmp`, 'half');
  tree.age(24 * 30);
  lutimesSync(tree.path(blobData(garbage)), OLD_TIME, OLD_TIME);
  return { tree, root: tree.root, old, kept, many, garbage };
}

/** All that has to be the same after a restore: bytes, modes, and the times of files. Folders that stay get new times. */
export function comparable(root: string): ReadonlyMap<string, string> {
  const entries = snapshot(join(root, 'docker'), { times: true, modes: true });
  return new Map(
    [...entries].map(([path, line]) => [path, line.startsWith('folder') ? line.replace(/ \d+$/, '') : line]),
  );
}
