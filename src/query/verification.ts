/** `verify`: all that is wrong, the images that cannot be pulled for it, and what was looked at. */
import type { Analysis } from '../gc/analysis.ts';
import { REFERENCED } from '../gc/mark.ts';
import type { BlobCheck } from '../inventory/blob-checks.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { CANDIDATE, CHILD, MANIFEST_HEALTH, SOUND, type Inventory } from '../inventory/inventory.ts';
import { blobData } from '../layout/paths.ts';
import type { CheckedData, ExplainedCode, Verification, VerifiedProblem } from '../report/model-verify.ts';
import { at, flagAt } from '../shared/columns.ts';
import { compareProblems, compareText, type Problem, type ProblemCode, type Severity } from '../shared/problem.ts';
import { PROBLEM_MEANINGS } from '../shared/problem-meanings.ts';
import { ImageInspector, type Unlinked } from './broken-images.ts';
import { findImages, type FoundImages } from './image-classes.ts';
import { ProblemList } from './problem-list.ts';
import { allProblems } from './problems.ts';
import { totalsOf } from './totals.ts';
import { registryOf } from './view.ts';

/** So many images are listed with a problem. */
const AFFECTED_SHOWN = 20;

/** What makes a link useless to the registry. */
const BREAKS_LINK: ReadonlySet<ProblemCode> = new Set([
  'link-empty',
  'link-malformed',
  'link-mismatch',
  'permission-denied',
  'io-error',
]);

/** `bad`: of the blobs that were hashed, those that are not what their digests say. `data`: absent where nobody asked for it. */
export function buildVerification(
  analysis: Analysis,
  bad: ReadonlyMap<DigestId, BlobCheck>,
  data?: CheckedData,
): Verification {
  const { inventory } = analysis;
  const known = allProblems(analysis);
  const { broken, brokenIn } = brokenLinks(known);
  const inspector = new ImageInspector(inventory, broken, brokenIn, bad);
  const found = findImages(inventory, inspector, broken);
  const misread = contentReadAsManifest(inventory, bad);
  const more = new ProblemList(inventory);
  for (const unlinked of inspector.unlinked) layerNotLinked(more, unlinked);
  dataProblems(more, analysis, bad, misread);
  const told = known.filter(({ code, digest }) => !(code.startsWith('manifest-') && misread.has(digest ?? '')));
  const problems = [...told, ...more.list].sort(compareProblems).map((problem) => withAffected(problem, found));
  const { repositories, revisions, tags, tagIndexEntries, layerLinks, manifests, blobs, bytes } = totalsOf(inventory);
  return {
    schema: 'regsweep.verify/1',
    registry: registryOf(inventory),
    complete: inventory.complete,
    damaged: problems.some(({ severity }) => severity === 'error'),
    problems,
    codes: explainCodes(problems),
    images: found.images,
    checked: {
      repositories,
      revisions,
      tags,
      tagIndexEntries,
      layerLinks,
      manifests,
      blobs,
      bytes,
      data: data ?? null,
    },
  };
}

/** Each code among the problems, with what it means, sorted. */
export function explainCodes(problems: readonly Problem[]): readonly ExplainedCode[] {
  const count = new Map<ProblemCode, number>();
  for (const { code } of problems) count.set(code, (count.get(code) ?? 0) + 1);
  return [...count]
    .map(([code, times]) => ({ code, count: times, ...PROBLEM_MEANINGS[code] }))
    .sort((a, b) => compareText(a.code, b.code));
}

function brokenLinks(problems: readonly Problem[]): {
  broken: ReadonlyMap<string, Severity>;
  brokenIn: ReadonlySet<string>;
} {
  const broken = new Map<string, Severity>();
  const brokenIn = new Set<string>();
  for (const { code, severity, path, repository } of problems) {
    // A symbolic link is an error where it leads nowhere.
    const isBroken = BREAKS_LINK.has(code) || (code === 'symbolic-link' && severity === 'error');
    if (!isBroken || repository === undefined) continue;
    broken.set(path, severity);
    brokenIn.add(repository);
  }
  return { broken, brokenIn };
}

