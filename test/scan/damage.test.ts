/** Every damage of the table, alone: what it may never cost, how it is told, and whether its repository is in doubt. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BLOB_STORED } from '../../src/inventory/inventory.ts';
import { UNREFERENCED } from '../../src/gc/mark.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { blobData, layerLink, LAYOUT_FOLDER, REPOSITORIES, revisionLink } from '../../src/layout/paths.ts';
import type { OpenedIndex } from '../../src/pipeline/open-index.ts';
import { layer } from '../support/content.ts';
import { damage, DAMAGES } from '../support/damage.ts';
import { victim, write } from '../support/damage-site.ts';
import { copyFixture } from '../support/fixture.ts';
import { allContent, image } from '../support/images.ts';
import { asNobody } from '../support/nobody.ts';
import { openedOf, viewOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';

const MODES = ['revisions', 'untagged'] as const;
type Mode = (typeof MODES)[number];

/** Of the damaged repository: a revision that no tag names, and a layer link that no manifest needs. */
const UNTAGGED = image({ name: 'untagged', layers: [layer('app/untagged')] });
const ORPHAN = layer('app/orphan');

let whole: string;
/** Of each repository: the blobs of its tagged images, before any damage. */
let tagged: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
  whole = await copyFixture();
  for (const content of allContent(UNTAGGED)) write(whole, blobData(content.digest), content.bytes);
  for (const blob of UNTAGGED.blobs) write(whole, layerLink('app', blob.digest), blob.digest);
  write(whole, revisionLink('app', UNTAGGED.digest), UNTAGGED.digest);
  write(whole, blobData(ORPHAN.digest), ORPHAN.bytes);
  write(whole, layerLink('app', ORPHAN.digest), ORPHAN.digest);
  tagged = taggedBlobs(whole);
});

function copyWhole(): string {
  const root = join(temporaryFolder('damage'), 'registry');
  execFileSync('cp', ['-a', whole, root]);
  return root;
}

/** Reads links and documents by itself: what a scan says is not compared with a scan. */
function taggedBlobs(root: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const top = join(root, LAYOUT_FOLDER, REPOSITORIES);
  for (const path of readdirSync(top, { recursive: true, encoding: 'utf8' })) {
    const repository = /^(.+)\/_manifests\/tags\/[^/]+\/current\/link$/.exec(path)?.[1];
    if (repository === undefined) continue;
    const blobs = found.get(repository) ?? new Set<string>();
    found.set(repository, blobs);
    addImage(root, readFileSync(join(top, path), 'utf8'), blobs);
  }
  return found;
}

function addImage(root: string, digest: string, blobs: Set<string>): void {
  blobs.add(digest);
  const text = readFileSync(join(root, LAYOUT_FOLDER, blobData(digest as Digest)), 'utf8');
  const document = JSON.parse(text) as { manifests?: { mediaType: string; digest: string }[]; subject?: unknown };
  for (const child of document.manifests ?? []) {
    if (/manifest|index/.test(child.mediaType)) addImage(root, child.digest, blobs);
  }
  for (const [named] of JSON.stringify({ ...document, subject: undefined }).matchAll(/sha256:[0-9a-f]{64}/g)) {
    blobs.add(named);
  }
}

/** Config and layers of the victim that its repository's other image does not name. */
function ownBlobs(root: string): readonly string[] {
  const { digest, otherRevision } = victim(root);
  const named = new Set<string>();
  addImage(root, digest, named);
  const other = new Set<string>();
  addImage(root, otherRevision, other);
  return [...named].filter((blob) => blob !== digest && !other.has(blob));
}

function reclaimable({ analysis, inventory }: OpenedIndex, mode: Mode): ReadonlySet<string> {
  const { level } = analysis[mode].marking;
  const going = new Set<string>();
  for (let id = 0; id < inventory.digests.size; id++) {
    const stored = ((inventory.blobs.flags[id] ?? 0) & BLOB_STORED) !== 0;
    if (stored && level[id] === UNREFERENCED) going.add(inventory.digests.digest(id));
  }
  return going;
}

