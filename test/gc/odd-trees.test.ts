/** Trees off the common path in which something keeps a blob: history, youth, documents that do not say what they are. */
import { chmodSync, mkdirSync, renameSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  blobData,
  layerFolder,
  layerLink,
  repositoryFolder,
  revisionLink,
  tagFolder,
  tagIndexEntryLink,
} from '../../src/layout/paths.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { index, jsonContent, MEDIA, type Image } from '../support/images.ts';
import { asNobody } from '../support/nobody.ts';
import { reclaimableBlobs, reportOf, type ReportWishes } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';
import { digestsOf, pushBlobs, simple, sorted, volumeWithGarbage } from './volume.ts';

const HOUR = 3600;

/** An index of one entry that does not say what it is, pushed and tagged; the entry's blobs are there, nothing links it. */
function indexOfUntyped(tree: Tree, entry: { readonly digest: Digest; readonly bytes: Uint8Array }): void {
  const document = { schemaVersion: 2, mediaType: MEDIA.ociIndex, manifests: [{ digest: entry.digest, size: 1 }] };
  const top = jsonContent(MEDIA.ociIndex, document);
  tree.push('app', 'v1', { ...top, blobs: [], children: [] });
  tree.write(blobData(entry.digest), entry.bytes);
}

function linkedBlobs(tree: Tree, one: Image): void {
  for (const blob of one.blobs) tree.linkLayer('app', tree.putBlob(blob.bytes));
}

function young(tree: Tree, path: string): void {
  utimesSync(tree.path(path), new Date(), new Date());
}

describe('history keeps what it names where it stays itself', () => {
  const past = simple('past');

  /** `app:v1` names an image now, and named `past` before, whose revision link the API has deleted. */
  function withHistory(): { readonly tree: Tree; readonly garbage: Digest } {
    const { tree, garbage } = volumeWithGarbage();
    tree.push('app', 'v1', simple('now'));
    pushBlobs(tree, 'app', past, 'with');
    tree.write(tagIndexEntryLink('app', 'v1', past.digest), past.digest);
    return { tree, garbage };
  }

  test('and goes, with that, in a repository where nothing is held', async () => {
    const { tree, garbage } = withHistory();
    expect(await reclaimableBlobs(tree.root)).toEqual(sorted([garbage], digestsOf(past)));
  });

  test('outside --repo', async () => {
    const { tree, garbage } = withHistory();
    expect(await reclaimableBlobs(tree.root, { repo: ['other'] })).toEqual([garbage]);
  });

  test('in a repository in doubt', async () => {
    const { tree, garbage } = withHistory();
    tree.revision('app', digestBytes(Buffer.from('nowhere')));
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });

  test('under a repository name that is not legal', async () => {
    const { tree, garbage } = withHistory();
    renameSync(tree.path(repositoryFolder('app')), tree.path(repositoryFolder('App')));
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });

  test('under a tag name that is not legal', async () => {
    const { tree, garbage } = withHistory();
    renameSync(tree.path(tagFolder('app', 'v1')), tree.path(tagFolder('app', 'v 1')));
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect((await reportOf(tree.root)).reclaimable.tagIndexEntries.count).toBe(0);
  });

  test('behind a symbolic link', async () => {
    const { tree, garbage } = withHistory();
    const elsewhere = `${tree.root}/elsewhere`;
    renameSync(tree.path(tagFolder('app', 'v1')), elsewhere);
    symlinkSync(elsewhere, tree.path(tagFolder('app', 'v1')));
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });
});

describe('an entry that does not say what it is', () => {
  const child = simple('child', 'oci');

  test('is a manifest though white space stands before it', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const bytes = Buffer.concat([Buffer.from(' \n\t'), child.bytes]);
    linkedBlobs(tree, child);
    indexOfUntyped(tree, { digest: digestBytes(bytes), bytes });
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });

  test.each([
    ['another document', Buffer.from('{"schemaVersion":2}')],
    ['cut off', child.bytes.subarray(0, 80)],
    ['empty', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(child.bytes.length)],
  ])('counts as a manifest that went bad where its bytes are not what its digest says: %s', async (_what, bytes) => {
    const { tree, garbage } = volumeWithGarbage();
    linkedBlobs(tree, child);
    indexOfUntyped(tree, { digest: child.digest, bytes });
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect((await reportOf(tree.root)).held.damaged.blobs).toBe(child.blobs.length);
  });

  test('keeps what it names where one of its own entries is malformed', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const document = JSON.parse(Buffer.from(child.bytes).toString()) as { readonly layers: readonly unknown[] };
    const bytes = Buffer.from(
      JSON.stringify({ ...document, layers: [...document.layers, { digest: 'sha256:short' }] }),
    );
    linkedBlobs(tree, child);
    indexOfUntyped(tree, { digest: digestBytes(bytes), bytes });
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });

  test('makes the scan incomplete where it cannot be read', async () => {
    const { tree } = volumeWithGarbage();
    linkedBlobs(tree, child);
    indexOfUntyped(tree, child);
    chmodSync(tree.path(blobData(child.digest)), 0);
    const report = await asNobody(tree.root, () => reportOf(tree.root));
    expect(report.complete).toBe(false);
    expect(report.problems.map(({ code }) => code)).toContain('permission-denied');
  });

  test('is no doubt where it is whole and no manifest: the config of an image', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const config = child.blobs.find(({ mediaType }) => mediaType === MEDIA.ociConfig);
    if (config === undefined) throw new Error('an image has a config');
    indexOfUntyped(tree, config);
    tree.linkLayer('app', tree.putBlob(seededBytes('orphan', 100)));
    const going = await reclaimableBlobs(tree.root);
    expect(going).toContain(garbage);
    expect(going).toHaveLength(2);
  });
});

