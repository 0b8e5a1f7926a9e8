/** What is built more than once, with more of it known each time. */
import { describe, expect, it } from 'vitest';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { SOUND } from '../../src/inventory/inventory.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';

const manifest = { health: SOUND, kind: 0, mediaType: '', artifactType: '', bytes: 9, diskBytes: 9, time: 1 };

describe('the size of a blob that was not stat-ed', () => {
  it('is what its descriptors give at every time that it is built: more of them may disagree, and a stat decides', () => {
    const builder = new InventoryBuilder();
    const id = (name: string): number => builder.digests.intern(digestBytes(Buffer.from(name)));
    const [first, second, third] = [id('first'), id('second'), id('third')];
    const name = (bytes: Readonly<Record<number, number>>): void => {
      builder.manifest(id(JSON.stringify(bytes)), undefined, manifest);
      for (const [target, size] of Object.entries(bytes)) {
        builder.reference(Number(target), { kind: 1, flags: 0, bytes: size, mediaType: '', platform: '' });
      }
    };
    const sizes = (): readonly number[] => [...builder.build(scanFacts()).blobs.bytes.slice(0, 3)];
    name({ [first]: 10, [second]: 20 });
    expect(sizes()).toEqual([10, 20, NaN]);
    name({ [first]: 11, [third]: 30 });
    expect(sizes()).toEqual([NaN, 20, 30]);
    expect(sizes()).toEqual([NaN, 20, 30]);
    builder.blobState(first, { bytes: 12, diskBytes: 1, time: 1 });
    expect(sizes()).toEqual([12, 20, 30]);
  });
});
