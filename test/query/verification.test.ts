/** What `verify` says of each damage, alone on a copy of the fixture: its codes, whether that is damage, and whose. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobData, blobFolder, layerLink, revisionFolder, tagIndexEntryLink } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { DAMAGES, damage } from '../support/damage.ts';
import { at, victim, write } from '../support/damage-site.ts';
import { copySmallVolume } from '../support/small-volume.ts';
import { image, index } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { ALL_DATA, verified } from '../support/verified.ts';

const DAMAGE = 'damage';
const WARNING = 'warning';

/** Every code that each damage is told by. One that is not here is no damage, or shows in a stat of the volume alone. */
const TOLD: Readonly<Record<string, readonly [typeof DAMAGE | typeof WARNING, ...string[]]>> = {
  'revision-link-empty': [DAMAGE, 'link-empty'],
  'revision-link-garbage': [DAMAGE, 'link-malformed'],
  'revision-link-binary': [DAMAGE, 'link-malformed'],
  'revision-link-upper-case': [DAMAGE, 'link-malformed'],
  'revision-link-newline': [DAMAGE, 'link-malformed'],
  'revision-link-other-digest': [DAMAGE, 'link-mismatch'],
  'revision-link-to-config': [DAMAGE, 'link-mismatch', 'manifest-unreadable'],
  'revision-link-to-nowhere': [DAMAGE, 'link-mismatch'],
  'revision-link-missing': [DAMAGE, 'tag-not-linked'],
  'revision-link-is-folder': [DAMAGE, 'link-malformed'],
  'revision-link-dangling-symbolic-link': [DAMAGE, 'symbolic-link', 'tag-not-linked'],
  'revision-link-is-fifo': [DAMAGE, 'link-malformed'],
  'tag-current-empty': [DAMAGE, 'link-empty'],
  'tag-current-newline': [DAMAGE, 'link-malformed'],
  'tag-current-garbage': [DAMAGE, 'link-malformed'],
  'tag-current-missing': [WARNING, 'tag-without-current'],
  'tag-current-to-nowhere': [DAMAGE, 'dangling-tag', 'manifest-missing'],
  'tag-folder-empty': [WARNING, 'tag-without-current'],
  'tag-index-entry-to-nowhere': [WARNING, 'dangling-tag-index-entry'],
  'tag-names-unlinked-revision': [DAMAGE, 'tag-not-linked'],
  'tag-names-revision-linked-as-layer': [DAMAGE, 'tag-not-linked'],
  'tag-left-after-removal-by-hand': [DAMAGE, 'tag-not-linked'],
  'layer-link-empty': [DAMAGE, 'layer-not-linked', 'link-empty'],
  'layer-link-newline': [DAMAGE, 'layer-not-linked', 'link-malformed'],
  'layer-link-other-digest': [DAMAGE, 'link-mismatch'],
  'layer-link-missing': [DAMAGE, 'layer-not-linked'],
  'layer-link-to-nowhere': [WARNING, 'dangling-layer-link'],
  'manifest-blob-missing': [
    DAMAGE,
    'dangling-revision',
    'dangling-tag',
    'dangling-tag-index-entry',
    'manifest-missing',
  ],
  'manifest-blob-without-data': [
    DAMAGE,
    'blob-without-data',
    'dangling-revision',
    'dangling-tag',
    'dangling-tag-index-entry',
    'manifest-missing',
  ],
  'manifest-blob-data-is-folder': [
    DAMAGE,
    'blob-without-data',
    'dangling-revision',
    'dangling-tag',
    'dangling-tag-index-entry',
    'manifest-missing',
    'unknown-entry',
  ],
  'manifest-blob-empty': [DAMAGE, 'manifest-truncated'],
  'manifest-blob-truncated': [DAMAGE, 'manifest-truncated'],
  'manifest-blob-null': [DAMAGE, 'manifest-digest-mismatch'],
  'manifest-blob-six-mebibytes': [DAMAGE, 'manifest-too-large'],
  'manifest-blob-deep-json': [DAMAGE, 'manifest-digest-mismatch'],
  'manifest-blob-other-json': [DAMAGE, 'manifest-digest-mismatch'],
  'manifest-null': [DAMAGE, 'manifest-unreadable'],
  'manifest-not-json': [DAMAGE, 'manifest-unreadable'],
  'manifest-array': [DAMAGE, 'manifest-unreadable'],
  'manifest-six-mebibytes': [DAMAGE, 'manifest-too-large'],
  'manifest-deep-json': [DAMAGE, 'manifest-unreadable'],
  'manifest-unknown-media-type': [WARNING, 'manifest-unknown-media-type'],
  'manifest-manifests-not-an-array': [DAMAGE, 'manifest-unreadable'],
  'manifest-descriptor-without-digest': [DAMAGE, 'manifest-unreadable'],
  'manifest-descriptor-malformed-digest': [DAMAGE, 'manifest-unreadable'],
  'manifest-layer-missing': [DAMAGE, 'layer-missing'],
  'manifest-config-missing': [DAMAGE, 'config-missing'],
  'manifest-child-missing': [DAMAGE, 'child-missing'],
  'manifest-subject-missing': [WARNING, 'referrer-without-subject'],
  'layer-blob-missing': [DAMAGE, 'dangling-layer-link', 'layer-missing'],
  'layer-blob-without-data': [DAMAGE, 'blob-without-data', 'dangling-layer-link', 'layer-missing'],
  'layer-blob-empty': [DAMAGE, 'blob-digest-mismatch', 'size-mismatch'],
  'layer-blob-other-content': [DAMAGE, 'blob-digest-mismatch', 'size-mismatch'],
  'config-blob-missing': [DAMAGE, 'config-missing', 'dangling-layer-link'],
  'blobs-malformed-hexadecimal': [WARNING, 'unknown-entry'],
  'blobs-one-letter': [WARNING, 'unknown-entry'],
  'blobs-wrong-shard': [WARNING, 'unknown-entry'],
  'blobs-upper-case': [WARNING, 'unknown-entry'],
  'blobs-unregistered-algorithm': [WARNING, 'unknown-entry'],
  'blobs-md5': [WARNING, 'unknown-entry'],
  'blobs-trash-of-another-tool': [WARNING, 'unknown-entry'],
  'blobs-stray-file': [WARNING, 'unknown-entry'],
  'layers-missing': [DAMAGE, 'layer-not-linked'],
  'layers-empty': [DAMAGE, 'layer-not-linked'],
  'revisions-missing': [DAMAGE, 'tag-not-linked'],
  'blobs-empty': [
    DAMAGE,
    'dangling-layer-link',
    'dangling-revision',
    'dangling-tag',
    'dangling-tag-index-entry',
    'manifest-missing',
  ],
  'blobs-missing': [
    DAMAGE,
    'dangling-layer-link',
    'dangling-revision',
    'dangling-tag',
    'dangling-tag-index-entry',
    'manifest-missing',
  ],
  'tags-stray-file': [WARNING, 'unknown-entry'],
  'tags-name-with-space': [WARNING, 'tag-name-invalid', 'tag-without-current'],
  'tags-name-with-control-characters': [WARNING, 'tag-name-invalid', 'tag-without-current'],
  'tags-name-not-utf-8': [DAMAGE, 'io-error'],
  'repository-stray-file': [WARNING, 'unknown-entry'],
  'revisions-stray-file': [WARNING, 'unknown-entry'],
  'layers-stray-file': [WARNING, 'unknown-entry'],
  'underscore-file-in-repositories': [DAMAGE, 'unknown-entry'],
  'underscore-file-in-namespace': [DAMAGE, 'unknown-entry'],
  'underscore-file-in-repository': [DAMAGE, 'unknown-entry'],
  'underscore-folder-in-repositories': [WARNING, 'unknown-entry'],
  'repository-name-upper-case': [WARNING, 'repository-name-invalid'],
  'repository-name-copy': [WARNING, 'repository-name-invalid'],
  'repository-name-hidden': [WARNING, 'repository-name-invalid'],
  'repository-name-with-control-characters': [WARNING, 'repository-name-invalid'],
  'symbolic-link-repositories': [WARNING, 'symbolic-link'],
  'symbolic-link-blobs': [WARNING, 'symbolic-link'],
  'symbolic-link-repository': [WARNING, 'symbolic-link'],
  'symbolic-link-blob-folder': [WARNING, 'symbolic-link'],
  'symbolic-link-tag': [WARNING, 'symbolic-link'],
  'symbolic-link-repository-alias': [WARNING, 'symbolic-link'],
  'symbolic-link-loop': [DAMAGE, 'symbolic-link'],
  'symbolic-link-to-parent': [DAMAGE, 'symbolic-link'],
  'symbolic-link-dangling': [DAMAGE, 'symbolic-link'],
  'fifo-in-repositories': [WARNING, 'unknown-entry'],
  'upload-without-startedat': [WARNING, 'upload-without-startedat'],
  'upload-startedat-garbage': [WARNING, 'upload-without-startedat'],
};

