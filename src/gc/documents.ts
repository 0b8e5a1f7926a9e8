/** What documents name, digest by digest: one may have been read twice, and a digest may stand for another. */
import type { DigestId } from '../inventory/digest-table.ts';
import { CANDIDATE, CHILD, NONE, type Inventory, type Manifests } from '../inventory/inventory.ts';
import { at, flagAt } from '../shared/columns.ts';
import { aliasTargets } from './mark.ts';

/** No row, and the end of a chain of rows. */
const NO_ROW = -1;

export class Documents {
  /** By digest the last row of `manifests` that is about it. */
  private readonly row: Int32Array;
  private readonly rowBefore: Int32Array;
  private readonly standsFor: ReadonlyMap<DigestId, readonly DigestId[]>;

  constructor(private readonly inventory: Inventory) {
    const { digests, manifests } = inventory;
    this.row = new Int32Array(digests.size).fill(NO_ROW);
    this.rowBefore = new Int32Array(manifests.digest.length);
    for (let m = 0; m < manifests.digest.length; m++) {
      const id = at(manifests.digest, m);
      this.rowBefore[m] = at(this.row, id);
      this.row[id] = m;
    }
    this.standsFor = aliasTargets(inventory);
  }

  /** A row of `manifests` that is about it; `undefined`: it was not read as one. */
  rowOf(id: DigestId): number | undefined {
    const row = at(this.row, id);
    return row === NO_ROW ? undefined : row;
  }

  isDocument(id: DigestId): boolean {
    return at(this.row, id) !== NO_ROW || this.standsFor.has(id);
  }

  /** What it names, and what it stands for. */
  namedBy(id: DigestId): readonly DigestId[] {
    const { referenceStart, referenceTarget } = this.inventory.manifests;
    const named: DigestId[] = [];
    for (let row = at(this.row, id); row !== NO_ROW; row = at(this.rowBefore, row)) {
      const end = at(referenceStart, row + 1);
      for (let edge = at(referenceStart, row); edge < end; edge++) named.push(at(referenceTarget, edge));
    }
    for (const other of this.standsFor.get(id) ?? []) named.push(other);
    return named;
  }

  /** What it is about. */
  subjectsOf(id: DigestId): readonly DigestId[] {
    const { subject } = this.inventory.manifests;
    const subjects: DigestId[] = [];
    for (let row = at(this.row, id); row !== NO_ROW; row = at(this.rowBefore, row)) {
      if (at(subject, row) !== NONE) subjects.push(at(subject, row));
    }
    return subjects;
  }
}

/** What the document in a row of `manifests` names as a manifest, or as what may be one. */
export function childrenOf(
  { referenceStart, referenceKind, referenceTarget }: Manifests,
  row: number,
): readonly DigestId[] {
  const children: DigestId[] = [];
  for (let edge = at(referenceStart, row); edge < at(referenceStart, row + 1); edge++) {
    const kind = flagAt(referenceKind, edge);
    if (kind === CHILD || kind === CANDIDATE) children.push(at(referenceTarget, edge));
  }
  return children;
}
