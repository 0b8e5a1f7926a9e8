/**
 * Whether the images that a run took can be whole again: all that their manifests name is on the volume, in the trash of the
 * run or of a later one, or was not there when the run was made.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { DigestTable, type DigestId } from '../inventory/digest-table.ts';
import type { Digest } from '../layout/digest.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { MAX_MANIFEST_BYTES, type Reference } from '../manifest/model.ts';
import { parseManifest } from '../manifest/parse.ts';
import { at, Column, groupRows } from '../shared/columns.ts';
import type { Places, Whereabouts } from './whereabouts.ts';

const NOT_BROKEN = -1;
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export class Images {
  private readonly digests = new DigestTable();
  private readonly where: Whereabouts[] = [];
  private readonly from = new Column(Uint32Array);
  private readonly to = new Column(Uint32Array);
  private readonly roots = new Set<DigestId>();
  private readonly read = new Set<DigestId>();
  private readonly lost = new Set<DigestId>();
  /** Of each digest what it lacks, or `NOT_BROKEN`; absent until it is asked for. */
  private broken: Int32Array | undefined;
  private kept: Uint8Array | undefined;
  private edges: Edges | undefined;

  /** `absent`: what was not there when the run was made. */
  constructor(
    private readonly places: Places,
    private readonly absent: ReadonlySet<Digest>,
  ) {}

  /** A manifest that is to be served again. Reads it with all manifests that it names. */
  add(digest: Digest): void {
    this.forget();
    const open: Pick<Reference, 'kind' | 'digest'>[] = [{ kind: 'child', digest }];
    this.roots.add(this.locate(digest));
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const id = this.locate(next.digest);
      if (this.read.has(id)) continue;
      this.read.add(id);
      for (const reference of this.referencesOf(next)) {
        const target = this.locate(reference.digest, reference.foreign === true);
        this.from.push(id);
        this.to.push(target);
        if (reference.kind === 'child' || reference.kind === 'candidate') open.push(reference);
      }
    }
  }

  /** A blob that a link is to serve again, where it is of no image that was added before. */
  addBlob(digest: Digest): void {
    if (this.digests.find(digest) !== undefined) return;
    this.forget();
    this.roots.add(this.locate(digest));
  }

  /** It could not be brought back after all: neither is whatever needs it. */
  lose(digest: Digest): void {
    this.lost.add(this.locate(digest));
    this.forget();
  }

  /** What an image lacks; `undefined` where it is whole. */
  lacks(digest: Digest): Digest | undefined {
    const id = this.digests.find(digest);
    const missing = id === undefined ? NOT_BROKEN : (this.brokenBy()[id] ?? NOT_BROKEN);
    return missing === NOT_BROKEN ? undefined : this.digests.digest(missing);
  }

  /** Whether only images that are not whole need this. */
  isForBroken(digest: Digest): boolean {
    const id = this.digests.find(digest);
    return id !== undefined && this.keptByWhole()[id] === 0;
  }

  /** What an image reaches, itself included. */
  reach(digest: Digest): readonly Digest[] {
    const id = this.digests.find(digest);
    if (id === undefined) return [];
    const found = new Set<DigestId>();
    this.spread([id], this.references(), (one) => {
      if (found.has(one)) return false;
      found.add(one);
      return true;
    });
    return [...found].map((one) => this.digests.digest(one));
  }

  /** What whole images need, and a later run took. */
  takenLater(): readonly Digest[] {
    const kept = this.keptByWhole();
    return [...kept.keys()]
      .filter((id) => kept[id] === 1 && this.where[id] === 'later')
      .map((id) => this.digests.digest(id));
  }

  private forget(): void {
    this.broken = undefined;
    this.kept = undefined;
    this.edges = undefined;
  }

  private locate(digest: Digest, foreign = false): DigestId {
    const id = this.digests.intern(digest);
    if (id < this.where.length) return id;
    this.where.push(this.places.ofBlob(digest).where);
    if (this.where[id] === undefined && !foreign && !this.absent.has(digest)) this.lost.add(id);
    return id;
  }

  /**
   * None where it is not what its digest says: it was so when it went, and nothing is asked of it. None of a candidate
   * that does not say that it is a manifest, as the scan has it.
   */
  private referencesOf({ kind, digest }: Pick<Reference, 'kind' | 'digest'>): readonly Reference[] {
    const { data } = this.places.ofBlob(digest);
    const content = data === undefined ? undefined : readBounded(data);
    if (content === undefined || matchesDigest(content, digest) === false) return [];
    const parsed = parseManifest(content);
    if (!parsed.ok) return [];
    const { manifest } = parsed;
    return kind === 'candidate' && manifest.kind === 'unknown' && manifest.mediaType === '' ? [] : manifest.references;
  }

  private brokenBy(): Int32Array {
    if (this.broken !== undefined) return this.broken;
    const broken = new Int32Array(this.digests.size).fill(NOT_BROKEN);
    const users = groupRows(this.to.view(), this.digests.size);
    for (const missing of this.lost) {
      this.spread([missing], { start: users.start, target: users.order.map((row) => this.from.at(row)) }, (id) => {
        if (broken[id] !== NOT_BROKEN) return false;
        broken[id] = missing;
        return true;
      });
    }
    this.broken = broken;
    return broken;
  }

  private keptByWhole(): Uint8Array {
    if (this.kept !== undefined) return this.kept;
    const broken = this.brokenBy();
    const kept = new Uint8Array(this.digests.size);
    const whole = [...this.roots].filter((id) => broken[id] === NOT_BROKEN);
    this.spread(whole, this.references(), (id) => {
      if (kept[id] === 1) return false;
      kept[id] = 1;
      return true;
    });
    this.kept = kept;
    return kept;
  }

  private references(): Edges {
    if (this.edges !== undefined) return this.edges;
    const groups = groupRows(this.from.view(), this.digests.size);
    this.edges = { start: groups.start, target: groups.order.map((row) => this.to.at(row)) };
    return this.edges;
  }

  private spread(roots: readonly DigestId[], { start, target }: Edges, enter: (id: DigestId) => boolean): void {
    const open = [...roots];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (!enter(id)) continue;
      for (let edge = at(start, id); edge < at(start, id + 1); edge++) open.push(at(target, edge));
    }
  }
}

interface Edges {
  readonly start: Uint32Array;
  readonly target: Uint32Array;
}

function readBounded(path: string): Buffer | undefined {
  const file = openSync(path, OPEN_FLAGS);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > MAX_MANIFEST_BYTES) return undefined;
    const content = Buffer.allocUnsafe(stats.size);
    let filled = 0;
    while (filled < content.length) {
      const got = readSync(file, content, filled, content.length - filled, null);
      if (got === 0) return undefined;
      filled += got;
    }
    return content;
  } finally {
    closeSync(file);
  }
}
