/** What keeps what, what is held back and by what, and that the report's sums hold. */
import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blobData, blobFolder, repositoryFolder, revisionFolder, TAGS } from '../../src/layout/paths.ts';
import { NO_REPOSITORY, type Report, type RepositoryRow } from '../../src/report/model.ts';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { image, index } from '../support/images.ts';
import { reclaimableBlobs, reportOf, type ReportWishes } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';
import { digestsOf, looseLayer, multiArch, pushBlobs, simple, sorted, volumeWithGarbage } from './volume.ts';

const DAY = 24 * 3600;
const UNTAGGED = { mode: 'untagged' } as const;

/** The report, once its sums were seen to hold. */
async function soundReport(tree: Tree, wishes: ReportWishes = {}): Promise<Report> {
  const report = await reportOf(tree.root, wishes);
  const { referenced, unreferenced, reclaimable, held, totals } = report;
  for (const of of ['blobs', 'bytes'] as const) {
    expect(referenced[of] + unreferenced[of]).toBe(totals[of]);
    const going = of === 'blobs' ? reclaimable.blobs.count : reclaimable.blobs.bytes;
    expect(going + held.excluded[of] + held.damaged[of] + held.young[of]).toBe(unreferenced[of]);
  }
  for (const one of report.repositories) expect(one.exclusiveBytes + one.sharedBytes).toBe(one.bytes);
  return report;
}

