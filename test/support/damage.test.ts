import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import { layer } from './content.ts';
import { damage, DAMAGES } from './damage.ts';
import { victim } from './damage-site.ts';
import { copyFixture } from './fixture.ts';
import { image } from './images.ts';
import { garbageCollect, hasRealRegistry } from './real-registry.ts';
import { changedPaths, snapshot } from './snapshot.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree } from './tree.ts';

const APP = image({ name: 'app', layers: [layer('app/base'), layer('app/code')] });
const OLD = image({ name: 'old', layers: [layer('app/old')] });
const SHOP = image({ name: 'shop', layers: [layer('shop/api')] });
/** Blobs that the real collector would remove before any damage is done. */
const UNREFERENCED = 1;

/** As much of the fixture as damage is done to: a whole copy for each would take minutes. */
function smallRegistry(): string {
  const tree = createTree(join(temporaryFolder('damage'), 'registry'));
  tree.push('app', '0.9', OLD);
  tree.push('app', '1.0', APP);
  tree.tag('app', 'stable', APP.digest);
  tree.push('shop/api', '3.1', SHOP);
  tree.putBlob(Buffer.from('unreferenced'));
  return tree.root;
}

describe('damage', () => {
  it('has a name of its own each', () => {
    expect(new Set(DAMAGES.map((one) => one.name)).size).toBe(DAMAGES.length);
    expect(() => damage('no such thing')).toThrow(/no such thing/);
  });

  it('finds its victim in the fixture', async () => {
    const root = await copyFixture();
    const before = snapshot(root);
    const { digest, otherRevision } = victim(root);
    expect(digest).not.toBe(otherRevision);
    const { path } = damage('revision-link-missing').inflict(root);
    expect(changedPaths(before, snapshot(root))).toEqual([`${LAYOUT_FOLDER}/${path}`]);
  });

  it.each(DAMAGES)('$name changes the tree where it says', ({ inflict }) => {
    const root = smallRegistry();
    const before = snapshot(root, { modes: true });
    const site = `${LAYOUT_FOLDER}/${inflict(root).path}`;
    const changed = changedPaths(before, snapshot(root, { modes: true }));
    expect(changed.filter((path) => site.startsWith(path) || path.startsWith(site))).not.toEqual([]);
  });
});

describe.skipIf(!hasRealRegistry())('what the real collector makes of damage', () => {
  it('is nothing, where there is none', async () => {
    const result = await garbageCollect(smallRegistry(), { dryRun: true });
    expect(result.exitCode).toBe(0);
    expect(result.eligibleBlobs).toHaveLength(UNREFERENCED);
  });

  // What each row says of 2.8 was seen by experiment; a damage that behaves otherwise is not the damage it is called.
  it.each([
    ['revision-link-empty', 1, 'invalid checksum digest format'],
    ['revision-link-garbage', 1, 'invalid checksum digest format'],
    ['revision-link-upper-case', 1, 'invalid checksum digest format'],
    ['revision-link-newline', 1, 'invalid checksum digest length'],
    ['manifest-blob-empty', 1, 'unexpected end of JSON input'],
    ['manifest-blob-truncated', 1, 'unexpected end of JSON input'],
    ['manifest-blob-null', 1, 'unrecognized manifest schema version 0'],
    ['manifest-unknown-media-type', 1, 'unrecognized manifest content type'],
    ['manifest-without-schema-version', 1, 'schema version 0'],
    ['manifest-manifests-not-an-array', 2, 'panic'],
    ['repositories-missing', 1, 'Path not found'],
    ['repository-name-upper-case', 1, 'failed to parse repo name'],
    ['repository-name-copy', 1, 'failed to parse repo name'],
    ['blobs-malformed-hexadecimal', 1, 'invalid checksum digest length'],
    ['blobs-one-letter', 2, 'panic'],
    ['blobs-unregistered-algorithm', 1, 'unsupported digest algorithm'],
    ['symbolic-link-loop', 1, 'too many levels of symbolic links'],
  ])('%s: it gives up with status %i', async (name, status, message) => {
    const root = smallRegistry();
    damage(name).inflict(root);
    const result = await garbageCollect(root, { dryRun: true });
    expect(result.exitCode).toBe(status);
    expect(result.stderr).toContain(message);
  });

  it.each([
    'revision-link-other-digest',
    'revision-link-missing',
    'revision-link-dangling-symbolic-link',
    'tag-names-unlinked-revision',
    'tag-names-revision-linked-as-layer',
    'tag-left-after-removal-by-hand',
    'manifest-blob-without-data',
    'manifest-blob-other-json',
    'underscore-file-in-repositories',
    'underscore-file-in-repository',
    'layers-missing',
    'revisions-missing',
    'manifests-missing',
    'repositories-empty',
  ])('%s: it would lose live blobs, with status 0', async (name) => {
    const root = smallRegistry();
    damage(name).inflict(root);
    const result = await garbageCollect(root, { dryRun: true });
    expect(result.exitCode).toBe(0);
    expect(result.eligibleBlobs.length).toBeGreaterThan(UNREFERENCED);
  });

  it.each([
    'tag-current-empty',
    'tag-without-index',
    'layer-link-empty',
    'layers-empty',
    'tags-missing',
    'tags-stray-file',
    'symbolic-link-docker',
    'symbolic-link-repositories',
    'symbolic-link-blobs',
    'symbolic-link-blob-folder',
    'revision-link-stray-temporary-file',
    'upload-without-startedat',
  ])('%s: it does not notice', async (name) => {
    const root = smallRegistry();
    damage(name).inflict(root);
    expect((await garbageCollect(root, { dryRun: true })).eligibleBlobs).toHaveLength(UNREFERENCED);
  });
});