function layerNotLinked(found: ProblemList, { repository, digest, manifest, path, isBroken }: Unlinked): void {
  const named = `a part of ${found.digest(manifest)}`;
  const message = isBroken
    ? `is no link that the registry could use, and its blob is ${named}, which cannot be pulled from here`
    : `is missing, and its blob is here: ${named}, which cannot be pulled from here`;
  const about = { repository: found.name(repository), digest: found.digest(digest) };
  found.add('layer-not-linked', 'error', path, message, about);
}

/** What hashing told. A manifest that the scan found unsound is told of as that. */
function dataProblems(
  found: ProblemList,
  { inventory, revisions }: Analysis,
  bad: ReadonlyMap<DigestId, BlobCheck>,
  misread: ReadonlySet<string>,
): void {
  const unsound = unsoundManifests(inventory);
  for (const [id, check] of bad) {
    const digest = found.digest(id);
    if (unsound.has(id) && !misread.has(digest)) continue;
    const isNeeded = revisions.marking.level[id] === REFERENCED;
    const [code, severity, message] = saidOf(check, isNeeded);
    found.add(code, severity, blobData(digest), message, { digest });
  }
}

function saidOf({ state, bytes, errno }: BlobCheck, isNeeded: boolean): readonly [ProblemCode, Severity, string] {
  const severity = isNeeded ? 'error' : 'warning';
  switch (state) {
    case 'missing':
      return ['blob-without-data', severity, 'was here when the volume was scanned, and has gone since'];
    case 'not-a-file':
      return ['blob-without-data', severity, 'is no regular file'];
    case 'failed': {
      const code = errno === 'EACCES' || errno === 'EPERM' ? 'permission-denied' : 'io-error';
      return [code, 'error', `cannot be read (${errno ?? 'unknown'}): its content was not verified`];
    }
    case 'changed':
      return ['blob-digest-mismatch', 'warning', 'was written to while it was read: verify it again'];
    default:
      return ['blob-digest-mismatch', 'error', `has ${bytes} bytes, and they are not what its digest says`];
  }
}

/**
 * Digests of configs and layers among `bad` that passed for broken manifests: what is young is read as a manifest, whoever names it,
 * and what ends early could have been one. Nothing links, tags or names these as manifests.
 */
function contentReadAsManifest(inventory: Inventory, bad: ReadonlyMap<DigestId, BlobCheck>): ReadonlySet<string> {
  const unsound = unsoundManifests(inventory);
  const content = new Set([...bad.keys()].filter((id) => unsound.has(id)));
  if (content.size === 0) return new Set();
  const { manifests, revisions, tags, digests } = inventory;
  for (const id of revisions.digest) content.delete(id);
  for (const id of tags.current) content.delete(id);
  const named = new Set<DigestId>();
  for (let edge = 0; edge < manifests.referenceTarget.length; edge++) {
    const id = at(manifests.referenceTarget, edge);
    const kind = flagAt(manifests.referenceKind, edge);
    if (kind === CHILD) content.delete(id);
    else if (kind !== CANDIDATE) named.add(id);
  }
  return new Set([...content].filter((id) => named.has(id)).map((id) => digests.digest(id)));
}

function unsoundManifests({ manifests }: Inventory): ReadonlySet<DigestId> {
  const unsound = new Set<DigestId>();
  for (let row = 0; row < manifests.digest.length; row++) {
    const health = flagAt(manifests.health, row);
    if (health !== SOUND && health < MANIFEST_HEALTH.length) unsound.add(at(manifests.digest, row));
  }
  return unsound;
}

/** A child that is missing is legal, unless nothing of its index can be pulled any more. */
const OF_CHILDREN: ReadonlySet<ProblemCode> = new Set(['child-missing', 'child-not-linked']);

function withAffected(problem: Problem, { affectedBy }: FoundImages): VerifiedProblem {
  const affected = affectedBy(problem);
  const isGhost = OF_CHILDREN.has(problem.code) && affected.some(({ platforms }) => platforms === null);
  const severity = isGhost ? 'error' : problem.severity;
  return { ...problem, severity, affected: affected.length, affects: affected.slice(0, AFFECTED_SHOWN) };
}
