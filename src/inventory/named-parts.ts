import { manifestKind } from '../manifest/media-types.ts';
import { at } from '../shared/columns.ts';
import { CONFIG, LAYER, SOUND, type Inventory } from './inventory.ts';

/**
 * By digest id 1 where a sound manifest names it as its config or layer, and by a media type that is no manifest's: nobody has
 * to read it to learn that it is none.
 */
export function namedParts({ manifests, digests, words }: Inventory): Uint8Array {
  const parts = new Uint8Array(digests.size);
  const isManifest = words.map((word) => manifestKind(word) !== undefined);
  for (const [row, health] of manifests.health.entries()) {
    if (health !== SOUND) continue;
    const end = at(manifests.referenceStart, row + 1);
    for (let reference = at(manifests.referenceStart, row); reference < end; reference++) {
      const kind = manifests.referenceKind[reference];
      if (kind !== CONFIG && kind !== LAYER) continue;
      if (isManifest[at(manifests.referenceMediaType, reference)] !== true)
        parts[at(manifests.referenceTarget, reference)] = 1;
    }
  }
  return parts;
}
