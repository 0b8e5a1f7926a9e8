import { hash } from 'node:crypto';
import { digestOf, type Digest } from '../../src/layout/digest.ts';
import type { Described, DescribedLayer } from './documents.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { Volume } from './volume.ts';

/** A blob that is on the volume, with its id in the ledger. */
export interface Stored extends Described {
  readonly id: number;
}
export interface StoredLayer extends Stored, DescribedLayer {}

/** A log-normal distribution of apparent sizes. */
export interface LayerSizes {
  readonly medianBytes: number;
  readonly sigma: number;
}

export interface BlobStore {
  /** A layer that takes no space; its digest is a pseudo-random name, since its content is a hole. */
  readonly layer: (sizes: LayerSizes, random: Random, time: number) => StoredLayer;
  /** A manifest or a config: its digest is the digest of its content. */
  readonly document: (content: string, time: number) => Stored;
  /** The digest of a blob that is not on the volume, as an earlier collection leaves it behind in links. */
  readonly collected: () => Digest;
}

/** An empty gzip archive and a layer at the limit of what people push. */
const MIN_LAYER_BYTES = 32;
const MAX_LAYER_BYTES = 2 * 1024 ** 3;

function sha256(content: string): Digest {
  const digest = digestOf('sha256', hash('sha256', content, 'hex'));
  if (digest === undefined) throw new Error('SHA-256 gave no digest');
  return digest;
}

export function createBlobStore(volume: Volume, ledger: Ledger, seed: number): BlobStore {
  let named = 0;
  const name = (kind: string): Digest => {
    named += 1;
    return sha256(`${kind} ${seed} ${named}`);
  };
  return {
    layer: (sizes, random, time) => {
      const drawn = Math.round(random.logNormal(sizes.medianBytes, sizes.sigma));
      const bytes = Math.max(MIN_LAYER_BYTES, Math.min(drawn, MAX_LAYER_BYTES));
      const digest = name('layer');
      volume.sparseBlob(digest, bytes, time);
      return { id: ledger.enter(bytes), digest, bytes, diffId: name('diff') };
    },
    document: (content, time) => {
      const digest = sha256(content);
      volume.blob(digest, content, time);
      const bytes = Buffer.byteLength(content);
      return { id: ledger.enter(bytes), digest, bytes };
    },
    collected: () => name('collected'),
  };
}
