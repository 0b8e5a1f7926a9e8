/** What `rm` takes, what it leaves, and what it refuses. */
import { existsSync, mkdirSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  blobData,
  blobFolder,
  layerFolder,
  repositoryFolder,
  revisionFolder,
  revisionLink,
  tagCurrentLink,
  tagFolder,
  tagIndexEntryLink,
  uploadFolder,
} from '../../src/layout/paths.ts';
import { digestHex, type Digest } from '../../src/layout/digest.ts';
import { digestBytes, layer } from '../support/content.ts';
import { image, index, type Pushable } from '../support/images.ts';
import { reportOf } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';
import { removalOf, type RemovalInWords } from './removal-of.ts';
import { digestsOf, looseLayer, multiArch, pushBlobs, simple, sorted, volumeWithGarbage } from './volume.ts';

const NOTHING = { tags: [], entries: [], revisions: [], links: [], blobs: [], uploads: [], strays: [], refusals: [] };

function volume(): Tree {
  return volumeWithGarbage().tree;
}

function revisionsOf(repository: string, ...images: readonly Pushable[]): readonly string[] {
  const all = (one: Pushable): readonly string[] => [`${repository}@${one.digest}`, ...one.children.flatMap(all)];
  return sorted(images.flatMap(all));
}

function linksOf(repository: string, ...images: readonly Pushable[]): readonly string[] {
  const all = (one: Pushable): readonly string[] => [
    ...one.blobs.map((blob) => `${repository}@${blob.digest}`),
    ...one.children.flatMap(all),
  ];
  return sorted(images.flatMap(all));
}

function cosignTag(subject: Pushable, suffix = '.sig'): string {
  return `sha256-${digestHex(subject.digest)}${suffix}`;
}

