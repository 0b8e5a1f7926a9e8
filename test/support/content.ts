/** Bytes with a true digest: what blobs, layers, configs and manifests of tests are made of. Same seed, same bytes. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { digestOf, type Digest } from '../../src/layout/digest.ts';

/** Bytes, and the name that a registry knows them by. */
export interface Content {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** A layer as a client pushes it: a gzip'd tar. */
export interface Layer {
  readonly digest: Digest;
  readonly bytes: Buffer;
  /** The digest of the tar inside (OCI image-spec, config.md, `rootfs.diff_ids`). */
  readonly diffId: Digest;
  /** A foreign layer: where else it can be had. The registry itself need not hold it. */
  readonly urls?: readonly string[];
}

/** The digest of `bytes`, sha256 unless said otherwise. */
export function digestBytes(bytes: Uint8Array, algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256'): Digest {
  const digest = digestOf(algorithm, createHash(algorithm).update(bytes).digest('hex'));
  if (digest === undefined) throw new Error(`no ${algorithm} digest`);
  return digest;
}

/** `length` bytes that do not compress, the same ones for the same seed. */
export function seededBytes(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let made = 0; made < length; made += 32) {
    parts.push(createHash('sha256').update(`${seed}/${made}`).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** A layer that holds one file of `bytes` bytes; compressed, it is about 150 bytes larger. */
export function layer(seed: string, bytes = 200): Layer {
  const tar = tarOf(seed, seededBytes(seed, bytes));
  const compressed = gzipSync(tar, { level: 9 });
  return { digest: digestBytes(compressed), bytes: compressed, diffId: digestBytes(tar) };
}

/** A layer that the registry is only told of (Docker "foreign", OCI "non-distributable"). */
export function foreignLayer(seed: string, bytes = 200): Layer {
  return { ...layer(seed, bytes), urls: [`https://layers.example/${encodeURIComponent(seed)}`] };
}

const TAR_BLOCK = 512;

/** A POSIX ustar archive of one file, with neither times nor owners (POSIX.1-1988, "ustar Interchange Format"). */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  header.write(name.slice(0, 100), 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((TAR_BLOCK - (content.length % TAR_BLOCK)) % TAR_BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * TAR_BLOCK)]);
}
