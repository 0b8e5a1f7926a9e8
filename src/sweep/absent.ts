/** What was not there already when a run was made: restoring cannot ask for it. */
import { lstatSync, openSync, closeSync, fsyncSync, readFileSync, writeFileSync } from 'node:fs';
import type { Action } from '../gc/action.ts';
import type { Graph } from '../gc/graph.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { parseDigest, type Digest } from '../layout/digest.ts';
import { at, flagAt } from '../shared/columns.ts';

/** Finds the digests that what goes reaches and that no blob is stored under. Linear in what it reaches. */
export class AbsentFinder {
  private readonly seen: Uint8Array;
  private readonly absent: DigestId[] = [];

  constructor(
    private readonly inventory: Inventory,
    private readonly graph: Graph,
    /** Whether a blob is there: of what stays, a scan may have seen no more than its folder. */
    private readonly isThere: (digest: Digest) => boolean,
  ) {
    this.seen = new Uint8Array(graph.nodes);
  }

  add(action: Action): void {
    const root =
      action.refersTo ?? (action.digest === undefined ? undefined : this.inventory.digests.find(action.digest));
    if (root === undefined || this.seen[root] === 1) return;
    const { start, target } = this.graph.references;
    const open: DigestId[] = [root];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (this.seen[id] === 1) continue;
      this.seen[id] = 1;
      if (this.isAbsent(id)) this.absent.push(id);
      for (let edge = at(start, id); edge < at(start, id + 1); edge++) open.push(at(target, edge));
    }
  }

  private isAbsent(id: DigestId): boolean {
    const flags = flagAt(this.inventory.blobs.flags, id);
    if ((flags & BLOB_STORED) === 0) return true;
    return (flags & BLOB_STATED) === 0 && !this.isThere(this.inventory.digests.digest(id));
  }

  digests(): readonly Digest[] {
    return this.absent.map((id) => this.inventory.digests.digest(id)).sort();
  }
}

/** One digest a line, durable. Throws the errors of `fs`. */
export function writeAbsent(path: string, digests: readonly Digest[]): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, digests.map((digest) => `${digest}\n`).join(''));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** None where there is no such file. */
export function readAbsent(path: string): ReadonlySet<Digest> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return new Set();
  const lines = readFileSync(path, 'utf8').split('\n');
  return new Set(lines.map(parseDigest).filter((digest) => digest !== undefined));
}