/** Damage that takes the tags themselves away: what they named cannot be known any more. */
const TAGS_GONE: Readonly<Record<string, { readonly of: 'app' | 'all'; readonly in: readonly Mode[] }>> = {
  'manifests-missing': { of: 'app', in: MODES },
  'tags-missing': { of: 'app', in: ['untagged'] },
  // The scan is incomplete then, and every sweep is refused.
  'tags-name-not-utf-8': { of: 'app', in: ['untagged'] },
  // The report warns of a missing mount then, and every sweep is refused.
  'repositories-empty': { of: 'all', in: MODES },
  'repositories-missing': { of: 'all', in: MODES },
};

const MISSING_MANIFEST = ['dangling-revision', 'dangling-tag', 'dangling-tag-index-entry', 'manifest-missing'];

/** The codes that a damage is told by. A damage that is not here is legal, or one that a scan takes on trust. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  'revision-link-empty': ['link-empty'],
  'revision-link-garbage': ['link-malformed'],
  'revision-link-binary': ['link-malformed'],
  'revision-link-upper-case': ['link-malformed'],
  'revision-link-newline': ['link-malformed'],
  'revision-link-other-digest': ['link-mismatch'],
  'revision-link-to-config': ['link-mismatch'],
  'revision-link-to-nowhere': ['link-mismatch'],
  'revision-link-missing': ['tag-not-linked'],
  'revision-link-is-folder': ['link-malformed'],
  'revision-link-dangling-symbolic-link': ['symbolic-link'],
  'revision-link-is-fifo': ['link-malformed'],
  'tag-current-empty': ['link-empty'],
  'tag-current-newline': ['link-malformed'],
  'tag-current-garbage': ['link-malformed'],
  'tag-current-missing': ['tag-without-current'],
  'tag-current-to-nowhere': ['dangling-tag', 'manifest-missing'],
  'tag-folder-empty': ['tag-without-current'],
  'tag-index-entry-to-nowhere': ['dangling-tag-index-entry'],
  'tag-names-unlinked-revision': ['tag-not-linked'],
  'tag-names-revision-linked-as-layer': ['tag-not-linked'],
  'tag-left-after-removal-by-hand': ['tag-not-linked'],
  'layer-link-to-nowhere': ['dangling-layer-link'],
  'manifest-blob-missing': MISSING_MANIFEST,
  'manifest-blob-without-data': ['blob-without-data', ...MISSING_MANIFEST],
  'manifest-blob-data-is-folder': ['blob-without-data', 'unknown-entry', ...MISSING_MANIFEST],
  'manifest-blob-empty': ['manifest-truncated'],
  'manifest-blob-truncated': ['manifest-truncated'],
  'manifest-blob-null': ['manifest-digest-mismatch'],
  'manifest-blob-six-mebibytes': ['manifest-too-large'],
  'manifest-blob-deep-json': ['manifest-digest-mismatch'],
  'manifest-blob-other-json': ['manifest-digest-mismatch'],
  'manifest-null': ['manifest-unreadable'],
  'manifest-not-json': ['manifest-unreadable'],
  'manifest-array': ['manifest-unreadable'],
  'manifest-six-mebibytes': ['manifest-too-large'],
  'manifest-deep-json': ['manifest-unreadable'],
  'manifest-unknown-media-type': ['manifest-unknown-media-type'],
  'manifest-manifests-not-an-array': ['manifest-unreadable'],
  'manifest-descriptor-without-digest': ['manifest-unreadable'],
  'manifest-descriptor-malformed-digest': ['manifest-unreadable'],
  'manifest-layer-missing': ['layer-missing'],
  'manifest-config-missing': ['config-missing'],
  'manifest-child-missing': ['child-missing'],
  'manifest-subject-missing': ['referrer-without-subject'],
  'layer-blob-missing': ['dangling-layer-link', 'layer-missing'],
  'config-blob-missing': ['config-missing', 'dangling-layer-link'],
  'blobs-malformed-hexadecimal': ['unknown-entry'],
  'blobs-one-letter': ['unknown-entry'],
  'blobs-wrong-shard': ['unknown-entry'],
  'blobs-upper-case': ['unknown-entry'],
  'blobs-unregistered-algorithm': ['unknown-entry'],
  'blobs-md5': ['unknown-entry'],
  'blobs-trash-of-another-tool': ['unknown-entry'],
  'blobs-stray-file': ['unknown-entry'],
  'revisions-missing': ['tag-not-linked'],
  'blobs-empty': ['dangling-layer-link', ...MISSING_MANIFEST],
  'blobs-missing': ['dangling-layer-link', ...MISSING_MANIFEST],
  'tags-stray-file': ['unknown-entry'],
  'tags-name-with-space': ['tag-name-invalid'],
  'tags-name-with-control-characters': ['tag-name-invalid'],
  'tags-name-not-utf-8': ['io-error'],
  'repository-stray-file': ['unknown-entry'],
  'revisions-stray-file': ['unknown-entry'],
  'layers-stray-file': ['unknown-entry'],
  'underscore-file-in-repositories': ['unknown-entry'],
  'underscore-file-in-namespace': ['unknown-entry'],
  'underscore-file-in-repository': ['unknown-entry'],
  'underscore-folder-in-repositories': ['unknown-entry'],
  'repository-name-upper-case': ['repository-name-invalid'],
  'repository-name-copy': ['repository-name-invalid'],
  'repository-name-hidden': ['repository-name-invalid'],
  'repository-name-with-control-characters': ['repository-name-invalid'],
  'symbolic-link-repositories': ['symbolic-link'],
  'symbolic-link-blobs': ['symbolic-link'],
  'symbolic-link-repository': ['symbolic-link'],
  'symbolic-link-blob-folder': ['symbolic-link'],
  'symbolic-link-tag': ['symbolic-link'],
  'symbolic-link-repository-alias': ['symbolic-link'],
  'symbolic-link-loop': ['symbolic-link'],
  'symbolic-link-to-parent': ['symbolic-link'],
  'symbolic-link-dangling': ['symbolic-link'],
  'fifo-in-repositories': ['unknown-entry'],
  'upload-without-startedat': ['upload-without-startedat'],
  'upload-startedat-garbage': ['upload-without-startedat'],
};

/** What could not be read, or led nowhere, might have kept something. */
const INCOMPLETE = [
  'revision-link-dangling-symbolic-link',
  'symbolic-link-dangling',
  'symbolic-link-loop',
  'tags-name-not-utf-8',
];

