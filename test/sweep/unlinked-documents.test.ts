/** Manifests that the registry's API deleted: their blobs lie about, no link names them, and they name their layers still. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Action } from '../../src/gc/action.ts';
import { blobData } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { image, index } from '../support/images.ts';
import { APPLY, OperatedVolume } from '../support/operated-volume.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const IMAGES = 12;

it('a manifest that no link names goes before what it names, whatever their digests', async () => {
  const tree = createTree(join(temporaryFolder('unlinked'), 'registry'));
  tree.push('app', 'kept', image({ name: 'kept', layers: [layer('kept')] }));
  const deleted = Array.from({ length: IMAGES }, (_, number) =>
    image({ name: `deleted ${number}`, layers: [layer(`deleted ${number}`)] }),
  );
  const above = index(deleted.map((manifest) => ({ manifest })));
  for (const one of [...deleted, above]) {
    for (const blob of one.blobs) tree.putBlob(blob.bytes);
    tree.putBlob(one.bytes);
  }
  tree.age(1000);
  const volume = new OperatedVolume(tree.root);

  const { status, stderr } = await runHere(['sweep', tree.root, '--accept-lost-repositories', ...APPLY], volume.cache);

  expect(status, stderr).toBe(0);
  const runs = join(tree.root, '.regsweep/runs');
  const journal = readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'journal.ndjson'), 'utf8');
  const blobs = journal.split('\n').flatMap((line) => {
    const { kind, digest } = JSON.parse(line === '' ? '{}' : line) as Partial<Action>;
    return kind === 'blob' && digest !== undefined ? [digest] : [];
  });
  const place = new Map(blobs.map((digest, at) => [digest, at]));
  expect(place.size).toBe(3 * IMAGES + 1);
  for (const { digest, blobs: named } of deleted) {
    expect(place.get(above.digest)).toBeLessThan(place.get(digest) ?? -1);
    for (const blob of named) expect(place.get(digest)).toBeLessThan(place.get(blob.digest) ?? -1);
  }
});

it('what a manifest names as its layer is not read for what it may name: a sweep finds no damage that a report does not', async () => {
  const tree = createTree(join(temporaryFolder('unlinked'), 'registry'));
  tree.push('app', 'latest', image({ name: 'kept', layers: [layer('kept')] }));
  const rotten = layer('rotten');
  tree.push('app', undefined, image({ name: 'old', layers: [rotten] }));
  tree.write(blobData(rotten.digest), 'not what its digest says');
  tree.age(1000);
  const volume = new OperatedVolume(tree.root);
  const { problems } = await volume.json('report');

  const { plan } = await volume.json('sweep', '--untagged');

  expect(plan.blobs.count).toBe(3);
  expect((await volume.json('report', '--no-scan')).problems).toEqual(problems);
});
