/** Scans a registry volume: discover, list, read, follow what manifests name to a fix-point, stat what could go. */
import { BLOBS, REPOSITORIES } from '../layout/paths.ts';
import type { Candidates } from '../inventory/candidates.ts';
import type { ScanFacts } from '../inventory/builder.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import type { Inventory, Trash } from '../inventory/inventory.ts';
import type { KnownManifests } from '../inventory/known-manifests.ts';
import { chooseWitnesses } from '../inventory/witnesses.ts';
import type { Progress } from '../shared/progress.ts';
import { blobTasks } from './blobs.ts';
import { Collector } from './collector.ts';
import { discoverRepositories } from './discover.ts';
import { FindingsWriter, playBack } from './findings.ts';
import { FollowingBuilder } from './following.ts';
import { readBlobWithoutData } from './leftovers.ts';
import type { LocatedRegistry } from './locate.ts';
import { measureCandidates } from './measure.ts';
import { runInOrder } from './in-order.ts';
import type { Pool } from './pool.ts';
import { Reading } from './reading.ts';
import { readSignatures } from './signatures.ts';
import { runNow } from './steps.ts';
import { SyncDisk } from './sync-disk.ts';
import { Volume } from './volume.ts';

export interface ScanOptions {
  /** What the trash of earlier sweeps holds. */
  readonly trash: Trash;
  /** Stat every blob, not only what could go. */
  readonly diskUsage: boolean;
  /** Epoch milliseconds: documents from then or later may belong to a push under way, and are read. */
  readonly youngSince: number;
  /** Documents that no link names are read, however old: a sweep takes each before what it names. */
  readonly readsUnlinked?: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The manifests of an earlier scan; absent, or of none: every document is read. */
  readonly knownManifests?: () => KnownManifests | undefined;
  /** Which configs are to be read for when their images were created; absent: none. */
  readonly findConfigs?: (inventory: Inventory) => readonly DigestId[];
  /**
   * Called once the volume has been walked and before anything is stat-ed. Repositories and revisions are final then;
   * manifests may be added. The inventory is good for as long as the call lasts.
   */
  readonly onWalked: (walked: Inventory) => void;
  /** Which files are worth a stat. */
  readonly findCandidates: (inventory: Inventory) => Candidates;
}

export interface ScanPorts {
  readonly pool: Pool;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The volume as it is now. Throws `interrupted` once the signal is set. Never writes on the volume. */
export async function scan(registry: LocatedRegistry, options: ScanOptions, ports: ScanPorts): Promise<Inventory> {
  const { pool, progress, signal } = ports;
  const builder = new FollowingBuilder();
  const collector = new Collector(builder, progress);
  const writer = new FindingsWriter();
  const volume = new Volume(registry.base);
  const reading = new Reading(new SyncDisk(volume), writer);
  const top = topFolders(reading, registry.throughLink);
  if (top.blobs !== undefined) collector.addTasks(runNow(blobTasks(reading, top.blobs.throughLink)));
  // The threads list blobs while this one looks up what is known, and looks for repositories.
  const listing = runInOrder(pool, collector, signal);
  // It is waited for below; where that is not reached, its failure is nobody's.
  listing.catch(() => undefined);
  builder.know(options.knownManifests?.());
  const repositories =
    top.repositories === undefined
      ? []
      : await discoverRepositories({ reading, volume, later: pool.later, signal }, top.repositories.throughLink);
  for (const repository of repositories) builder.repository(repository);
  playBack(writer.take(), builder.digests, builder);
  collector.addRepositories(repositories);
  await listing;
  await runInOrder(pool, collector, signal);
  builder.addMissing();
  runNow(readSignatures(reading, builder, repositories));
  playBack(writer.take(), builder.digests, builder);
  progress.stop();
  const facts: ScanFacts = {
    root: registry.root,
    scannedAt: options.now,
    minAgeSeconds: Math.max(0, (options.now - options.youngSince) / 1000),
    hasRepositories: top.repositories !== undefined,
    diskUsage: options.diskUsage,
    elsewhere: registry.elsewhere,
    trash: options.trash,
  };
  if (options.findConfigs !== undefined) {
    collector.addConfigs(options.findConfigs(builder.build(facts)));
    await runInOrder(pool, collector, signal);
    progress.stop();
  }
  await measureCandidates({ builder, collector, facts, reading }, options, ports);
  for (const digest of builder.takeWithoutData()) {
    runNow(readBlobWithoutData(reading, builder.digests.digest(digest), !builder.isUntouchable(digest)));
  }
  playBack(writer.take(), builder.digests, builder);
  const inventory = builder.build(facts);
  return { ...inventory, witnesses: chooseWitnesses(inventory) };
}

interface TopFolder {
  readonly throughLink: boolean;
}

function topFolders(reading: Reading, throughLink: boolean): { blobs?: TopFolder; repositories?: TopFolder } {
  const found: { blobs?: TopFolder; repositories?: TopFolder } = {};
  for (const entry of runNow(reading.entries('.'))) {
    if (entry.name !== BLOBS && entry.name !== REPOSITORIES) continue;
    const folder = runNow(reading.asFolder('.', entry, throughLink));
    if (folder === undefined) continue;
    if (entry.name === BLOBS) found.blobs = folder;
    else found.repositories = folder;
  }
  return found;
}