describe('any damage', () => {
  it('that these tests say something about is in the table', () => {
    for (const name of [...Object.keys(TAGS_GONE), ...Object.keys(TOLD), ...INCOMPLETE]) {
      expect(damage(name).name).toBe(name);
    }
  });

  it.each(DAMAGES)('$name costs no tagged image, and is told', async ({ name, inflict }) => {
    const root = copyWhole();
    const site = inflict(root);
    const opened = await openedOf(root);
    for (const mode of MODES) {
      const going = reclaimable(opened, mode);
      const gone = TAGS_GONE[name];
      const spared = gone?.in.includes(mode) === true ? gone.of : undefined;
      if (spared === 'all') continue;
      for (const [repository, blobs] of tagged) {
        if (repository === spared) continue;
        expect(
          [...blobs].filter((digest) => going.has(digest)),
          `${repository} in mode ${mode}`,
        ).toEqual([]);
      }
      if (spared === undefined) expect(going.has(site.digest ?? '')).toBe(false);
    }
    const report = viewOf(opened);
    const told = report.problems.map(({ code }) => code);
    if (name in TOLD) expect(told).toEqual(expect.arrayContaining([...(TOLD[name] ?? [])]));
    else expect(told).toEqual([]);
    expect(report.complete).toBe(!INCOMPLETE.includes(name));
    expect(report.notices.some(({ code }) => code === 'no-repositories')).toBe(TAGS_GONE[name]?.of === 'all');
  });

  it('where there is none, gives up what no tag needs, and tells nothing', async () => {
    const opened = await openedOf(copyWhole());
    expect(reclaimable(opened, 'revisions')).toContain(ORPHAN.digest);
    expect(reclaimable(opened, 'revisions')).not.toContain(UNTAGGED.digest);
    for (const { digest } of allContent(UNTAGGED)) expect(reclaimable(opened, 'untagged')).toContain(digest);
    expect(viewOf(opened).problems).toEqual([]);
  });
});

describe('what only a stat of every blob shows', () => {
  it.each([
    ['layer-blob-without-data', 'blob-without-data'],
    ['layer-blob-empty', 'size-mismatch'],
    ['layer-blob-other-content', 'size-mismatch'],
  ])('%s is told as %s where every blob is stat-ed', async (name, code) => {
    const root = copyWhole();
    const { digest } = damage(name).inflict(root);
    const { problems } = viewOf(await openedOf(root, { request: { diskUsage: true } }));
    expect(problems).toContainEqual(expect.objectContaining({ code, digest }));
  });
});