describe('REPO:TAG', () => {
  test('takes the tag, its revision, layer links and blobs, and no garbage beside', async () => {
    const tree = volume();
    const one = simple('app');
    tree.push('app', 'v1', one);
    looseLayer(tree, 'app', 'loose');
    tree.push('app', undefined, simple('untagged'));
    expect(await removalOf(tree, 'app:v1')).toMatchObject({
      ...NOTHING,
      tags: ['app:v1'],
      revisions: revisionsOf('app', one),
      links: linksOf('app', one),
      blobs: expect.toSatisfy((blobs: readonly string[]) => sorted(blobs).join() === digestsOf(one).join()) as string[],
    });
  });

  test('one of two tags of a digest leaves the other, and the revision', async () => {
    const tree = volume();
    tree.push('app', 'v1', simple('app'));
    tree.push('app', 'latest', simple('app'));
    expect(await removalOf(tree, 'app:v1')).toMatchObject({ ...NOTHING, tags: ['app:v1'] });
    expect((await removalOf(tree, 'app:v1', 'app:latest')).revisions).toEqual(revisionsOf('app', simple('app')));
  });

  test('leaves what its history alone named: that is an untagged revision', async () => {
    const tree = volume();
    const past = simple('past');
    const now = simple('now');
    tree.push('app', undefined, past);
    tree.push('app', 'v1', now);
    tree.tag('app', 'v1', now.digest, { history: [past.digest] });
    const removal = await removalOf(tree, 'app:v1');
    expect(removal).toMatchObject({ tags: ['app:v1'], entries: [], revisions: revisionsOf('app', now) });
    expect(sorted(removal.blobs)).toEqual(digestsOf(now));
  });

  test('takes the revision out of the history of the tags that stay', async () => {
    const tree = volume();
    const past = simple('past');
    const now = simple('now');
    tree.push('app', 'v1', past);
    tree.push('app', 'latest', now);
    tree.tag('app', 'latest', now.digest, { history: [past.digest] });
    expect(await removalOf(tree, 'app:v1')).toMatchObject({
      tags: ['app:v1'],
      entries: [`app:latest ${past.digest}`],
      revisions: revisionsOf('app', past),
    });
  });

  test('an index takes its children, nested ones too, but for one that is tagged by itself', async () => {
    const tree = volume();
    const own = simple('own', 'oci');
    const inner = multiArch('inner');
    const top = index([{ manifest: own }, { manifest: inner }]);
    tree.push('app', 'v1', top);
    tree.tag('app', 'own', own.digest);
    const removal = await removalOf(tree, 'app:v1');
    expect(sorted(removal.revisions)).toEqual(revisionsOf('app', { ...top, children: [inner] }));
    expect(sorted(removal.blobs)).toEqual(digestsOf(top, digestsOf(own) as Digest[]));
    // Parents first, among revisions and among blobs; then manifests, then the rest.
    const ofTop = [top, inner].map((one) => one.digest);
    const children = sorted(inner.children.map((one) => one.digest));
    expect(removal.revisions).toEqual([...ofTop, ...children].map((digest) => `app@${digest}`));
    expect(removal.blobs.slice(0, 4)).toEqual([...ofTop, ...children]);
  });

  test('an index that two tags share stays with the other', async () => {
    const tree = volume();
    tree.push('app', 'v1', multiArch('app'));
    tree.push('app', 'latest', multiArch('app'));
    expect(await removalOf(tree, 'app:v1')).toMatchObject({ ...NOTHING, tags: ['app:v1'] });
  });

  test('a child that another index of the repository names stays, untagged as that may be', async () => {
    const tree = volume();
    const child = simple('child', 'oci');
    const top = index([{ manifest: child }, { manifest: simple('second', 'oci') }]);
    tree.push('app', 'v1', top);
    tree.push('app', undefined, index([{ manifest: child }]));
    const removal = await removalOf(tree, 'app:v1');
    expect(sorted(removal.blobs)).toEqual(digestsOf(top, digestsOf(child) as Digest[]));
    expect(removal.revisions).not.toContain(`app@${child.digest}`);
  });

  test('what another repository holds stays there, with its blobs; the links here go', async () => {
    const tree = volume();
    const one = simple('app');
    tree.push('app', 'v1', one);
    tree.push('copy', undefined, one);
    expect(await removalOf(tree, 'app:v1')).toMatchObject({
      ...NOTHING,
      tags: ['app:v1'],
      revisions: revisionsOf('app', one),
      links: linksOf('app', one),
    });
  });

  test('a layer that an image of the same repository needs stays linked', async () => {
    const tree = volume();
    const base = layer('base');
    const one = image({ layers: [base], name: 'one' });
    tree.push('app', 'v1', one);
    tree.push('app', 'v2', image({ layers: [base], name: 'two' }));
    const removal = await removalOf(tree, 'app:v1');
    expect(removal.links).toEqual([`app@${one.config.digest}`]);
    expect(sorted(removal.blobs)).toEqual(digestsOf(one, [base.digest]));
  });

  test('an orphaned link of another repository is not touched, and keeps its blob', async () => {
    const tree = volume();
    const one = simple('app');
    tree.push('app', 'v1', one);
    tree.linkLayer('mounted', one.config.digest);
    const removal = await removalOf(tree, 'app:v1');
    expect(sorted(removal.links)).toEqual(linksOf('app', one));
    expect(sorted(removal.blobs)).toEqual(digestsOf(one, [one.config.digest]));
  });

  test('a stand-in of sha512 goes with its blob', async () => {
    const tree = volume();
    const one = layer('by-sha512');
    const alias = digestBytes(one.bytes, 'sha512');
    const named = image({ layers: [one] });
    tree.push('app', 'v1', named);
    tree.linkLayer('app', alias, one.digest);
    const removal = await removalOf(tree, 'app:v1');
    expect(removal.links).toContain(`app@${alias}`);
    expect(sorted(removal.blobs)).toEqual(digestsOf(named));
  });

  test('a stand-in keeps the blob that another image names by it', async () => {
    const tree = volume();
    const one = layer('by-sha512');
    const alias = digestBytes(one.bytes, 'sha512');
    const other = image({ layers: [{ ...one, digest: alias }], name: 'other' });
    const named = image({ layers: [one] });
    tree.push('app', 'v1', named);
    tree.push('app', 'v2', { ...other, blobs: [other.config] });
    tree.linkLayer('app', alias, one.digest);
    const removal = await removalOf(tree, 'app:v1');
    expect(removal.links).toEqual([`app@${named.config.digest}`]);
    expect(sorted(removal.blobs)).toEqual(digestsOf(named, [one.digest]));
  });

  test('a tag that names nothing goes by itself', async () => {
    const tree = volume();
    tree.push('app', 'v1', simple('app'));
    mkdirSync(tree.path(tagFolder('app', 'empty')));
    tree.write(tagCurrentLink('app', 'broken'), '');
    expect(await removalOf(tree, 'app:empty', 'app:broken')).toMatchObject({
      ...NOTHING,
      tags: ['app:broken', 'app:empty'],
    });
  });

  test('a document that nobody links, pushed a moment ago, keeps the layer that it names', async () => {
    const tree = volume();
    const base = layer('base');
    const one = image({ layers: [base], name: 'one' });
    tree.push('app', 'v1', one);
    tree.age(48);
    const pushed = image({ layers: [base], name: 'two' });
    tree.putBlob(pushed.bytes);
    const removal = await removalOf(tree, 'app:v1');
    expect(sorted(removal.blobs)).toEqual(digestsOf(one, [base.digest]));
  });
});

