/**
 * The ranking post: `rank` says what `garbage-collect --dry-run | awk | sort | uniq -c` said, and the bytes that it could
 * not see. Those are counted a second time here, with sets of strings, from what the generator wrote. The whole registry
 * is marked without a disk; on disk it is a twentieth, and the whole with REGSWEEP_WHOLE_POST=1 (200 000 folders).
 */
import { describe, expect, it } from 'vitest';
import { fillVolume } from '../../scripts/registry-generator/generate.ts';
import type { BuiltRepository, RegistryPlan } from '../../scripts/registry-generator/plan.ts';
import { planOf } from '../../scripts/registry-generator/profiles.ts';
import { createFilesystemVolume } from '../../scripts/registry-generator/volume.ts';
import { analyse } from '../../src/gc/analysis.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { BLOB_STORED, MANIFEST_KINDS, REFERENCE_KINDS, SOUND } from '../../src/inventory/inventory.ts';
import { parseDigest } from '../../src/layout/digest.ts';
import { rankRows } from '../../src/query/rank.ts';
import { repositoryRows } from '../../src/query/rows.ts';
import type { MarkedIndex } from '../../src/query/view.ts';
import { NO_REPOSITORY, type RepositoryRow } from '../../src/report/model.ts';
import { linksLike, manifestsOf, namedBy, reachedFrom, type FoundFile } from '../scripts/naive-count.ts';
import { recordingVolume, teeVolume } from '../scripts/recording-volume.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { scanFacts } from '../support/scan-facts.ts';

const NOW = Date.UTC(2026, 0, 15);
const REVISION = /\/_manifests\/revisions\/sha256\/[^/]+\/link$/;
const CURRENT = /\/_manifests\/tags\/([^/]+)\/current\/link$/;
const INDEX_ENTRY = /\/_manifests\/tags\/([^/]+)\/index\/sha256\/[^/]+\/link$/;
const LAYER = /\/_layers\/sha256\/[^/]+\/link$/;
const BLOB = /^blobs\/sha256\/..\/([0-9a-f]{64})\/data$/;
const MODES = ['revisions', 'untagged'] as const;
type Mode = (typeof MODES)[number];

/** The post's lines, the heading of each repository among them. */
const LINES: readonly (readonly [string, number])[] = [
  ['zdtest', 134_161],
  ['ordertest', 56_101],
  ['bjdev', 42_691],
  ['zhqtest', 35_881],
  ['systemtest', 13_801],
  ['zddev', 9_601],
  ['bjtest', 9_361],
  ['dsystemtest', 7_411],
  ['tooltest', 505],
];
const WITHOUT_HEADING = LINES.map(([name, lines]) => [name, lines - 1]);
const NAMES = LINES.map(([name]) => name).sort();

describe('the ranking post', () => {
  it('is ranked by references in its order, each with a line less than it counted: the heading', () => {
    const { files } = recorded(planOf('blog', 1));
    const index = indexOf(files);
    expect(referencesOf(index)).toEqual(WITHOUT_HEADING);
    for (const mode of MODES) expectNaive(index, files, mode);
  });

  it('at a twentieth, on disk, is ranked by its own lines', async () => {
    const { index, files } = await scanned(twentieth(planOf('blog', 1)));
    // Two repositories are equal at this size, and stand by name.
    const lines = [...naiveLines(files)].sort(([, a], [, b]) => b - a);
    expect(referencesOf(index)).toEqual(lines);
    for (const mode of MODES) expectNaive(index, files, mode);
  });

  // No test is left out where nobody asks for it: this one says what the two above say together.
  if (process.env['REGSWEEP_WHOLE_POST'] === '1') {
    it('as a whole, on disk, is ranked so too', async () => {
      const { index, files } = await scanned(planOf('blog', 1));
      expect(referencesOf(index)).toEqual(WITHOUT_HEADING);
      for (const mode of MODES) expectNaive(index, files, mode);
    }, 600_000);
  }
});

function recorded(plan: RegistryPlan): ReturnType<typeof recordingVolume> {
  const volume = recordingVolume();
  fillVolume(volume, plan, 1, NOW / 1000);
  return volume;
}

