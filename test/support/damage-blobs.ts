/** Damage to blobs that are no manifests, and things among the blobs that are none. */
import { blobData, blobFolder, BLOBS } from '../../src/layout/paths.ts';
import { remove, victim, write, type Damage, type DamageSite } from './damage-site.ts';

function onLayerBlob(name: string, act: (root: string, path: string) => void): Damage {
  const inflict = (root: string): DamageSite => {
    const { repository, layer } = victim(root);
    const path = blobData(layer);
    act(root, path);
    return { path, repository, digest: layer };
  };
  return { name, inflict };
}

function junk(name: string, below: string): Damage {
  const inflict = (root: string): DamageSite => {
    const path = `${BLOBS}/${below}`;
    write(root, path, 'junk');
    return { path };
  };
  return { name, inflict };
}

const HEX = 'ab'.repeat(32);

export const blobDamages: readonly Damage[] = [
  onLayerBlob('layer-blob-missing', (root, path) => remove(root, path.replace(/\/data$/, ''))),
  onLayerBlob('layer-blob-without-data', remove),
  onLayerBlob('layer-blob-empty', (root, path) => write(root, path, '')),
  onLayerBlob('layer-blob-other-content', (root, path) => write(root, path, 'other content, another size')),
  onLayerBlob('layer-blob-stray-temporary-file', (root, path) =>
    write(root, `${path}.3c8d5a52-77a0-4b53-8f0d-5d1a2b3c4d5e.tmp`, 'half'),
  ),
  {
    name: 'config-blob-missing',
    inflict: (root) => {
      const { repository, config } = victim(root);
      remove(root, blobFolder(config));
      return { path: blobData(config), repository, digest: config };
    },
  },
  junk('blobs-malformed-hexadecimal', 'sha256/zz/zzz/data'),
  junk('blobs-one-letter', 'sha256/x/data'),
  junk('blobs-wrong-shard', `sha256/00/${HEX}/data`),
  junk('blobs-upper-case', `sha256/AB/${HEX.toUpperCase()}/data`),
  junk('blobs-unregistered-algorithm', `blake3/ab/${HEX}/data`),
  junk('blobs-md5', 'md5/ab/abababababababababababababababab/data'),
  junk('blobs-trash-of-another-tool', `sha256/.trash/${HEX}/data`),
  junk('blobs-stray-file', 'sha256/ab/.DS_Store'),
];