describe('referrers', () => {
  const subject = simple('app', 'oci');
  const signature = simple('signature', 'oci', subject);
  const timestamp = simple('timestamp', 'oci', signature);

  test('go with their subject, in chains', async () => {
    const tree = volume();
    tree.push('app', 'v1', subject);
    tree.push('app', undefined, signature);
    tree.push('app', undefined, timestamp);
    const removal = await removalOf(tree, 'app:v1');
    expect(sorted(removal.revisions)).toEqual(revisionsOf('app', subject, signature, timestamp));
    expect(sorted(removal.blobs)).toEqual(sorted(digestsOf(subject), digestsOf(signature), digestsOf(timestamp)));
  });

  test('stay where they are tagged, or their subject is kept in another repository', async () => {
    const tree = volume();
    tree.push('app', 'v1', subject);
    tree.push('app', 'mine', signature);
    expect((await removalOf(tree, 'app:v1')).revisions).toEqual(revisionsOf('app', subject));
    const elsewhere = volume();
    elsewhere.push('app', 'v1', subject);
    elsewhere.push('copy', 'v1', subject);
    elsewhere.push('app', undefined, signature);
    elsewhere.push('app', undefined, timestamp);
    expect((await removalOf(elsewhere, 'app:v1')).revisions).toEqual(revisionsOf('app', subject));
  });

  test('a referrer whose subject stays keeps its revision when its tag goes, and goes when its digest is named', async () => {
    const tree = volume();
    tree.push('app', 'v1', subject);
    tree.push('app', 'mine', signature);
    expect(await removalOf(tree, 'app:mine')).toMatchObject({ ...NOTHING, tags: ['app:mine'] });
    const removal = await removalOf(tree, `app@${signature.digest}`);
    expect(removal).toMatchObject({ tags: ['app:mine'], revisions: revisionsOf('app', signature), refusals: [] });
    expect(sorted(removal.blobs)).toEqual(digestsOf(signature));
  });

  test.each(['.sig', '.att', '.sbom', ''])('the tag sha256-…%s about what goes, goes with it', async (suffix) => {
    const tree = volume();
    const about = simple('about');
    tree.push('app', 'v1', subject);
    tree.push('app', cosignTag(subject, suffix), about);
    const removal = await removalOf(tree, 'app:v1');
    expect(removal.tags).toEqual(['app:v1', `app:${cosignTag(subject, suffix)}`]);
    expect(sorted(removal.blobs)).toEqual(sorted(digestsOf(subject), digestsOf(about)));
  });

  test('an index of referrers goes with its subject, and a signature of a signature', async () => {
    const tree = volume();
    tree.push('app', 'v1', subject);
    tree.push('app', undefined, signature);
    tree.push('app', cosignTag(subject, ''), index([{ manifest: signature }]));
    tree.push('app', cosignTag(signature), simple('countersignature'));
    const removal = await removalOf(tree, 'app:v1');
    expect(removal.tags).toHaveLength(3);
    expect(removal.revisions).toHaveLength(4);
  });

  test('a signature stays while another tag keeps what it is about', async () => {
    const tree = volume();
    tree.push('app', 'v1', subject);
    tree.push('app', 'v2', subject);
    tree.push('app', cosignTag(subject), simple('about'));
    expect(await removalOf(tree, 'app:v1')).toMatchObject({ ...NOTHING, tags: ['app:v1'] });
  });
});

