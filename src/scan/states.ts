/** Stats a list of files by many hands. */
import type { DigestId, DigestTable } from '../inventory/digest-table.ts';
import type { StatedFile } from '../inventory/link-columns.ts';
import { blobData, layerLink, tagIndexEntryLink } from '../layout/paths.ts';
import type { Progress } from '../shared/progress.ts';
import { PacketReader, PacketWriter } from './packet.ts';
import type { Work } from './pool.ts';
import type { Task, TaskResult } from './tasks.ts';
import type { Stated, Volume } from './volume.ts';

/** A file that could go. It travels as what it is: its path is six times as long. */
export type FileToStat =
  | { readonly kind: 'blob'; readonly digest: DigestId }
  | { readonly kind: 'layer-link'; readonly digest: DigestId; readonly repository: string }
  | { readonly kind: 'tag-index-entry'; readonly digest: DigestId; readonly repository: string; readonly tag: string };

export type FileOutcome =
  | { readonly found: true; readonly file: StatedFile; readonly throughLink: boolean }
  | { readonly found: false; readonly missing: boolean };

const FILES_PER_TASK = 512;
const FILE_KINDS: readonly FileToStat['kind'][] = ['blob', 'layer-link', 'tag-index-entry'];
const BLOB = FILE_KINDS.indexOf('blob');
const LAYER_LINK = FILE_KINDS.indexOf('layer-link');

/** The outcome of a stat in the packet that comes back. */
const STATE_FOUND = 0;
const STATE_MISSING = 1;
const STATE_FAILED = 2;

export class StateReader implements Work {
  /** One for each file, in their order, once the work is done. */
  readonly outcomes: FileOutcome[] = [];
  private readonly files: Iterator<FileToStat>;

  /** `total`: how many files there are. */
  constructor(
    files: Iterable<FileToStat>,
    private readonly total: number,
    private readonly table: DigestTable,
    private readonly progress: Progress,
  ) {
    this.files = files[Symbol.iterator]();
    if (total > 0) progress.start('Measuring what could go', 'files', total);
  }

  next(): Task | undefined {
    const writer = new PacketWriter();
    let count = 0;
    for (; count < FILES_PER_TASK; count++) {
      const file = this.files.next();
      if (file.done === true) break;
      packFile(writer, this.table, file.value);
    }
    return count === 0 ? undefined : { kind: 'states', files: writer.take() };
  }

  take(_task: Task, result: TaskResult): void {
    const reader = new PacketReader(result.packet);
    while (!reader.atEnd) this.outcomes.push(readOutcome(reader));
    this.progress.update(this.outcomes.length, this.total);
  }

  idle(): void {
    // Every file was known from the beginning: nothing is kept back.
  }
}

function packFile(writer: PacketWriter, table: DigestTable, file: FileToStat): void {
  writer.u32(FILE_KINDS.indexOf(file.kind));
  writer.digestOf(table, file.digest);
  if (file.kind !== 'blob') writer.word(file.repository);
  if (file.kind === 'tag-index-entry') writer.word(file.tag);
}

function readPath(reader: PacketReader): string {
  const kind = reader.u32();
  const digest = reader.digest();
  if (digest === undefined) throw new RangeError('a file to stat lacks its digest');
  if (kind === BLOB) return blobData(digest);
  const repository = reader.word();
  return kind === LAYER_LINK ? layerLink(repository, digest) : tagIndexEntryLink(repository, reader.word(), digest);
}

function readOutcome(reader: PacketReader): FileOutcome {
  const outcome = reader.u32();
  if (outcome === STATE_MISSING || outcome === STATE_FAILED)
    return { found: false, missing: outcome === STATE_MISSING };
  if (outcome !== STATE_FOUND) throw new RangeError(`no outcome of a stat has number ${outcome}`);
  const file = { bytes: reader.f64(), diskBytes: reader.f64(), time: reader.f64() };
  return { found: true, file, throughLink: reader.u32() === 1 };
}

/** Stats the files of a task: of each the outcome, bytes, allocated bytes, time, and whether it is a symbolic link. */
export function readStates(files: Uint32Array, volume: Volume): Uint32Array<ArrayBuffer> {
  const reader = new PacketReader(files);
  const packet = new PacketWriter();
  while (!reader.atEnd) {
    const stated = volume.state(readPath(reader));
    packet.u32(outcomeOf(stated));
    if (!stated.ok) continue;
    packet.f64(stated.state.bytes);
    packet.f64(stated.state.diskBytes);
    packet.f64(stated.state.time);
    packet.u32(stated.state.throughLink ? 1 : 0);
  }
  return packet.take();
}

function outcomeOf(stated: Stated): number {
  if (stated.ok) return STATE_FOUND;
  return stated.missing ? STATE_MISSING : STATE_FAILED;
}