async function scanned(plan: RegistryPlan): Promise<{ index: MarkedIndex; files: readonly FoundFile[] }> {
  const root = temporaryFolder('ranking-post');
  const volume = recordingVolume();
  fillVolume(teeVolume(volume, createFilesystemVolume(root)), plan, 1, NOW / 1000);
  return { index: await openedOf(root, { now: NOW }), files: volume.files };
}

function twentieth(plan: RegistryPlan): RegistryPlan {
  const part = (count: number): number => Math.ceil(count / 20);
  const repositories = plan.repositories.map((one) => {
    if (one.kind !== 'built') throw new Error(`${one.name} is no build of its own`);
    // What has few images already, like `tooltest`, stays as it is.
    if (one.pushes < 100) return one;
    const pushes = part(one.pushes);
    const smaller: BuiltRepository = {
      ...one,
      pushes,
      deletedPushes: part(one.deletedPushes),
      tags: part(one.tags),
      movingTags: part(one.movingTags),
      namedLayers: Math.round((one.namedLayers * pushes) / one.pushes),
      ownLayers: Math.ceil(one.ownLayers / 4),
      collectedImages: part(one.collectedImages),
    };
    return smaller;
  });
  return { ...plan, repositories, unlinkedBlobs: part(plan.unlinkedBlobs) };
}

/** An inventory as a scan would make it of these files, marked. */
function indexOf(files: readonly FoundFile[]): MarkedIndex {
  const builder = new InventoryBuilder();
  const id = (text: string): number => {
    const digest = parseDigest(text);
    if (digest === undefined) throw new Error(`${text} is no digest`);
    return builder.digests.intern(digest);
  };
  for (const { path, bytes, time } of files) {
    const hex = BLOB.exec(path)?.[1];
    if (hex === undefined) continue;
    builder.blob(id(`sha256:${hex}`), BLOB_STORED);
    builder.blobState(id(`sha256:${hex}`), { bytes, diskBytes: 0, time: time * 1000 });
  }
  for (const [repository, name] of NAMES.entries()) addLinks(builder, { repository, name }, files, id);
  addManifests(builder, files, id);
  const inventory = builder.build(scanFacts({ scannedAt: NOW, diskUsage: true }));
  return { analysis: analyse(inventory, { isIncluded: () => true, youngSince: Infinity, now: NOW }) };
}

function addLinks(
  builder: InventoryBuilder,
  { repository, name }: { readonly repository: number; readonly name: string },
  files: readonly FoundFile[],
  id: (digest: string) => number,
): void {
  builder.repository({ name, deletable: true, hasManifests: true, hasLayers: true, hasUploads: true });
  const own = ownFiles(files, name);
  const history = new Map<string, string[]>();
  for (const { path, content = '' } of own) {
    const tag = INDEX_ENTRY.exec(path)?.[1];
    if (tag !== undefined) history.set(tag, [...(history.get(tag) ?? []), content]);
  }
  for (const { path, content = '' } of own) {
    if (REVISION.test(path)) builder.revision(repository, id(content), { time: 0, diskBytes: 0, flags: 0 });
    if (LAYER.test(path)) builder.layerLink(repository, id(content), 0);
    const tag = CURRENT.exec(path)?.[1];
    if (tag === undefined) continue;
    builder.tag(repository, id(content), { name: tag, time: 0, flags: 0 });
    for (const digest of history.get(tag) ?? []) builder.tagIndexEntry(id(digest));
  }
}

function addManifests(builder: InventoryBuilder, files: readonly FoundFile[], id: (digest: string) => number): void {
  const kind = MANIFEST_KINDS.indexOf('image');
  const known = manifestsOf(files);
  const revisions = new Set(linksLike(files, REVISION));
  for (const digest of revisions) {
    const row = { health: SOUND, kind, mediaType: '', artifactType: '', bytes: NaN, diskBytes: NaN, time: NaN };
    builder.manifest(id(digest), undefined, row);
    for (const [place, named] of namedBy(known.get(digest) ?? {}).entries()) {
      const reference = REFERENCE_KINDS.indexOf(place === 0 ? 'config' : 'layer');
      builder.reference(id(named), { kind: reference, flags: 0, bytes: NaN, mediaType: '', platform: '' });
    }
  }
}