describe('REPO@DIGEST', () => {
  test('takes the revision with every tag that names it now, and its place in their history', async () => {
    const tree = volume();
    const one = simple('app');
    const other = simple('other');
    tree.push('app', 'v1', one);
    tree.push('app', 'v2', one);
    tree.push('app', 'v3', other);
    tree.tag('app', 'v3', other.digest, { history: [one.digest] });
    const removal = await removalOf(tree, `app@${digestHex(one.digest).slice(0, 12)}`);
    expect(removal).toMatchObject({
      tags: ['app:v1', 'app:v2'],
      entries: [`app:v3 ${one.digest}`],
      revisions: revisionsOf('app', one),
      refusals: [],
    });
    expect(sorted(removal.blobs)).toEqual(digestsOf(one));
  });

  test('is refused where a kept index needs it, naming the index and its tags', async () => {
    const tree = volume();
    const child = simple('child', 'oci');
    const top = index([{ manifest: child }]);
    tree.push('app', 'v1', top);
    tree.push('app', 'latest', top);
    const removal = await removalOf(tree, `app@${child.digest}`);
    expect(removal).toMatchObject({
      ...NOTHING,
      refusals: [{ code: 'needed-by-index', hint: 'name the index too: app:latest app:v1' }],
    });
    expect(removal.refusals[0]?.message).toBe(
      `app@${child.digest} is needed by the index ${top.digest}, which the tag latest, v1 keeps`,
    );
    expect((await removalOf(tree, `app@${child.digest}`, 'app:v1', 'app:latest')).refusals).toEqual([]);
  });

  test('is refused where an untagged index needs it, and what else is named stays in the plan', async () => {
    const tree = volume();
    const child = simple('child', 'oci');
    const top = index([{ manifest: child }]);
    tree.push('app', undefined, top);
    tree.push('app', 'v1', simple('app'));
    const removal = await removalOf(tree, `app@${child.digest}`, 'app:v1');
    expect(removal.refusals[0]?.message).toContain('which no tag names');
    expect(removal.refusals[0]?.hint).toContain(`app@${top.digest}`);
    expect(removal.revisions).toEqual(revisionsOf('app', simple('app')));
    expect((await removalOf(tree, `app@${child.digest}`, `app@${top.digest}`)).revisions).toHaveLength(2);
  });

  test('removes a revision that dangles, and the doubt with it', async () => {
    const tree = volume();
    const lost = simple('lost');
    const sound = simple('sound');
    tree.push('app', 'v1', lost);
    tree.push('app', 'v2', sound);
    rmSync(tree.path(blobFolder(lost.digest)), { recursive: true });
    const removal = await removalOf(tree, `app@${lost.digest}`, 'app:v2');
    expect(removal).toMatchObject({ tags: ['app:v1', 'app:v2'], links: linksOf('app', sound), refusals: [] });
    expect(sorted(removal.blobs)).toEqual(digestsOf(sound));
  });

  test('one of two dangling revisions goes alone: the repository is still in doubt', async () => {
    const tree = volume();
    const [first, second] = [simple('first'), simple('second')];
    for (const one of [first, second]) {
      tree.push('app', undefined, one);
      rmSync(tree.path(blobFolder(one.digest)), { recursive: true });
    }
    tree.push('app', 'v1', simple('app'));
    const removal = await removalOf(tree, `app@${first.digest}`, 'app:v1');
    expect(removal).toMatchObject({
      ...NOTHING,
      revisions: [`app@${first.digest}`],
      refusals: [{ code: 'repository-in-doubt' }],
    });
    expect(removal.refusals[0]?.message).toContain(`${second.digest} (missing)`);
  });

  test('a manifest that is not what its digest says goes, and nothing that it may name', async () => {
    const tree = volume();
    const bad = simple('bad');
    const other = simple('other');
    tree.push('app', 'v1', bad);
    pushBlobs(tree, 'app', other, 'without');
    tree.write(blobData(bad.digest), other.bytes);
    const removal = await removalOf(tree, `app@${bad.digest}`);
    expect(removal).toMatchObject({
      ...NOTHING,
      tags: ['app:v1'],
      revisions: [`app@${bad.digest}`],
      blobs: [bad.digest],
    });
  });
});