describe('a doubt reaches', () => {
  const bad = simple('bad', 'oci');

  function putBad(tree: Tree): void {
    pushBlobs(tree, 'app', bad, 'with');
    truncateSync(tree.path(blobData(bad.digest)), 60);
  }

  test('a repository through a document of an unknown type', async () => {
    const { tree, garbage } = volumeWithGarbage();
    putBad(tree);
    const middle = index([{ manifest: bad }]);
    tree.putBlob(middle.bytes);
    const top = jsonContent('application/vnd.example+json', {
      mediaType: 'application/vnd.example+json',
      what: middle.digest,
    });
    tree.push('app', 'v1', { ...top, blobs: [], children: [] });
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });

  test('a repository through the content of a revision link', async () => {
    const { tree, garbage } = volumeWithGarbage();
    putBad(tree);
    const good = simple('good', 'oci');
    tree.push('app', 'v1', good);
    tree.write(revisionLink('app', good.digest), bad.digest);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });

  test('a repository whose revision is missing though its link names another one', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const good = simple('good', 'oci');
    const lost = simple('lost', 'oci');
    tree.push('app', 'v1', good);
    pushBlobs(tree, 'app', lost, 'without');
    tree.write(revisionLink('app', lost.digest), good.digest);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect((await reportOf(tree.root)).problems.map(({ code }) => code)).toContain('dangling-revision');
  });

  test('a repository with an alias that does not say what it stands for', async () => {
    const { tree, garbage } = volumeWithGarbage();
    tree.push('app', 'v1', simple('app', 'oci'));
    const content = seededBytes('by sha512', 200);
    tree.linkLayer('app', tree.putBlob(content));
    tree.write(layerLink('app', digestBytes(content, 'sha512')), '');
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });
});

describe('youth', () => {
  const HELD: ReportWishes = { minAge: HOUR };

  test('of a manifest without a link yet holds the layer links of its push', async () => {
    const { tree } = volumeWithGarbage();
    const pushed = simple('pushed', 'oci');
    pushBlobs(tree, 'app', pushed, 'with');
    tree.age(48);
    young(tree, blobData(pushed.digest));
    const { reclaimable, held } = await reportOf(tree.root, HELD);
    expect(held.young.blobs).toBe(1 + pushed.blobs.length);
    // The loose layer of `other`, and nothing of `app`.
    expect(reclaimable.layerLinks.count).toBe(1);
  });

  test('of an index without a link yet holds its child, an old revision', async () => {
    const { tree } = volumeWithGarbage();
    const child = simple('child', 'oci');
    tree.push('app', undefined, child);
    const top = index([{ manifest: child }]);
    tree.putBlob(top.bytes);
    tree.age(48);
    young(tree, blobData(top.digest));
    const { reclaimable } = await reportOf(tree.root, { ...HELD, mode: 'untagged' });
    expect(reclaimable.revisions.count).toBe(0);
    expect(reclaimable.layerLinks.count).toBe(1);
  });

  test('of an alias holds the blob that it stands for', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const content = seededBytes('by sha512', 200);
    const blob = tree.putBlob(content);
    const alias = digestBytes(content, 'sha512');
    tree.linkLayer('app', alias, blob);
    tree.age(48);
    young(tree, layerLink('app', alias));
    expect(await reclaimableBlobs(tree.root, HELD)).toEqual([garbage]);
  });
});

describe('behind a symbolic link nothing goes', () => {
  test('a blob whose `data` is one', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const blob = tree.putBlob(seededBytes('elsewhere', 100));
    renameSync(tree.path(blobData(blob)), `${tree.root}/elsewhere`);
    symlinkSync(`${tree.root}/elsewhere`, tree.path(blobData(blob)));
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect((await reportOf(tree.root)).held.damaged.blobs).toBe(1);
  });

  test('a layer link that leads nowhere: the scan is incomplete', async () => {
    const { tree } = volumeWithGarbage();
    const blob = tree.putBlob(seededBytes('orphan', 100));
    mkdirSync(tree.path(layerFolder('other', blob)), { recursive: true });
    symlinkSync('/nowhere', tree.path(layerLink('other', blob)));
    const report = await reportOf(tree.root);
    expect(report.complete).toBe(false);
    expect(report.problems.map(({ code }) => code)).toContain('symbolic-link');
  });

  test('a layer folder that is one, and empty', async () => {
    const { tree } = volumeWithGarbage();
    const before = (await reportOf(tree.root)).reclaimable.emptyDirectories.count;
    mkdirSync(`${tree.root}/elsewhere`);
    symlinkSync(`${tree.root}/elsewhere`, tree.path(layerFolder('other', layer('x').digest)));
    expect((await reportOf(tree.root)).reclaimable.emptyDirectories.count).toBe(before);
  });
});

test('a layer folder without its link, in which something else lies, is no empty folder', async () => {
  const { tree } = volumeWithGarbage();
  const before = (await reportOf(tree.root)).reclaimable.emptyDirectories.count;
  const folder = tree.path(layerFolder('other', layer('x').digest));
  mkdirSync(folder);
  writeFileSync(`${folder}/notes`, 'notes');
  const report = await reportOf(tree.root);
  expect(report.reclaimable.emptyDirectories.count).toBe(before);
  expect(report.problems.map(({ code }) => code)).toEqual(['unknown-entry']);
});