function ownFiles(files: readonly FoundFile[], name: string): readonly FoundFile[] {
  return files.filter(({ path }) => path.startsWith(`repositories/${name}/_`));
}

function rowsIn(index: MarkedIndex, mode: Mode): readonly RepositoryRow[] {
  return repositoryRows(index, { mode, minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: NOW });
}

function referencesOf(index: MarkedIndex): unknown {
  const ranked = rankRows(rowsIn(index, 'revisions'), 'references', LINES.length);
  return ranked.repositories.map(({ name, references }) => [name, references]);
}

function expectNaive(index: MarkedIndex, files: readonly FoundFile[], mode: Mode): void {
  const rows = rowsIn(index, mode);
  const naive = naiveRows(files, mode);
  const ours = rows.filter(({ name }) => name !== NO_REPOSITORY);
  expect(ours).toMatchObject(naive.rows);
  expect(rows.find(({ name }) => name === NO_REPOSITORY)).toMatchObject({
    orphanedLayers: naive.nobodys.length,
    orphanedBytes: naive.bytesOf(naive.nobodys),
    reclaimableBytes: naive.bytesOf(naive.nobodys),
  });
  expect(naive.nobodys).not.toEqual([]);
  expect(naive.rows.every(({ exclusiveBytes, sharedBytes }) => exclusiveBytes > 0 && sharedBytes > 0)).toBe(true);
}

/** Of each repository a line for each revision and for each blob that it names. */
function naiveLines(files: readonly FoundFile[]): ReadonlyMap<string, number> {
  const manifests = manifestsOf(files);
  const linesOf = (digest: string): number => 1 + namedBy(manifests.get(digest) ?? {}).length;
  return new Map(
    NAMES.map((name) => {
      const revisions = linksLike(ownFiles(files, name), REVISION);
      return [name, revisions.reduce((sum, digest) => sum + linesOf(digest), 0)];
    }),
  );
}

function naiveRows(files: readonly FoundFile[], mode: Mode) {
  const manifests = manifestsOf(files);
  const sizes = new Map<string, number>();
  for (const { path, bytes } of files) {
    const hex = BLOB.exec(path)?.[1];
    if (hex !== undefined) sizes.set(`sha256:${hex}`, bytes);
  }
  const bytesOf = (digests: Iterable<string>): number =>
    [...digests].reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
  const own = new Map(NAMES.map((name) => [name, ownFiles(files, name)]));
  const roots = mode === 'revisions' ? REVISION : CURRENT;
  const reached = new Map(NAMES.map((name) => [name, reachedFrom(linksLike(own.get(name) ?? [], roots), manifests)]));
  const holders = new Map<string, number>();
  for (const digests of reached.values()) for (const one of digests) holders.set(one, (holders.get(one) ?? 0) + 1);
  const everyLink = new Set<string>();
  const rows = NAMES.map((name) => {
    const here = reached.get(name) ?? new Set<string>();
    const links = new Set(linksLike(own.get(name) ?? [], /\/link$/));
    for (const digest of links) everyLink.add(digest);
    const layers = new Set(linksLike(own.get(name) ?? [], LAYER));
    const orphaned = [...layers].filter((digest) => sizes.has(digest) && !here.has(digest));
    const exclusiveBytes = bytesOf([...here].filter((digest) => holders.get(digest) === 1));
    const bytes = bytesOf(here);
    return {
      name,
      bytes,
      exclusiveBytes,
      sharedBytes: bytes - exclusiveBytes,
      orphanedLayers: orphaned.length,
      orphanedBytes: bytesOf(orphaned),
      reclaimableBytes: bytesOf([...links].filter((digest) => !holders.has(digest))),
    };
  });
  const nobodys = [...sizes.keys()].filter((digest) => !holders.has(digest) && !everyLink.has(digest));
  return { rows, nobodys, bytesOf };
}
