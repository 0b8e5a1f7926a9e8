import { describe, expect, it } from 'vitest';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { MANIFEST_HEALTH, MANIFEST_KINDS } from '../../src/inventory/inventory.ts';
import { KnownManifests } from '../../src/inventory/known-manifests.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';

const FILE = { bytes: 100, diskBytes: 4096 };

describe('a document that was read twice in one scan', () => {
  it.each([
    ['sound', 'mismatch', undefined],
    ['mismatch', 'sound', { bytes: 100, time: 2 }],
    ['sound', 'missing', undefined],
  ] as const)('first %s, then %s, is what it was last', (first, second, known) => {
    const builder = new InventoryBuilder();
    const id = builder.digests.intern(digestBytes(Buffer.from('document')));
    for (const [place, health] of [first, second].entries()) {
      builder.manifest(id, undefined, {
        health: MANIFEST_HEALTH.indexOf(health),
        kind: MANIFEST_KINDS.indexOf('image'),
        mediaType: '',
        artifactType: '',
        ...(health === 'missing' ? { bytes: NaN, diskBytes: NaN, time: NaN } : { ...FILE, time: place + 1 }),
      });
    }
    expect(new KnownManifests(builder.build(scanFacts())).fileOf(builder.digests, id, false)).toEqual(known);
  });
});
