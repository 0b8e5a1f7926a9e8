import { expect, test } from 'vitest';
import { findRemovalCandidates } from '../../src/gc/removal-candidates.ts';
import { parseReferences } from '../../src/gc/removal-names.ts';
import { BLOB_STATED } from '../../src/inventory/inventory.ts';
import { openedOf } from '../support/report-of.ts';
import { digestsOf, simple, sorted, volumeWithGarbage } from './volume.ts';

test('what rm takes is stat-ed, though every tag needs it, and what any sweep could take, each once', async () => {
  const { tree, garbage } = volumeWithGarbage();
  const [past, now] = [simple('past'), simple('now')];
  tree.push('app', 'v1', past);
  tree.push('app', 'v2', now);
  tree.tag('app', 'v2', now.digest, { history: [past.digest] });
  // As a scan has it before it measures: nothing is stat-ed.
  const { inventory: measured } = await openedOf(tree.root);
  const inventory = {
    ...measured,
    blobs: { ...measured.blobs, flags: measured.blobs.flags.map((flags) => flags & ~BLOB_STATED) },
  };
  const found = findRemovalCandidates(inventory, parseReferences(['app:v1']), false);
  expect(sorted(found.blobs.map((id) => inventory.digests.digest(id)))).toEqual(sorted([garbage], digestsOf(past)));
  expect(found.layerLinks).toHaveLength(past.blobs.length + 1);
  // The tag's own, and what another tag's history says of the same.
  expect(found.tagIndexEntries).toHaveLength(2);
});

test('a name that is none ends it before anything is measured', async () => {
  const { inventory } = await openedOf(volumeWithGarbage().tree.root);
  const failure = expect.objectContaining({ code: 'no-such-name' }) as Error;
  expect(() => findRemovalCandidates(inventory, parseReferences(['nobody']), false)).toThrow(failure);
});