let whole: string;

beforeAll(async () => {
  whole = await copySmallVolume();
});

function copyWhole(): string {
  const root = join(temporaryFolder('verify'), 'registry');
  execFileSync('cp', ['-a', whole, root]);
  return root;
}

describe('a damage', () => {
  it('that the table says something of is one', () => {
    for (const name of Object.keys(TOLD)) expect(damage(name).name).toBe(name);
  });

  it.each(DAMAGES)('$name is told by its codes', async ({ name, inflict }) => {
    const root = copyWhole();
    inflict(root);
    const { result } = await verified(root, { data: ALL_DATA });
    const [kind, ...codes] = TOLD[name] ?? [WARNING];
    expect([...new Set(result.problems.map(({ code }) => code))]).toEqual(codes);
    expect(result.damaged).toBe(kind === DAMAGE);
    expect(result.codes.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    ['revision-link-empty', 'link-empty', ['1.0', 'stable']],
    ['tag-current-newline', 'link-malformed', ['1.0']],
    ['tag-current-missing', 'tag-without-current', ['1.0']],
    ['tag-left-after-removal-by-hand', 'tag-not-linked', ['1.0']],
    ['layer-link-missing', 'layer-not-linked', ['1.0', 'stable']],
    ['layer-link-empty', 'link-empty', ['1.0', 'stable']],
    ['manifest-blob-truncated', 'manifest-truncated', ['1.0', 'stable']],
    ['layer-blob-without-data', 'blob-without-data', ['1.0', 'stable']],
    ['layer-blob-missing', 'layer-missing', ['1.0', 'stable']],
    ['layer-blob-empty', 'blob-digest-mismatch', ['1.0', 'stable']],
    ['layer-link-to-nowhere', 'dangling-layer-link', []],
  ])('%s, told as %s, names the tags that cannot be pulled for it', async (name, code, tags) => {
    const root = copyWhole();
    damage(name).inflict(root);
    const { result } = await verified(root);
    const problem = result.problems.find((one) => one.code === code);
    expect(problem?.affects.map(({ tag }) => tag)).toEqual(tags);
    expect(problem?.affected).toBe(tags.length);
  });
});

describe('a bit that flipped in a layer', () => {
  it('is found by hashing, and by nothing else', async () => {
    const root = copyWhole();
    const { layer: hit } = victim(root);
    const path = at(root, blobData(hit));
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 4, bytes.length >> 1);
    writeFileSync(path, bytes);
    const without = await verified(root);
    expect(without.result.problems).toEqual([]);
    const { result } = await verified(root, { data: ALL_DATA });
    expect(result.damaged).toBe(true);
    expect(result.problems).toMatchObject([
      { code: 'blob-digest-mismatch', severity: 'error', path: blobData(hit), digest: hit, affected: 2 },
    ]);
    expect(result.images).toMatchObject([{ class: 'damaged', repository: 'app', tags: ['1.0', 'stable'] }]);
  });
});