function row(report: Report, name: string): RepositoryRow {
  const found = report.repositories.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no row is called ${name}`);
  return found;
}

function untag(tree: Tree, repository: string, tag: string): void {
  rmSync(tree.path(`${repositoryFolder(repository)}/${TAGS}/${tag}`), { recursive: true });
}

describe('subject works backwards', () => {
  test('a kept subject keeps a chain of untagged referrers', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const subject = simple('app', 'oci');
    const signature = simple('signature', 'oci', subject);
    tree.push('app', 'v1', subject);
    tree.push('app', undefined, signature);
    tree.push('app', undefined, simple('timestamp', 'oci', signature));
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual([garbage]);
    expect((await soundReport(tree, UNTAGGED)).reclaimable.revisions.count).toBe(0);
  });

  test('a referrer of an index, and of a child of an index, is kept with them', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const child = simple('child', 'oci');
    const top = index([{ manifest: child }]);
    tree.push('app', 'v1', top);
    tree.push('app', undefined, simple('of-index', 'oci', top));
    tree.push('app', undefined, simple('of-child', 'oci', child));
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual([garbage]);
  });

  test('a referrer is kept where it is a revision, though the subject is tagged in another repository', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const subject = simple('app', 'oci');
    tree.push('app', 'v1', subject);
    tree.push('signatures', undefined, simple('signature', 'oci', subject));
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual([garbage]);
    expect((await soundReport(tree, UNTAGGED)).reclaimable.revisions.count).toBe(0);
  });

  test('a referrer that is a revision nowhere is not kept by its subject', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const subject = simple('app', 'oci');
    const referrer = simple('signature', 'oci', subject);
    tree.push('app', 'v1', subject);
    pushBlobs(tree, 'app', referrer, 'with');
    expect(await reclaimableBlobs(tree.root)).toEqual(sorted([garbage], digestsOf(referrer)));
  });

  test('a referrer whose subject is gone is reported, and keeps itself', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const subject = simple('gone', 'oci');
    const referrer = simple('signature', 'oci', subject);
    tree.push('app', 'v1', referrer);
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual([garbage]);
    const { problems } = await soundReport(tree);
    expect(problems.map((one) => [one.code, one.path, one.severity])).toEqual([
      ['referrer-without-subject', blobData(referrer.digest), 'warning'],
    ]);
    expect(problems[0]?.message).toContain(subject.digest);
  });
});

describe('reachability runs over blobs', () => {
  test('a nested index keeps grandchildren that are blobs only', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const inner = multiArch('inner');
    const top = index([{ manifest: inner }]);
    pushBlobs(tree, 'elsewhere', inner, 'with');
    tree.push('app', 'v1', { ...top, children: [] });
    for (const mode of ['revisions', 'untagged'] as const) {
      expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
    }
    // Nobody in `elsewhere` needs them: its links may go where the blobs stay.
    const { reclaimable, repositories } = await soundReport(tree);
    expect(reclaimable.layerLinks.count).toBe(1 + 4);
    expect(repositories.find((one) => one.name === 'elsewhere')?.orphanedLayers).toBe(4);
  });

  test('an index with a child that is not here is sparse, and no doubt', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const here = simple('here', 'oci');
    tree.push('app', 'v1', index([{ manifest: here }, { manifest: simple('absent', 'oci'), sparse: true }]));
    const loose = looseLayer(tree, 'app', 'loose');
    expect(await reclaimableBlobs(tree.root)).toEqual(sorted([garbage, loose]));
    expect((await soundReport(tree)).problems.map((one) => one.code)).toEqual(['child-missing']);
  });

  test('an alias of another repository resolves a digest here', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const one = layer('by-sha512');
    const alias = digestBytes(one.bytes, 'sha512');
    const named = image({ layers: [{ ...one, digest: alias }] });
    tree.push('app', 'v1', { ...named, blobs: [named.config] });
    tree.putBlob(one.bytes);
    tree.linkLayer('elsewhere', alias, one.digest);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  });

  test('an alias of which nobody needs the blob goes with it', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const one = layer('by-sha512');
    tree.putBlob(one.bytes);
    tree.linkLayer('app', one.digest);
    tree.linkLayer('app', digestBytes(one.bytes, 'sha512'), one.digest);
    expect(await reclaimableBlobs(tree.root)).toEqual(sorted([garbage, one.digest]));
    const report = await soundReport(tree);
    expect(report.reclaimable.layerLinks.count).toBe(1 + 2);
    expect(report.problems).toEqual([]);
  });

  test('what a tag named before keeps nothing once no revision names it', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const before = simple('before');
    tree.push('app', undefined, before);
    tree.push('app', 'v1', simple('now'));
    tree.tag('app', 'v1', simple('now').digest, { history: [before.digest] });
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual(sorted([garbage], digestsOf(before)));
    const { reclaimable } = await soundReport(tree, UNTAGGED);
    expect(reclaimable.tagIndexEntries.count).toBe(1);
    expect(reclaimable.revisions.count).toBe(1);
  });

  test('an untagged revision stays where a blob of another repository needs it, and its own goes', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const one = simple('app');
    tree.push('a', 'v1', one);
    tree.push('b', undefined, one);
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual([garbage]);
    const { reclaimable } = await soundReport(tree, UNTAGGED);
    expect(reclaimable.revisions.count).toBe(1);
    expect(reclaimable.layerLinks.count).toBe(1 + one.blobs.length);
  });
});

describe('what is held', () => {
  test('outside --repo nothing goes, and a blob goes only if every repository that links it is inside', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const untagged = simple('untagged');
    tree.push('app', undefined, untagged);
    const own = looseLayer(tree, 'app', 'own');
    const common = looseLayer(tree, 'app', 'common');
    tree.linkLayer('other', common);
    const wishes = { repo: ['app'], mode: 'untagged' } as const;
    expect(await reclaimableBlobs(tree.root, wishes)).toEqual(sorted([own], digestsOf(untagged)));
    const report = await soundReport(tree, wishes);
    expect(report.held.excluded.blobs).toBe(2);
    expect(report.held.excluded.bytes).toBe(600);
    expect(row(report, 'other').reclaimableBytes).toBe(0);
    // Of `app`: its revision, and the links to its image and to both blobs; the link in `other` stays.
    expect(report.reclaimable.revisions.count).toBe(1);
    expect(report.reclaimable.layerLinks.count).toBe(untagged.blobs.length + 2);
    expect(await reclaimableBlobs(tree.root, { repo: ['other'] })).toEqual([garbage]);
  });

  test('an untagged image outside --repo is a root with all that it reaches', async () => {
    const { tree } = volumeWithGarbage();
    const shared = multiArch('shared');
    tree.push('app', undefined, shared);
    tree.push('kept', undefined, { ...shared, children: [] });
    const wishes = { repo: ['app'], mode: 'untagged' } as const;
    expect(await reclaimableBlobs(tree.root, wishes)).toEqual([]);
    const report = await soundReport(tree, wishes);
    expect(report.held.excluded.blobs).toBe(digestsOf(shared).length + 1);
    expect(report.reclaimable.revisions.count).toBe(3);
  });

  test('what is young stays, with all that it reaches', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const old = simple('old');
    const base = layer('base');
    tree.push('app', undefined, old);
    tree.push('app', 'gone', image({ layers: [base], name: 'first' }));
    untag(tree, 'app', 'gone');
    tree.age(48);
    const pushed = image({ layers: [base, layer('top')], name: 'second' });
    tree.push('app', undefined, { ...pushed, blobs: pushed.blobs.filter((blob) => blob.digest !== base.digest) });
    const loose = looseLayer(tree, 'app', 'loose');
    const first = image({ layers: [base], name: 'first' });
    const wishes = { mode: 'untagged', minAge: DAY } as const;
    const gone = sorted([garbage], digestsOf(old), digestsOf(first, [base.digest]));
    expect(await reclaimableBlobs(tree.root, wishes)).toEqual(gone);
    const report = await soundReport(tree, wishes);
    expect(report.held.young.blobs).toBe(digestsOf(pushed).length + 1);
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual(sorted(gone, [loose], digestsOf(pushed)));
  });

  test('a push of a revision anew makes an old image young', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const one = simple('app');
    tree.push('app', undefined, one);
    tree.age(48);
    tree.revision('app', one.digest);
    expect(await reclaimableBlobs(tree.root, { mode: 'untagged', minAge: DAY })).toEqual([garbage]);
  });

  test('a young link to an old blob holds it', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const loose = looseLayer(tree, 'app', 'loose');
    tree.age(48);
    tree.linkLayer('app', loose);
    expect(await reclaimableBlobs(tree.root, { minAge: DAY })).toEqual([garbage]);
    const report = await soundReport(tree, { minAge: DAY });
    expect(report.held.young.blobs).toBe(1);
    expect(report.reclaimable.layerLinks.count).toBe(1);
  });

  test('a repository in doubt loses nothing: neither links, revisions nor history', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const bad = simple('bad');
    const untagged = simple('untagged');
    tree.push('app', 'v1', bad);
    tree.push('app', undefined, untagged);
    tree.tag('app', 'v1', bad.digest, { history: [untagged.digest] });
    looseLayer(tree, 'app', 'loose');
    tree.write(blobData(bad.digest), bad.bytes.subarray(0, 100));
    expect(await reclaimableBlobs(tree.root, UNTAGGED)).toEqual([garbage]);
    const report = await soundReport(tree, UNTAGGED);
    expect(report.held.damaged.blobs).toBe(bad.blobs.length + digestsOf(untagged).length + 1);
    expect(report.reclaimable).toMatchObject({
      revisions: { count: 0 },
      tagIndexEntries: { count: 0 },
      layerLinks: { count: 1 },
    });
    expect(row(report, 'app').reclaimableBytes).toBe(0);
  });

  test('a child that is there and bad puts in doubt whatever holds an index above it', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const child = simple('child', 'oci');
    const top = index([{ manifest: index([{ manifest: child }]) }]);
    tree.push('app', 'v1', top);
    rmSync(tree.path(revisionFolder('app', child.digest)), { recursive: true });
    tree.write(blobData(child.digest), '{"schemaVersion":2}');
    looseLayer(tree, 'app', 'loose');
    for (const mode of ['revisions', 'untagged'] as const) {
      expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
    }
    expect((await soundReport(tree)).held.damaged.blobs).toBe(child.blobs.length + 1);
  });

  test('outside --repo counts before a doubt, a doubt before youth', async () => {
    const { tree } = volumeWithGarbage();
    const bad = simple('bad');
    tree.push('app', 'v1', bad);
    tree.write(blobData(bad.digest), '');
    const common = looseLayer(tree, 'app', 'common');
    tree.linkLayer('other', common);
    const held = async (repo: readonly string[]): Promise<readonly number[]> => {
      const { excluded, damaged, young } = (await soundReport(tree, { repo, minAge: DAY })).held;
      return [excluded.blobs, damaged.blobs, young.blobs];
    };
    // `garbage` is young, `common` linked in both, the bad image's layer and config in `app` alone.
    expect(await held([])).toEqual([0, 3, 1]);
    expect(await held(['app'])).toEqual([2, 2, 0]);
    expect(await held(['other'])).toEqual([3, 0, 1]);
  });
});

describe('rows', () => {
  test('a layer is orphaned where nothing needs it, whoever else does', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const one = simple('app');
    tree.push('app', 'v1', one);
    const [blob] = one.blobs;
    if (blob === undefined) throw new Error('an image without blobs');
    tree.linkLayer('mounted', blob.digest);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    const report = await soundReport(tree);
    expect(row(report, 'mounted')).toMatchObject({
      layerLinks: 1,
      orphanedLayers: 1,
      orphanedBytes: blob.bytes.length,
      bytes: 0,
      reclaimableBytes: 0,
    });
    expect(row(report, 'app').orphanedLayers).toBe(0);
    expect(report.reclaimable.layerLinks.count).toBe(2);
  });

  test('exclusive bytes are those that no other repository reaches', async () => {
    const { tree } = volumeWithGarbage();
    const base = layer('base', 1000);
    const a = image({ layers: [base, layer('a')], name: 'a' });
    const b = image({ layers: [base], name: 'b' });
    tree.push('a', 'v1', a);
    tree.push('b', 'v1', b);
    const report = await soundReport(tree);
    const size = (one: typeof a): number =>
      one.bytes.length + one.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
    const shared = base.bytes.length;
    expect(row(report, 'a')).toMatchObject({ bytes: size(a), sharedBytes: shared, exclusiveBytes: size(a) - shared });
    expect(row(report, 'b')).toMatchObject({ bytes: size(b), sharedBytes: shared, exclusiveBytes: size(b) - shared });
  });

  test('reclaimable bytes are credited whole to every repository that links a blob', async () => {
    const { tree, garbage } = volumeWithGarbage();
    tree.linkLayer('second', garbage);
    const report = await soundReport(tree);
    expect(row(report, 'other').reclaimableBytes).toBe(300);
    expect(row(report, 'second').reclaimableBytes).toBe(300);
    expect(report.reclaimable.blobs).toMatchObject({ count: 1, bytes: 300 });
  });

  test('blobs that no link names have a row of their own', async () => {
    const { tree, garbage } = volumeWithGarbage();
    expect((await soundReport(tree)).repositories.map((one) => one.name)).toEqual(['other']);
    const nobodys = [tree.putBlob(seededBytes('one', 120)), tree.putBlob(seededBytes('two', 80))];
    expect(await reclaimableBlobs(tree.root)).toEqual(sorted([garbage], nobodys));
    expect(row(await soundReport(tree), NO_REPOSITORY)).toMatchObject({
      orphanedLayers: 2,
      orphanedBytes: 200,
      reclaimableBytes: 200,
      bytes: 0,
      layerLinks: 0,
    });
  });

  test('a dangling revision and a dangling tag are counted and told of', async () => {
    const { tree } = volumeWithGarbage();
    const one = simple('app');
    tree.push('app', 'v1', one);
    rmSync(tree.path(blobFolder(one.digest)), { recursive: true });
    const report = await soundReport(tree);
    // The revision, the tag and its entry in the tag index.
    expect(row(report, 'app').danglingLinks).toBe(3);
    const told = report.problems.map((problem) => problem.code);
    expect(told).toEqual(expect.arrayContaining(['dangling-revision', 'dangling-tag', 'manifest-missing']));
  });

  test('the untagged count leaves out what a kept index or a kept subject keeps', async () => {
    const { tree } = volumeWithGarbage();
    const top = multiArch('app');
    tree.push('app', 'v1', top);
    tree.push('app', undefined, simple('signature', 'oci', top));
    tree.push('app', undefined, simple('untagged'));
    expect(row(await soundReport(tree), 'app')).toMatchObject({ revisions: 5, untaggedRevisions: 1 });
  });
});
