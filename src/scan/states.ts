/** Stats a list of files by many hands. */
import type { StatedFile } from '../inventory/builder.ts';
import type { Progress } from '../shared/progress.ts';
import { PacketReader } from './packet.ts';
import { STATE_FAILED, STATE_FOUND, STATE_MISSING } from './perform.ts';
import type { Work } from './pool.ts';
import type { Task, TaskResult } from './tasks.ts';

export type FileOutcome =
  { readonly found: true; readonly file: StatedFile } | { readonly found: false; readonly missing: boolean };

const PATHS_PER_TASK = 512;

export class StateReader implements Work {
  /** One for each path, in their order, once the work is done. */
  readonly outcomes: FileOutcome[] = [];
  private readonly paths: Iterator<string>;

  /** `total`: how many paths there are. */
  constructor(
    paths: Iterable<string>,
    private readonly total: number,
    private readonly progress: Progress,
  ) {
    this.paths = paths[Symbol.iterator]();
    if (total > 0) progress.start('Measuring what could go', 'files', total);
  }

  next(): Task | undefined {
    const paths: string[] = [];
    while (paths.length < PATHS_PER_TASK) {
      const path = this.paths.next();
      if (path.done === true) break;
      paths.push(path.value);
    }
    return paths.length === 0 ? undefined : { kind: 'states', paths };
  }

  take(_task: Task, result: TaskResult): void {
    const reader = new PacketReader(result.packet);
    while (!reader.atEnd) this.outcomes.push(readOutcome(reader));
    this.progress.update(this.outcomes.length, this.total);
  }

  idle(): void {
    // Every path was known from the beginning: nothing is kept back.
  }
}

function readOutcome(reader: PacketReader): FileOutcome {
  const outcome = reader.u8();
  if (outcome === STATE_MISSING || outcome === STATE_FAILED)
    return { found: false, missing: outcome === STATE_MISSING };
  if (outcome !== STATE_FOUND) throw new RangeError(`no outcome of a stat has number ${outcome}`);
  return { found: true, file: { bytes: reader.f64(), diskBytes: reader.f64(), time: reader.f64() } };
}