describe('history, which a report takes by its paths', () => {
  it.each([
    ['', 'link-empty'],
    ['no digest', 'link-malformed'],
  ])('that says %j is told as %s, and is no damage', async (content, code) => {
    const root = copyWhole();
    const { repository, tag, digest } = victim(root);
    const path = tagIndexEntryLink(repository, tag, digest);
    write(root, path, content);
    const { result } = await verified(root);
    expect(result.problems).toMatchObject([{ code, severity: 'warning', path, repository, tag, digest, affected: 0 }]);
    expect(result.damaged).toBe(false);
    expect(result.checked.tagIndexEntries).toBe((await verified(whole)).result.checked.tagIndexEntries);
  });
});

describe('an index', () => {
  const AMD64 = { os: 'linux', architecture: 'amd64' };
  const ARM64 = { os: 'linux', architecture: 'arm64' };
  const amd64 = image({ name: 'amd64', layers: [layer('amd64')], platform: AMD64 });
  const arm64 = image({ name: 'arm64', layers: [layer('arm64')], platform: ARM64 });
  const both = index([
    { manifest: amd64, platform: AMD64 },
    { manifest: arm64, platform: ARM64 },
  ]);

  function multi(): string {
    const tree = createTree(join(temporaryFolder('multi'), 'registry'));
    tree.push('multi', 'latest', both);
    return tree.root;
  }

  function lose(root: string, ...digests: readonly (typeof amd64)['digest'][]): void {
    for (const digest of digests) {
      rmSync(at(root, revisionFolder('multi', digest)), { recursive: true });
      rmSync(at(root, blobFolder(digest)), { recursive: true });
    }
  }

  it('that lost a child is partial: which platforms still pull, and no damage, for it may be sparse', async () => {
    const root = multi();
    lose(root, arm64.digest);
    const { result } = await verified(root);
    expect(result.images).toMatchObject([
      { class: 'partial', tags: ['latest'], platforms: { pulls: ['linux/amd64'], lost: ['linux/arm64'] } },
    ]);
    const missing = result.problems.find(({ code }) => code === 'child-missing');
    expect(missing?.affects).toMatchObject([{ repository: 'multi', tag: 'latest', platforms: ['linux/arm64'] }]);
    expect(result.damaged).toBe(false);
  });

  it('that lost all of them is a ghost, and damage', async () => {
    const root = multi();
    lose(root, arm64.digest, amd64.digest);
    const { result } = await verified(root);
    expect(result.images).toMatchObject([
      { class: 'ghost', platforms: { pulls: [], lost: ['linux/amd64', 'linux/arm64'] } },
    ]);
    expect(result.damaged).toBe(true);
  });

  it('whose child lost a layer is partial, and damage: that is never meant', async () => {
    const root = multi();
    const lost = arm64.blobs[0]?.digest ?? arm64.digest;
    rmSync(at(root, blobFolder(lost)), { recursive: true });
    const { result } = await verified(root);
    expect(result.images).toMatchObject([{ class: 'partial', platforms: { pulls: ['linux/amd64'] } }]);
    expect(result.damaged).toBe(true);
  });
});

it('a layer that another repository links is none that this one could serve', async () => {
  const root = copyWhole();
  const { layer: hit, repository } = victim(root);
  write(root, layerLink('elsewhere', hit), hit);
  rmSync(at(root, layerLink(repository, hit)));
  const { result } = await verified(root);
  expect(result.problems).toMatchObject([{ code: 'layer-not-linked', severity: 'error', repository, digest: hit }]);
});

it('a blob that becomes unreadable, or something else, is a problem and no crash', async () => {
  const root = copyWhole();
  const { layer: hit, config } = victim(root);
  for (const digest of [hit, config]) rmSync(at(root, blobData(digest)));
  symlinkSync('data', at(root, blobData(hit)));
  symlinkSync('/dev/null', at(root, blobData(config)));
  const { result } = await verified(root, { data: ALL_DATA });
  expect(result.damaged).toBe(true);
});
