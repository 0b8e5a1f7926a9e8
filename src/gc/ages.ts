/**
 * How old things are: the newest time of the blob, of the links to it, and of the manifests that name it (a push writes
 * layers, then the manifest, then the links; a re-push refreshes none but the revision and tag links).
 */
import type { Inventory } from '../inventory/inventory.ts';
import { at, numberAt } from '../shared/columns.ts';
import type { Edges, Graph } from './graph.ts';

/**
 * Of each digest the newest time, epoch milliseconds; NaN where none is known. What a young document names, or a young
 * alias stands for, is as young as that.
 */
export function newestTimes(inventory: Inventory, graph: Graph, youngSince: number): Float64Array {
  const newest = timesOf(inventory);
  spreadYouth(newest, youngSince, graph.references);
  return newest;
}

function timesOf(inventory: Inventory): Float64Array {
  const newest = inventory.blobs.time.slice();
  const take = (digest: Uint32Array, time: Float64Array): void => {
    for (let row = 0; row < digest.length; row++) {
      const linked = numberAt(time, row);
      if (Number.isNaN(linked)) continue;
      const id = at(digest, row);
      if (!(numberAt(newest, id) >= linked)) newest[id] = linked;
    }
  };
  take(inventory.revisions.digest, inventory.revisions.time);
  take(inventory.layerLinks.digest, inventory.layerLinks.time);
  take(inventory.tagIndexEntries.digest, inventory.tagIndexEntries.time);
  take(inventory.signatureLinks.digest, inventory.signatureLinks.time);
  return newest;
}

/** From the newest on, so that each node is reached once, with the newest time that it can get. */
function spreadYouth(newest: Float64Array, since: number, { start, target }: Edges): void {
  const queue: number[] = [];
  for (let id = 0; id < newest.length; id++) if (numberAt(newest, id) >= since) queue.push(id);
  queue.sort((a, b) => numberAt(newest, b) - numberAt(newest, a));
  const seen = new Uint8Array(newest.length);
  for (const root of queue) {
    const time = numberAt(newest, root);
    const stack = [root];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen[node] === 1) continue;
      seen[node] = 1;
      newest[node] = time;
      for (let edge = at(start, node); edge < at(start, node + 1); edge++) stack.push(at(target, edge));
    }
  }
}
