/**
 * What one deletion frees. Totals of a plan and the actions of a plan file both ask here, so that they cannot disagree.
 * Sizes are bytes: apparent, and allocated on disk. A folder counts as an inode without bytes.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STATED, NONE, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { known } from './figures.ts';

export interface Size {
  readonly bytes: number;
  readonly diskBytes: number;
  /** Files and folders. */
  readonly inodes: number;
}

/** A blob is its folder and its `data`, a link its folder and its file. */
const INODES_OF_PAIR = 2;
/** The folder of a tag, `current` and `index`, and the algorithm below that. */
const INODES_OF_TAG = 4;
/** `signatures` and the algorithm below it. */
const INODES_OF_SIGNATURES = 2;
/** `sha256:` and 64 digits. */
const SHA256_LINK_BYTES = 71;
const NOTHING: Size = { bytes: 0, diskBytes: 0, inodes: 0 };

export class Sizes {
  /** By revision row: all its signatures with the folders above them. */
  private readonly signatures = new Map<number, Size>();

  constructor(private readonly inventory: Inventory) {
    const { revision } = inventory.signatureLinks;
    for (let row = 0; row < revision.length; row++) {
      const before = this.signatures.get(at(revision, row)) ?? { ...NOTHING, inodes: INODES_OF_SIGNATURES };
      this.signatures.set(at(revision, row), sum(before, this.signatureLink(row)));
    }
  }

  /** A tag with all its history. Its `current/link` takes what the link in its history takes that says the same. */
  tag(row: number): Size {
    const { tags, tagIndexEntries } = this.inventory;
    const current = at(tags.current, row);
    const history = rowsOf(tagIndexEntries.byTag, row);
    const twin = history.find((entry) => at(tagIndexEntries.digest, entry) === current);
    const diskBytes = twin === undefined ? NaN : numberAt(tagIndexEntries.diskBytes, twin);
    const link = current === NONE ? NOTHING : this.link(current, diskBytes);
    let size = { ...link, inodes: INODES_OF_TAG + (current === NONE ? 0 : 1) };
    for (const entry of history) size = sum(size, this.tagIndexEntry(entry));
    return size;
  }

  tagIndexEntry(row: number): Size {
    const { digest, diskBytes } = this.inventory.tagIndexEntries;
    return this.link(at(digest, row), numberAt(diskBytes, row));
  }

  /** A revision with its signatures. */
  revision(row: number): Size {
    const { digest, diskBytes } = this.inventory.revisions;
    return sum(this.link(at(digest, row), numberAt(diskBytes, row)), this.signatures.get(row) ?? NOTHING);
  }

  signatureLink(row: number): Size {
    const { digest, diskBytes } = this.inventory.signatureLinks;
    return this.link(at(digest, row), numberAt(diskBytes, row));
  }

  layerLink(row: number): Size {
    const { digest, diskBytes } = this.inventory.layerLinks;
    return this.link(at(digest, row), numberAt(diskBytes, row));
  }

  blob(id: DigestId): Size {
    const { flags, bytes, diskBytes } = this.inventory.blobs;
    const stated = (flagAt(flags, id) & BLOB_STATED) !== 0;
    return {
      bytes: known(numberAt(bytes, id)),
      diskBytes: stated ? known(numberAt(diskBytes, id)) : 0,
      inodes: INODES_OF_PAIR,
    };
  }

  upload(index: number): Size {
    return this.inventory.uploads[index] ?? NOTHING;
  }

  strayFile(index: number): Size {
    const stray = this.inventory.strayFiles[index];
    return stray === undefined ? NOTHING : { bytes: stray.bytes, diskBytes: stray.diskBytes, inodes: 1 };
  }

  emptyFolder(): Size {
    return { ...NOTHING, inodes: 1 };
  }

  /** A link is the digest and nothing else. */
  private link(id: DigestId, diskBytes: number): Size {
    const { digests } = this.inventory;
    const bytes = digests.isSha256(id) ? SHA256_LINK_BYTES : digests.digest(id).length;
    return { bytes, diskBytes: known(diskBytes), inodes: INODES_OF_PAIR };
  }
}

function sum(a: Size, b: Size): Size {
  return { bytes: a.bytes + b.bytes, diskBytes: a.diskBytes + b.diskBytes, inodes: a.inodes + b.inodes };
}
