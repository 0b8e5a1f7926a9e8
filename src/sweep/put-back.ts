/**
 * What stands on the volume after a sweep, and needs what this run took, gets it back out of the trash: against all advice
 * the registry was written to meanwhile, or an image that was to go was left, and its signatures had gone.
 */
import { lstatSync } from 'node:fs';
import type { ActionKind } from '../gc/action.ts';
import type { Graph } from '../gc/graph.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import { blobFolder, layerFolder, repositoryFolder, revisionFolder } from '../layout/paths.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { errnoOf } from '../shared/errors.ts';
import type { Armed } from './arm.ts';
import { BringBack } from './bring-back.ts';
import { TouchedFolders } from './durable.ts';
import { runFolder } from './run-folder.ts';
import { SafePaths } from './safe-path.ts';
import { referrersOfImagesLeft, type RunPlans } from './taken-referrers.ts';
import { whyNotTarget } from './target.ts';
import { Trash } from './whereabouts.ts';
import type { Failed } from './work.ts';

export interface PutBackWork {
  readonly root: string;
  readonly state: string;
  readonly run: string;
  /** What the run was to take. */
  readonly plans: RunPlans;
}

export interface PutBackOutcome {
  /** Relative to `docker/registry/v2`, in the order in which they came back. */
  readonly paths: readonly string[];
  readonly failed: readonly Failed[];
}

/**
 * Puts back what revisions and tags reach, and layer links name, and the run took, and the referrers of images that were
 * left: blobs, then layer links, revisions and tags, each class durable before the next. Scans again until nothing more
 * comes back: a manifest that came back names more. The figures of the run's record stay those of the sweep.
 */
export async function putBack(
  work: Armed<PutBackWork>,
  rescan: () => Promise<{ readonly inventory: Inventory; readonly graph: Graph }>,
): Promise<PutBackOutcome> {
  const paths: string[] = [];
  const failed: Failed[] = [];
  for (;;) {
    const { inventory, graph } = await rescan();
    const round = new Round(work, inventory, graph);
    await round.run();
    for (const path of round.back) paths.push(path);
    for (const one of round.failed) failed.push(one);
    if (round.back.length === 0 || round.failed.length > 0) return { paths, failed };
  }
}

class Round {
  readonly back: string[] = [];
  readonly failed: Failed[] = [];
  private readonly touched = new TouchedFolders();
  private readonly trash: Trash;
  private readonly paths: SafePaths;
  private readonly bringer: BringBack;

  constructor(
    private readonly work: PutBackWork,
    private readonly inventory: Inventory,
    private readonly graph: Graph,
  ) {
    this.trash = new Trash(runFolder(work.state, work.run));
    this.paths = new SafePaths(work.root);
    this.bringer = new BringBack(this.paths, this.touched);
  }

  async run(): Promise<void> {
    const { inventory } = this;
    const needed = new Uint8Array(this.graph.nodes);
    inventory.repositories.forEach((_, repository) => {
      for (const id of this.reach(repository)) needed[id] = 1;
    });
    const referrers = referrersOfImagesLeft(this.work.plans, (digest) => {
      const id = inventory.digests.find(digest);
      return id !== undefined && needed[id] === 1;
    });
    // A push that is not over yet has linked what it believes to be there, and will name it.
    for (const id of inventory.layerLinks.digest) needed[id] = 1;
    for (const [id, isNeeded] of needed.entries()) {
      if (isNeeded === 0 || (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0) continue;
      this.bring('blob', blobFolder(inventory.digests.digest(id)));
    }
    for (const path of referrers.blobs) this.bring('blob', path);
    await this.touched.sync();
    await this.bringLinks('layer-link', layerFolder, referrers.layerLinks);
    await this.bringLinks('revision', revisionFolder, referrers.revisions);
    // A tag that was pushed meanwhile is another: it gets nothing of the one that went.
    for (const path of referrers.tags) if (!this.stands(path)) this.bring('tag', path);
    await this.touched.sync();
  }

  private stands(path: string): boolean {
    const proved = this.paths.prove(path);
    return proved.ok && lstatSync(proved.absolute, { throwIfNoEntry: false }) !== undefined;
  }

  private async bringLinks(
    kind: ActionKind,
    folderOf: typeof layerFolder,
    ofReferrers: readonly string[],
  ): Promise<void> {
    for (const [repository, { name }] of this.inventory.repositories.entries()) {
      // Most repositories have lost nothing, and have a hundred things each that might have been lost.
      if (this.trash.find('revision', repositoryFolder(name)) === undefined) continue;
      for (const id of this.reach(repository)) this.bring(kind, folderOf(name, this.inventory.digests.digest(id)));
    }
    for (const path of ofReferrers) this.bring(kind, path);
    await this.touched.sync();
  }

  /** What the revisions and tags of a repository reach. */
  private reach(repository: number): readonly DigestId[] {
    const { revisions, tags } = this.inventory;
    const open: DigestId[] = [];
    for (const row of rowsOf(revisions.byRepository, repository)) open.push(at(revisions.digest, row));
    for (const row of rowsOf(tags.byRepository, repository)) {
      const current = at(tags.current, row);
      if (current !== NONE) open.push(current);
    }
    const reached: DigestId[] = [];
    const { start, target } = this.graph.references;
    const seen = new Set<DigestId>();
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      reached.push(id);
      for (let edge = at(start, id); edge < at(start, id + 1); edge++) open.push(at(target, edge));
    }
    return reached.sort((a, b) => a - b);
  }

  private bring(kind: ActionKind, path: string): void {
    if (whyNotTarget(kind, path) !== undefined) return;
    const from = this.trash.find(kind, path);
    if (from === undefined) return;
    try {
      if (this.bringer.bring(from, path) === 'back') this.back.push(path);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined || !(error instanceof Error)) throw error;
      this.failed.push({ kind, path, errno, message: error.message });
    }
  }
}