describe('REPO', () => {
  test('takes all of it, nested repositories survive, and so does what lies beside', async () => {
    const tree = volume();
    const one = simple('app');
    tree.push('team/app', 'v1', one);
    tree.push('team/app', undefined, simple('untagged'));
    tree.push('team/app/nested', 'v1', simple('nested'));
    const loose = looseLayer(tree, 'team/app', 'loose');
    tree.upload('team/app', { uuid: '7d1c1f6e-2f0b-4c8e-9a35-1b2c3d4e5f60', startedAt: new Date() });
    mkdirSync(tree.path(revisionFolder('team/app', simple('deleted').digest)), { recursive: true });
    const removal = await removalOf(tree, 'team/app');
    expect(removal).toMatchObject({ tags: ['team/app:v1'], entries: [], uploads: [expect.any(String)], refusals: [] });
    expect(sorted(removal.revisions)).toEqual(revisionsOf('team/app', one, simple('untagged')));
    expect(sorted(removal.links)).toEqual(sorted(linksOf('team/app', one, simple('untagged')), [`team/app@${loose}`]));
    expect(sorted(removal.blobs)).toEqual(sorted([loose], digestsOf(one), digestsOf(simple('untagged'))));
    const own = repositoryFolder('team/app');
    const below = removal.folders.filter((path) => path.startsWith('repositories'));
    expect(below).toEqual([
      revisionFolder('team/app', simple('deleted').digest),
      `${own}/_manifests/revisions/sha256`,
      `${own}/_layers/sha256`,
      `${own}/_manifests/revisions`,
      `${own}/_manifests/tags`,
      `${own}/_layers`,
      `${own}/_manifests`,
      `${own}/_uploads`,
    ]);
  });

  test('a namespace that holds nothing else goes with its last repository', async () => {
    const tree = volume();
    tree.push('team/deep/app', 'v1', simple('app'));
    tree.push('team/other', 'v1', simple('other'));
    const { folders } = await removalOf(tree, 'team/deep/app');
    expect(folders).toContain('repositories/team/deep');
    expect(folders).toContain('repositories/team/deep/app');
    expect(folders).not.toContain('repositories/team');
    expect((await removalOf(tree, 'team/**')).folders).toContain('repositories/team');
  });

  test('a glob takes what it matches, as --repo does: the repository itself among it', async () => {
    const tree = volume();
    for (const name of ['team', 'team/a', 'team/b/c', 'teams']) tree.push(name, 'v1', simple(name));
    expect((await removalOf(tree, 'team/**')).tags).toEqual(['team:v1', 'team/a:v1', 'team/b/c:v1']);
    expect((await removalOf(tree, 'team/*')).tags).toEqual(['team/a:v1']);
  });

  test('its own damage does not hold it, another repository that is damaged keeps all that it names', async () => {
    const tree = volume();
    const lost = simple('lost');
    const shared = simple('shared');
    tree.push('app', 'v1', lost);
    tree.push('app', 'v2', shared);
    rmSync(tree.path(blobFolder(lost.digest)), { recursive: true });
    tree.push('damaged', 'v1', simple('bad'));
    tree.write(blobData(simple('bad').digest), '');
    for (const blob of shared.blobs) tree.linkLayer('damaged', blob.digest);
    const removal = await removalOf(tree, 'app');
    expect(removal.refusals).toEqual([]);
    expect(removal.revisions).toHaveLength(2);
    expect(sorted(removal.blobs)).toEqual(
      sorted(
        [shared.digest],
        lost.blobs.map((blob) => blob.digest),
      ),
    );
  });

  test('a link that a registry was writing when it died goes with it, and its folder', async () => {
    const tree = volume();
    tree.push('app', 'v1', simple('app'));
    const stray = `${revisionLink('app', simple('gone').digest)}.7d1c1f6e-2f0b-4c8e-9a35-1b2c3d4e5f60.tmp`;
    tree.write(stray, 'sha256:');
    const { strays, folders } = await removalOf(tree, 'app');
    expect(strays).toEqual([stray]);
    expect(folders[0]).toBe(revisionFolder('app', simple('gone').digest));
  });
});

