/** What writing that did not end leaves: `<file>.<uuid>.tmp` of 3.1, and documents that are not what they should be. */
import { dirname } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import {
  blobData,
  layerLink,
  revisionLink,
  tagCurrentLink,
  tagIndexEntryLink,
  uploadFolder,
} from '../../src/layout/paths.ts';
import { digestBytes, layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { openedOf, reclaimableBlobs, reportOf, viewOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const APP = image({ name: 'app', layers: [layer('app')] });
const CUT_OFF = digestBytes(Buffer.from('cut off'));
const UUID = '0b9c8f0e-6b1c-4f6e-8c53-9a4d5e1f2a33';

function volume(): Tree {
  const tree = createTree(temporaryFolder('strays'));
  tree.push('app', '1.0', APP);
  tree.upload('app', { uuid: UUID, startedAt: new Date() });
  return tree;
}

describe('a temporary file', () => {
  it.each([
    ['a revision', revisionLink('app', APP.digest)],
    ['a revision that was never linked', revisionLink('app', CUT_OFF)],
    ['a current link', tagCurrentLink('app', '1.0')],
    ['a current link that was never written', tagCurrentLink('app', 'next')],
    ['a tag index entry', tagIndexEntryLink('app', '1.0', CUT_OFF)],
    ['a layer link', layerLink('app', APP.config.digest)],
    ['a layer link that was never written', layerLink('app', CUT_OFF)],
    ['a blob', blobData(APP.digest)],
    ['a blob that was never written', blobData(CUT_OFF)],
    ['the beginning of an upload', `${uploadFolder('app', UUID)}/startedat`],
  ])('beside %s is no damage: nothing is lost or in doubt', async (_what, path) => {
    const tree = volume();
    tree.write(`${path}.${UUID}.tmp`, 'sha256:');
    for (const mode of ['revisions', 'untagged'] as const) {
      expect(await reclaimableBlobs(tree.root, { mode })).toEqual([]);
      const report = await reportOf(tree.root, { mode });
      expect(report).toMatchObject({ complete: true, held: { damaged: { blobs: 0 } }, totals: { revisions: 1 } });
      expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(report.reclaimable).toMatchObject({ revisions: { count: 0 }, tags: { count: 0 }, uploads: { count: 0 } });
    }
  });

  it('in the folder of a revision that was never linked is told of, and kept with its size', async () => {
    const tree = volume();
    const path = `${revisionLink('app', CUT_OFF)}.${UUID}.tmp`;
    tree.write(path, 'sha256:');
    const { inventory } = await openedOf(tree.root);
    expect(inventory.problems).toMatchObject([
      { code: 'stray-temporary-file', severity: 'warning', repository: 'app', path },
    ]);
    expect(inventory.strayFiles).toMatchObject([{ path, repository: 0, bytes: 7 }]);
  });

  it.each([
    ['in the current folder of a tag without a link', tagCurrentLink('app', 'next')],
    [
      'in the folder of an alias link that was never written',
      layerLink('app', digestBytes(Buffer.from('x'), 'sha512')),
    ],
  ])('%s is told of, and kept with its size', async (_what, link) => {
    const tree = volume();
    const path = `${link}.${UUID}.tmp`;
    tree.write(path, 'sha256:');
    const { inventory } = await openedOf(tree.root);
    const about = { severity: 'warning', repository: 'app', path };
    expect(inventory.problems).toContainEqual(expect.objectContaining({ code: 'stray-temporary-file', ...about }));
    expect(inventory.strayFiles).toMatchObject([{ path, repository: 0, bytes: 7 }]);
    expect(inventory.emptyFolders.map((folder) => folder.path)).not.toContain(dirname(path));
  });

  it.each(['startedat', 'hashstates/sha256/108'])('of %s in an upload is told of, and goes with it', async (name) => {
    const tree = volume();
    const path = `${uploadFolder('app', UUID)}/${name}.${UUID}.tmp`;
    const [before] = (await openedOf(tree.root)).inventory.uploads;
    tree.write(path, '2026');
    const { inventory } = await openedOf(tree.root);
    expect(inventory.problems).toMatchObject([{ code: 'stray-temporary-file', repository: 'app', path }]);
    expect(inventory.uploads).toMatchObject([{ bytes: (before?.bytes ?? NaN) + 4 }]);
    expect(inventory.strayFiles).toEqual([]);
  });

  it('in the folder of a blob that was never written: there is no such blob, and its folder is not empty', async () => {
    const tree = volume();
    const { totals } = await reportOf(tree.root);
    const path = `${blobData(CUT_OFF)}.${UUID}.tmp`;
    tree.write(path, 'half a manifest');
    const opened = await openedOf(tree.root);
    const { totals: after, problems } = viewOf(opened);
    expect(after).toEqual(totals);
    expect(problems).toMatchObject([
      { code: 'blob-without-data', digest: CUT_OFF },
      { code: 'stray-temporary-file', path },
    ]);
    expect(opened.inventory.strayFiles).toMatchObject([{ path, repository: undefined, bytes: 15 }]);
    expect(opened.inventory.emptyFolders).toEqual([]);
  });
});

describe('a manifest whose bytes are not those of its digest', () => {
  it.each([
    ['no JSON at all', 'garbage', 'manifest-digest-mismatch'],
    ['JSON that is no manifest', '[]', 'manifest-digest-mismatch'],
    ['what is left of one', '{"schemaVersion": 2, "layers": [', 'manifest-truncated'],
  ])('and are %s', async (_what, content, code) => {
    const tree = volume();
    tree.write(blobData(APP.digest), content);
    expect((await reportOf(tree.root)).problems).toMatchObject([{ code, severity: 'error', digest: APP.digest }]);
  });
});

describe('a manifest that is another one than its digest says', () => {
  it.each(['revisions', 'untagged'] as const)('is told of, and its repository loses nothing (%s)', async (mode) => {
    const tree = volume();
    const other = image({ name: 'other', layers: [layer('other')] });
    tree.push('elsewhere', undefined, other);
    tree.write(blobData(APP.digest), other.bytes);
    // What `other` names is kept as well, and what only the true document named is held.
    const going = await reclaimableBlobs(tree.root, { mode });
    expect(going).toEqual(mode === 'revisions' ? [] : [other.digest]);
    const { problems, held } = await reportOf(tree.root, { mode });
    expect(problems).toMatchObject([{ code: 'manifest-digest-mismatch', severity: 'error', digest: APP.digest }]);
    expect(held.damaged.blobs).toBe(APP.blobs.length);
  });
});
