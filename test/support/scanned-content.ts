/** A scan by itself, without an index, and all that it finds. */
import { findCandidates } from '../../src/gc/candidates.ts';
import type { DigestId } from '../../src/inventory/digest-table.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { locateRegistry } from '../../src/scan/locate.ts';
import type { Pool } from '../../src/scan/pool.ts';
import { scan } from '../../src/scan/scan.ts';
import { noProgress } from '../../src/shared/progress.ts';

interface Wishes {
  /** Epoch milliseconds; what is younger is held. */
  readonly now: number;
  readonly findConfigs?: (inventory: Inventory) => readonly DigestId[];
  readonly signal?: AbortSignal;
}

/** Scans with a pool over `docker/registry/v2`, and closes that. */
export async function scannedContent(root: string, openPool: (base: string) => Pool, wishes: Wishes): Promise<unknown> {
  const registry = await locateRegistry(root, {});
  const pool = openPool(registry.base);
  const { now, findConfigs, signal = new AbortController().signal } = wishes;
  const options = {
    diskUsage: false,
    youngSince: now,
    trash: { runs: 0, bytes: 0, diskBytes: 0 },
    now,
    onWalked: () => undefined,
    findCandidates: (inventory: Inventory) => findCandidates(inventory, false),
    ...(findConfigs === undefined ? {} : { findConfigs }),
  };
  try {
    return contentOf(await scan(registry, options, { pool, progress: noProgress, signal }));
  } finally {
    await pool.close();
  }
}

/** The table of digests, whose hash is seeded by chance, as the list that it holds. */
function contentOf(inventory: Inventory): unknown {
  const { digests } = inventory;
  return { ...inventory, digests: Array.from({ length: digests.size }, (_, id) => digests.digest(id)) };
}