describe('carried out', () => {
  /** Deletes what a plan names, class by class; a folder that still holds something is an error. */
  function carryOut(tree: Tree, removal: RemovalInWords): void {
    const linkFolder = (of: (name: string, digest: Digest) => string, row: string): string => {
      const [name = '', digest = ''] = row.split('@');
      return of(name, digest as Digest);
    };
    const folders = [
      ...removal.tags.map((tag) => tagFolder(...(tag.split(':') as [string, string]))),
      ...removal.entries.map((row) => {
        const [name = '', tag = '', digest = ''] = row.split(/:(?=\w+ )| /);
        return dirname(tagIndexEntryLink(name, tag, digest as Digest));
      }),
      ...removal.revisions.map((row) => linkFolder(revisionFolder, row)),
      ...removal.links.map((row) => linkFolder(layerFolder, row)),
      ...removal.blobs.map((digest) => blobFolder(digest as Digest)),
      ...removal.uploads.map((upload) => uploadFolder('team/app', upload)),
    ];
    for (const folder of folders) rmSync(tree.path(folder), { recursive: true });
    for (const stray of removal.strays) rmSync(tree.path(stray));
    for (const folder of removal.folders) if (existsSync(tree.path(folder))) rmdirSync(tree.path(folder));
  }

  test('a repository is gone with its namespace, and what is left is as sound as before', async () => {
    const tree = volume();
    const shared = simple('shared', 'oci');
    tree.push('team/app', 'v1', multiArch('app'));
    tree.push('team/app', 'v2', shared);
    tree.push('other', 'v2', shared);
    tree.upload('team/app', { uuid: '7d1c1f6e-2f0b-4c8e-9a35-1b2c3d4e5f60', startedAt: undefined });
    tree.write(`${revisionLink('team/app', simple('gone').digest)}.7d1c1f6e-2f0b-4c8e-9a35-1b2c3d4e5f60.tmp`, '');
    carryOut(tree, await removalOf(tree, 'team/**'));
    expect(existsSync(tree.path('repositories/team'))).toBe(false);
    const report = await reportOf(tree.root);
    expect(report.problems).toEqual([]);
    expect(report.repositories.map(({ name }) => name)).toEqual(['other']);
    expect(report.totals.blobs).toBe(digestsOf(shared).length + digestsOf(simple('other')).length + 1);
  });

  test('a tag is gone, its repository keeps its folders, and nothing of it is left over', async () => {
    const tree = volume();
    const [past, now] = [simple('past'), simple('now')];
    tree.push('app', 'v1', past);
    tree.push('app', 'v2', now);
    tree.tag('app', 'v2', now.digest, { history: [past.digest] });
    const before = await reportOf(tree.root);
    carryOut(tree, await removalOf(tree, 'app:v1'));
    const report = await reportOf(tree.root);
    expect(report.problems).toEqual([]);
    expect(report.reclaimable).toEqual(before.reclaimable);
    expect(report.totals).toMatchObject({ tags: 2, revisions: 2, tagIndexEntries: 2, blobs: before.totals.blobs - 3 });
    carryOut(tree, await removalOf(tree, 'app:v2'));
    for (const folder of ['_manifests/revisions', '_manifests/tags', '_layers', '_uploads']) {
      expect(existsSync(tree.path(`${repositoryFolder('app')}/${folder}`))).toBe(true);
    }
  });
});

describe('what is refused', () => {
  test('in a repository in doubt, saying what the doubt is', async () => {
    const tree = volume();
    tree.push('app', 'v1', simple('app'));
    tree.write(tagCurrentLink('app', 'broken'), '');
    const removal = await removalOf(tree, 'app:v1');
    expect(removal).toMatchObject({ ...NOTHING, refusals: [{ code: 'repository-in-doubt' }] });
    expect(removal.refusals[0]?.message).toContain('nobody knows what the tag broken names');
    expect((await removalOf(tree, 'app:v1', 'app:broken')).refusals).toEqual([]);
  });

  test('through a symbolic link, and a repository that holds one', async () => {
    const tree = volume();
    tree.push('app', 'v1', simple('app'));
    tree.push('real', 'v1', simple('real'));
    symlinkSync('app', tree.path(repositoryFolder('alias')));
    symlinkSync(tree.path(tagFolder('real', 'v1')), tree.path(tagFolder('app', 'linked')));
    for (const name of ['alias:v1', 'app:linked', 'app', 'a*']) {
      const removal = await removalOf(tree, name);
      expect(removal.refusals.map(({ code }) => code)).toContain('never-deleted');
      expect(removal).toMatchObject({ tags: [], revisions: [], blobs: [] });
    }
  });

  test('a digest that a tag out of the grammar names', async () => {
    const tree = volume();
    const one = simple('app');
    tree.push('app', 'v1', one);
    tree.tag('app', 'a b', one.digest);
    const removal = await removalOf(tree, `app@${one.digest}`);
    expect(removal).toMatchObject({ ...NOTHING, refusals: [{ code: 'needed-by-tag' }] });
    expect(await removalOf(tree, 'app:v1')).toMatchObject({ ...NOTHING, tags: ['app:v1'] });
    expect((await removalOf(tree, 'app')).refusals[0]?.message).toContain('"a b" is no legal tag');
  });
});
