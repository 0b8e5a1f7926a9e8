/** Stats a list of files by many hands. */
import type { DigestId, DigestTable } from '../inventory/digest-table.ts';
import type { StatedFile } from '../inventory/link-columns.ts';
import type { Digest } from '../layout/digest.ts';
import { blobData, layerLink, tagIndexEntryLink } from '../layout/paths.ts';
import { Column, itemAt } from '../shared/columns.ts';
import type { Progress } from '../shared/progress.ts';
import { PacketReader, PacketWriter } from './packet.ts';
import type { Work } from './in-order.ts';
import type { Task, TaskResult } from './tasks.ts';
import type { Disk } from './disk.ts';
import { runAll, type Steps } from './steps.ts';
import type { Stated } from './volume.ts';

/** Files that could go, which lie side by side. They travel as what they are: a path is six times as long. */
export interface FileGroup {
  readonly kind: FileKind;
  /** Of links; empty for blobs. */
  readonly repository: string;
  /** Of entries of a tag's history; else empty. */
  readonly tag: string;
  readonly digests: readonly DigestId[];
}

const FILE_KINDS = ['blob', 'layer-link', 'tag-index-entry'] as const;
type FileKind = (typeof FILE_KINDS)[number];
const BLOB = FILE_KINDS.indexOf('blob');
const LAYER_LINK = FILE_KINDS.indexOf('layer-link');

const FILES_PER_TASK = 512;

/** The outcome of a stat. */
const STATE_FOUND = 0;
const STATE_THROUGH_LINK = 1;
const STATE_MISSING = 2;
const STATE_FAILED = 3;

/** What came of one stat. */
export interface FileOutcome {
  /** `undefined` where there is no regular file. */
  readonly file: StatedFile | undefined;
  readonly throughLink: boolean;
  /** There is nothing at all in its place. */
  readonly missing: boolean;
}

/** What came of the stats, in columns: one row for each file, in their order. */
export class FileOutcomes {
  private readonly outcome: Column<Uint8Array> = new Column(Uint8Array);
  private readonly bytes: Column<Float64Array> = new Column(Float64Array);
  private readonly diskBytes: Column<Float64Array> = new Column(Float64Array);
  private readonly time: Column<Float64Array> = new Column(Float64Array);

  get length(): number {
    return this.outcome.length;
  }

  /** Adds what `readStates` found. */
  add(packet: Uint32Array): void {
    const reader = new PacketReader(packet);
    while (!reader.atEnd) {
      const outcome = reader.u32();
      const found = outcome === STATE_FOUND || outcome === STATE_THROUGH_LINK;
      this.outcome.push(outcome);
      this.bytes.push(found ? reader.f64() : NaN);
      this.diskBytes.push(found ? reader.f64() : NaN);
      this.time.push(found ? reader.f64() : NaN);
    }
  }

  /** What the stat of file `row` said. */
  at(row: number): FileOutcome {
    const outcome = this.outcome.at(row);
    const found = outcome <= STATE_THROUGH_LINK;
    return {
      file: found
        ? { bytes: this.bytes.at(row), diskBytes: this.diskBytes.at(row), time: this.time.at(row) }
        : undefined,
      throughLink: outcome === STATE_THROUGH_LINK,
      missing: outcome === STATE_MISSING,
    };
  }
}

export class StateReader implements Work {
  /** One for each file, in their order, once the work is done. */
  readonly outcomes = new FileOutcomes();
  /** The group that is given out, and how many of its files are. */
  private group = 0;
  private given = 0;

  /** `total`: how many files there are. */
  constructor(
    private readonly groups: readonly FileGroup[],
    private readonly total: number,
    private readonly table: DigestTable,
    private readonly progress: Progress,
  ) {
    if (total > 0) progress.start('Measuring what could go', 'files', total);
  }

  next(): Task | undefined {
    const writer = new PacketWriter();
    let room = FILES_PER_TASK;
    for (let group = this.groups[this.group]; group !== undefined && room > 0; group = this.groups[this.group]) {
      const end = Math.min(group.digests.length, this.given + room);
      packGroup(writer, this.table, group, this.given, end);
      room -= end - this.given;
      this.given = end;
      if (end < group.digests.length) break;
      this.group++;
      this.given = 0;
    }
    return room === FILES_PER_TASK ? undefined : { kind: 'states', files: writer.take() };
  }

  take(_task: Task, result: TaskResult): void {
    this.outcomes.add(result.packet);
    this.progress.update(this.outcomes.length, this.total);
  }

  idle(): void {
    // Every file was known from the beginning: nothing is kept back.
  }
}

function packGroup(writer: PacketWriter, table: DigestTable, group: FileGroup, from: number, end: number): void {
  writer.u32(FILE_KINDS.indexOf(group.kind));
  writer.word(group.repository);
  writer.word(group.tag);
  writer.u32(end - from);
  for (let index = from; index < end; index++) writer.digestOf(table, itemAt(group.digests, index));
}

function pathOf(kind: number, repository: string, tag: string, digest: Digest): string {
  if (kind === BLOB) return blobData(digest);
  return kind === LAYER_LINK ? layerLink(repository, digest) : tagIndexEntryLink(repository, tag, digest);
}

/** Stats the files of a task: of each the outcome, and of what is there bytes, allocated bytes and time. */
export function* readStates(files: Uint32Array, disk: Disk): Steps<Uint32Array<ArrayBuffer>> {
  const paths = pathsOf(files);
  const packet = new PacketWriter();
  if (disk.answersLater) {
    for (const stated of yield* runAll(paths, (path) => disk.state(path))) writeState(packet, stated);
  } else {
    for (const path of paths) writeState(packet, yield* disk.state(path));
  }
  return packet.take();
}

function pathsOf(files: Uint32Array): readonly string[] {
  const reader = new PacketReader(files);
  const paths: string[] = [];
  while (!reader.atEnd) {
    const kind = reader.u32();
    const repository = reader.word();
    const tag = reader.word();
    for (let left = reader.u32(); left > 0; left--) {
      const digest = reader.digest();
      if (digest === undefined) throw new RangeError('a file to stat lacks its digest');
      paths.push(pathOf(kind, repository, tag, digest));
    }
  }
  return paths;
}

function writeState(packet: PacketWriter, stated: Stated): void {
  if (!stated.ok) {
    packet.u32(stated.missing ? STATE_MISSING : STATE_FAILED);
    return;
  }
  packet.u32(stated.state.throughLink ? STATE_THROUGH_LINK : STATE_FOUND);
  packet.f64(stated.state.bytes);
  packet.f64(stated.state.diskBytes);
  packet.f64(stated.state.time);
}