describe('a repository in doubt loses nothing', () => {
  const own = [ORPHAN.digest, ...allContent(UNTAGGED).map(({ digest }) => digest)];

  it.each([
    ...DAMAGES.map(({ name }) => name).filter((name) => /^manifest-blob-(?!stray)/.test(name)),
    'manifest-null',
    'manifest-not-json',
    'manifest-array',
    'manifest-six-mebibytes',
    'manifest-deep-json',
    'manifest-manifests-not-an-array',
    'manifest-descriptor-without-digest',
    'manifest-descriptor-malformed-digest',
    'revision-link-to-config',
    'tag-current-to-nowhere',
  ])('%s: in both modes', async (name) => {
    const root = copyWhole();
    // What only the unreadable manifest named: config and layers that no other image has.
    const cutOff = name.startsWith('manifest-blob-') ? ownBlobs(root) : [];
    damage(name).inflict(root);
    const opened = await openedOf(root);
    for (const mode of MODES) {
      const going = reclaimable(opened, mode);
      expect([...own, ...cutOff].filter((digest) => going.has(digest))).toEqual([]);
      const { held, reclaimable: sweep } = viewOf(opened, { mode });
      expect(held.damaged.blobs).toBe((mode === 'revisions' ? 1 : own.length) + cutOff.length);
      // Those of `incoming` and, untagged, of `nightly` go all the same: a doubt stays in its repository.
      expect(sweep.blobs.count).toBeGreaterThan(0);
      const app = viewOf(opened, { mode }).repositories.find((row) => row.name === 'app');
      expect(app?.reclaimableBytes).toBe(0);
    }
  });

  it.each(['tag-current-empty', 'tag-current-garbage', 'tag-current-newline'])(
    '%s: where tags are roots',
    async (name) => {
      const root = copyWhole();
      damage(name).inflict(root);
      const opened = await openedOf(root);
      expect(own.filter((digest) => reclaimable(opened, 'untagged').has(digest))).toEqual([]);
      expect(reclaimable(opened, 'revisions')).toContain(ORPHAN.digest);
    },
  );

  it.each([
    'manifest-child-missing',
    'manifest-subject-missing',
    'manifest-layer-missing',
    'tag-index-entry-to-nowhere',
    'layer-link-to-nowhere',
    'revision-link-missing',
    'revision-link-newline',
    'tag-current-missing',
    'upload-startedat-garbage',
  ])('%s is no doubt', async (name) => {
    const root = copyWhole();
    damage(name).inflict(root);
    const opened = await openedOf(root);
    expect(reclaimable(opened, 'revisions')).toContain(ORPHAN.digest);
    for (const digest of own) expect(reclaimable(opened, 'untagged')).toContain(digest);
  });

  it.each(['symbolic-link-repository', 'repository-name-upper-case', 'repository-name-hidden'])(
    '%s: nothing in it is deleted either',
    async (name) => {
      const root = copyWhole();
      damage(name).inflict(root);
      const opened = await openedOf(root);
      for (const mode of MODES) {
        expect(own.filter((digest) => reclaimable(opened, mode).has(digest))).toEqual([]);
      }
    },
  );

  it.each(['symbolic-link-docker', 'symbolic-link-blobs'])('%s: no blob is deleted through it', async (name) => {
    const root = copyWhole();
    damage(name).inflict(root);
    const opened = await openedOf(root);
    for (const mode of MODES) expect(reclaimable(opened, mode).size).toBe(0);
  });
});

describe('a folder that must not be listed', () => {
  it('makes the scan incomplete, and costs no tagged image', async () => {
    const root = copyWhole();
    const { path } = damage('unreadable-folder').inflict(root);
    const opened = await asNobody(root, () => openedOf(root));
    const report = viewOf(opened);
    expect(report.complete).toBe(false);
    expect(report.notices.map(({ code }) => code)).toContain('scan-incomplete');
    expect(report.problems).toContainEqual(expect.objectContaining({ code: 'permission-denied', path }));
    for (const mode of MODES) {
      const going = reclaimable(opened, mode);
      for (const blobs of tagged.values()) expect([...blobs].filter((digest) => going.has(digest))).toEqual([]);
    }
  });
});
