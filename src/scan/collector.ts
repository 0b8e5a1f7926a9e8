/** Gives out what is to be read, takes what was found into a builder, and goes on until nothing asks for more. */
import type { DigestId } from '../inventory/digest-table.ts';
import type { Progress } from '../shared/progress.ts';
import { packDigests, playBack } from './findings.ts';
import type { FollowingBuilder } from './following.ts';
import type { Work } from './in-order.ts';
import { pieces, type RepositoryTask, type Task, type TaskResult } from './tasks.ts';

const MANIFESTS_PER_TASK = 128;
const REPOSITORIES_PER_TASK = 4;

export class Collector implements Work {
  private readonly queue: Task[] = [];
  private given = 0;
  private repositoriesTotal = 0;
  private repositoriesDone = 0;
  private manifestsTotal = 0;
  private manifestsDone = 0;
  private configsTotal = 0;
  private configsDone = 0;

  constructor(
    private readonly builder: FollowingBuilder,
    private readonly progress: Progress,
  ) {}

  addTasks(tasks: readonly Task[]): void {
    this.queue.push(...tasks);
  }

  addRepositories(repositories: readonly RepositoryTask[]): void {
    this.repositoriesTotal = repositories.length;
    this.progress.start('Reading repositories', 'repositories', repositories.length);
    for (const piece of pieces(repositories, REPOSITORIES_PER_TASK)) {
      this.queue.push({ kind: 'repositories', repositories: piece });
    }
  }

  /** Configs to be read for when their images were created; of what is not stored nothing is asked of the disk. */
  addConfigs(ids: readonly DigestId[]): void {
    for (const id of ids) if (!this.builder.isStored(id)) this.builder.config(id, NaN);
    const stored = ids.filter((id) => this.builder.isStored(id));
    this.configsTotal = stored.length;
    this.progress.start('Reading configs', 'configs', stored.length);
    for (const piece of pieces(stored, MANIFESTS_PER_TASK)) {
      this.queue.push({ kind: 'configs', digests: packDigests(this.builder.digests, piece) });
    }
  }

  next(): Task | undefined {
    const task = this.queue[this.given];
    if (task === undefined) {
      this.queue.length = 0;
      this.given = 0;
    } else {
      this.given++;
    }
    return task;
  }

  take(task: Task, result: TaskResult): void {
    playBack(result.packet, this.builder.digests, this.builder);
    this.queue.push(...result.more);
    if (this.builder.waiting >= MANIFESTS_PER_TASK) this.addManifests(this.builder.takeManifests(), false);
    this.tell(task);
  }

  idle(): void {
    this.addManifests(this.builder.takeManifests(), false);
    this.addManifests(this.builder.takeCandidates(), true);
    this.addManifests(this.builder.takeManifests(), false);
  }

  private addManifests(ids: readonly DigestId[], candidates: boolean): void {
    this.manifestsTotal += ids.length;
    for (const piece of pieces(ids, MANIFESTS_PER_TASK)) {
      const known = this.builder.knownFiles(piece, candidates);
      this.queue.push({ kind: 'manifests', digests: packDigests(this.builder.digests, piece), candidates, known });
    }
  }

  /** Repositories first, whose number is known; then manifests, whose number grows as they name others. */
  private tell(task: Task): void {
    if (task.kind === 'repositories') {
      this.repositoriesDone += task.repositories.length;
      this.progress.update(this.repositoriesDone, this.repositoriesTotal);
    } else if (task.kind === 'manifests') {
      if (this.manifestsDone === 0) this.progress.start('Reading manifests', 'manifests', this.manifestsTotal);
      this.manifestsDone = Math.min(this.manifestsDone + MANIFESTS_PER_TASK, this.manifestsTotal);
      this.progress.update(this.manifestsDone, this.manifestsTotal);
    } else if (task.kind === 'configs') {
      this.configsDone = Math.min(this.configsDone + MANIFESTS_PER_TASK, this.configsTotal);
      this.progress.update(this.configsDone, this.configsTotal);
    }
  }
}
