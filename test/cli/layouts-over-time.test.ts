/**
 * Volumes as one version after the other left them, from distribution 2.0 to 3.1: what each wrote in its own way is read, a sweep
 * takes what it left lying about, and every tag is as whole afterwards as it was before.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blobData, layerLink, revisionLink, signatureLink, uploadFolder } from '../../src/layout/paths.ts';
import type { SweepResult } from '../../src/report/model-sweep.ts';
import type { Verification } from '../../src/report/model-verify.ts';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { image } from '../support/images.ts';
import { APPLY } from '../support/operated-volume.ts';
import { schema1Image } from '../support/schema1.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { wholeOf } from '../support/whole.ts';

const KEPT = image({ name: 'kept', layers: [layer('base'), layer('kept')] });
const LEFT = layer('left over').bytes;
const UUID = '0b9c8f0e-6b1c-4f6e-8c53-9a4d5e1f2a33';

interface Left {
  /** Paths that a sweep takes. */
  readonly goes: readonly string[];
  /** Paths that it leaves. */
  readonly stays?: readonly string[];
  /** Codes of what is told. */
  readonly told?: readonly string[];
}

/** What each version leaves beside a tagged image and a layer that nothing needs. */
const VERSIONS: Readonly<Record<string, (tree: Tree) => Left>> = {
  '2.0: signed manifests of schema 1, and their signatures below the revision': (tree) => {
    const signed = schema1Image('old', 'v1', [layer('schema 1')]);
    const signature = seededBytes('signature', 99);
    tree.push('old', 'v1', signed);
    const link = signatureLink('old', signed.digest, tree.putBlob(signature));
    tree.write(link, digestBytes(signature));
    return { goes: [], stays: [link, blobData(digestBytes(signature)), revisionLink('old', signed.digest)] };
  },
  '2.1: a manifest that is linked among the layers alone': (tree) => {
    const old = image({ name: 'linked as a layer', layers: [layer('2.1')] });
    tree.push('old', 'v1', old);
    tree.linkLayer('old', old.digest);
    rmSync(tree.path(revisionLink('old', old.digest)));
    return { goes: [], stays: [blobData(old.digest), layerLink('old', old.digest)], told: ['tag-not-linked'] };
  },
  '2.8: links and documents that were written in place, and cut off': (tree) => {
    const cut = digestBytes(Buffer.from('a manifest that was never written'));
    tree.write(layerLink('app', cut), '');
    tree.write(blobData(cut), '');
    return { goes: [layerLink('app', cut), blobData(cut)], told: ['link-empty'] };
  },
  '2.8: what its API deletes, and uploads that were cut off': (tree) => {
    const gone = image({ name: 'gone', layers: [layer('gone')] });
    tree.push('app', undefined, gone);
    rmSync(tree.path(revisionLink('app', gone.digest)));
    tree.upload('app', { uuid: UUID, startedAt: new Date(Date.now() - 1000 * 3_600_000) });
    return { goes: [blobData(gone.digest), layerLink('app', gone.config.digest), uploadFolder('app', UUID)] };
  },
  '3.0: layer links whose file its collector took, and left the folder of': (tree) => {
    const link = layerLink('app', digestBytes(Buffer.from('collected')));
    tree.write(link, '');
    rmSync(tree.path(link));
    return { goes: [link.replace(/\/link$/, '')] };
  },
  '3.0: a repository without a layer of its own': (tree) => {
    tree.push('bare', 'v1', KEPT);
    rmSync(tree.path('repositories/bare/_layers'), { recursive: true });
    return { goes: [], stays: [revisionLink('bare', KEPT.digest)] };
  },
  '3.1: files that were written beside their places, and never renamed': (tree) => {
    const cut = digestBytes(Buffer.from('a push that was cut off'));
    const left = [revisionLink('app', cut), blobData(cut)].map((path) => `${path}.${UUID}.tmp`);
    for (const path of left) tree.write(path, 'half');
    return { goes: left, told: ['stray-temporary-file'] };
  },
};

it.each(Object.entries(VERSIONS))('%s', async (_, leave) => {
  const tree = createTree(join(temporaryFolder('layout'), 'registry'));
  tree.push('app', '1.0', KEPT);
  const leftOver = tree.putBlob(LEFT);
  tree.linkLayer('app', leftOver);
  const { goes, stays = [], told = [] } = leave(tree);
  tree.age(1000);
  const cache = temporaryFolder('cache');
  const before = wholeOf(tree.root);

  const verified = await runHere(['verify', tree.root, '--json'], cache);
  const { problems } = JSON.parse(verified.stdout) as Verification;
  expect(problems.map(({ code }) => code)).toEqual(expect.arrayContaining([...told]));

  const swept = await runHere(['sweep', tree.root, ...APPLY, '--accept-lost-repositories', '--json'], cache);
  expect([swept.status, (JSON.parse(swept.stdout) as SweepResult).refusals]).toEqual([0, []]);
  for (const path of [...goes, blobData(leftOver)]) expect([path, existsSync(tree.path(path))]).toEqual([path, false]);
  for (const path of stays) expect([path, existsSync(tree.path(path))]).toEqual([path, true]);
  expect(wholeOf(tree.root)).toEqual(before);
});
