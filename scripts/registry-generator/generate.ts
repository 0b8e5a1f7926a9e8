import { BLOBS, REPOSITORIES } from '../../src/layout/paths.ts';
import { createBases } from './bases.ts';
import { createBlobStore, type BlobStore } from './blob-store.ts';
import type { BuildTools } from './builds.ts';
import { buildRepository, DAY_SECONDS, promoteNewest } from './history.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { writeCollected, writeLooseLayers, writeUnlinkedBlobs, writeUploads, type LeftoverTools } from './leftovers.ts';
import { writeRepository } from './links.ts';
import type { BuiltRepository, RegistryPlan, RepositoryPlan } from './plan.ts';
import { planOf, type ProfileName } from './profiles.ts';
import { createRandom, type Random } from './random.ts';
import type { RepositoryState } from './state.ts';
import type { RepositoryTotals, Totals } from './totals.ts';
import { createFilesystemVolume, type Volume } from './volume.ts';

/** How far back the tree goes. */
const SPAN_DAYS = 730;
/** An image is promoted so long after its build. */
const PROMOTION_SECONDS = 3600;
const FIRST_DAY_UNLINKED = 30;

interface Site {
  readonly volume: Volume;
  readonly ledger: Ledger;
  readonly store: BlobStore;
  readonly seed: number;
  /** Epoch seconds. */
  readonly now: number;
}

/** What the tree holds so far, besides what the ledger knows. */
interface Count {
  tagIndexEntries: number;
  deletedRevisions: number;
  danglingLayerLinks: number;
  uploads: number;
  readonly perRepository: RepositoryTotals[];
}

function leftoverTools(site: Site, random: Random, firstDay: number, lastDay: number): LeftoverTools {
  const time = (): number => {
    const days = lastDay + random.next() * (firstDay - lastDay);
    return Math.floor(site.now - days * DAY_SECONDS);
  };
  return { volume: site.volume, store: site.store, random, time };
}

function writeLeftovers(plan: BuiltRepository, site: Site, random: Random): { dangling: number } {
  const tools = leftoverTools(site, random, plan.firstDay, plan.lastDay);
  const dangling = writeCollected(plan.name, plan.collectedImages, tools);
  writeLooseLayers(plan.name, plan.looseLayers, tools);
  writeUploads(plan.name, plan.uploads, tools);
  return { dangling };
}

function fillRepository(
  plan: RepositoryPlan,
  previous: RepositoryState | undefined,
  site: Site,
  tools: Omit<BuildTools, 'random'>,
  count: Count,
): RepositoryState {
  const random = createRandom(site.seed, `repository ${plan.name}`);
  if (plan.kind === 'promoted') {
    if (previous === undefined) throw new RangeError(`${plan.name}: nothing comes before it that could be promoted`);
    const state = promoteNewest(plan.name, previous, plan.newest, PROMOTION_SECONDS);
    const written = writeRepository(state, site.volume, site.ledger);
    count.tagIndexEntries += written.tagIndexEntries;
    count.perRepository.push(written);
    return state;
  }
  const state = buildRepository(plan, { ...tools, random }, site.now);
  const written = writeRepository(state, site.volume, site.ledger);
  const { dangling } = writeLeftovers(plan, site, random);
  count.tagIndexEntries += written.tagIndexEntries;
  count.deletedRevisions += written.deletedRevisions + plan.collectedImages;
  count.danglingLayerLinks += dangling;
  count.uploads += plan.uploads;
  count.perRepository.push({ ...written, layerLinks: written.layerLinks + dangling + plan.looseLayers });
  return state;
}

function totals(count: Count, ledger: Ledger): Totals {
  const perRepository = count.perRepository
    .map(({ repository, tags, revisions, layerLinks, markingLines }) => ({
      repository,
      tags,
      revisions,
      layerLinks,
      markingLines,
    }))
    .sort((a, b) => (a.repository < b.repository ? -1 : 1));
  const sum = (of: (repository: RepositoryTotals) => number): number =>
    perRepository.reduce((total, repository) => total + of(repository), 0);
  return {
    repositories: perRepository.length,
    tags: sum(({ tags }) => tags),
    tagIndexEntries: count.tagIndexEntries,
    revisions: sum(({ revisions }) => revisions),
    deletedRevisions: count.deletedRevisions,
    layerLinks: sum(({ layerLinks }) => layerLinks),
    danglingLayerLinks: count.danglingLayerLinks,
    uploads: count.uploads,
    blobs: ledger.count(),
    blobBytes: ledger.bytes(),
    markingLines: sum(({ markingLines }) => markingLines),
    reclaimable: { revisions: ledger.unreached('revisions'), untagged: ledger.unreached('tags') },
    perRepository,
  };
}

/**
 * Writes the tree that `plan` describes to `volume`.
 *
 * @param now epoch seconds; every time in the tree lies before it
 */
export function fillVolume(volume: Volume, plan: RegistryPlan, seed: number, now: number): Totals {
  const ledger = createLedger();
  const store = createBlobStore(volume, ledger, seed);
  const site: Site = { volume, ledger, store, seed, now };
  volume.folder(BLOBS);
  volume.folder(REPOSITORIES);
  const baseAt = createBases(plan.bases, store, seed, now - SPAN_DAYS * DAY_SECONDS, now);
  const count: Count = {
    tagIndexEntries: 0,
    deletedRevisions: 0,
    danglingLayerLinks: 0,
    uploads: 0,
    perRepository: [],
  };
  let previous: RepositoryState | undefined;
  for (const repository of plan.repositories) {
    previous = fillRepository(repository, previous, site, { store, baseAt }, count);
  }
  const random = createRandom(seed, 'unlinked blobs');
  writeUnlinkedBlobs(plan.unlinkedBlobs, leftoverTools(site, random, SPAN_DAYS, FIRST_DAY_UNLINKED));
  return totals(count, ledger);
}

/**
 * Writes a registry of the given profile below `root`, which becomes a registry root. The same seed and the same `now`
 * give the same bytes and times.
 *
 * @param root an empty or absent folder
 * @param now epoch seconds; every time in the tree lies before it
 */
export function generateRegistry(
  root: string,
  profile: ProfileName,
  seed: number,
  now: number = Math.floor(Date.now() / 1000),
): Totals {
  return fillVolume(createFilesystemVolume(root), planOf(profile, seed), seed, now);
}
