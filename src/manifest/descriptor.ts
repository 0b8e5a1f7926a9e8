/**
 * Descriptors (OCI image-spec, `descriptor.md`) to references. Only the digest decides whether one is well-formed:
 * whatever else is wrong in it is left out, and its target is kept all the same.
 */
import { parseDigest, type Digest } from '../layout/digest.ts';
import { entryKind, isForeignLayer } from './media-types.ts';
import type { Reference, ReferenceKind } from './model.ts';

interface RawDescriptor {
  readonly digest?: unknown;
  readonly size?: unknown;
  readonly mediaType?: unknown;
  readonly urls?: unknown;
  readonly platform?: unknown;
}

interface RawPlatform {
  readonly os?: unknown;
  readonly architecture?: unknown;
  readonly variant?: unknown;
}

/** A JSON object: neither `null` nor a list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The digest that a descriptor names; `undefined` where it names none, or two by fields that differ in case alone. */
export function descriptorDigest(raw: unknown): Digest | undefined {
  return isObject(raw) ? digestField(raw, 'digest', (raw as RawDescriptor).digest) : undefined;
}

/** The reference that a descriptor makes, or `undefined`. Entries of an index get their kind from their media type. */
export function readDescriptor(raw: unknown, kind: ReferenceKind | 'entry'): Reference | undefined {
  const digest = descriptorDigest(raw);
  if (digest === undefined) return undefined;
  const { size, mediaType, urls, platform } = raw as RawDescriptor;
  const type = typeof mediaType === 'string' && mediaType !== '' ? mediaType : undefined;
  const foreign = (Array.isArray(urls) && urls.length > 0) || (type !== undefined && isForeignLayer(type));
  return {
    kind: kind === 'entry' ? entryKind(type) : kind,
    digest,
    bytes: statedBytes(size),
    foreign: foreign ? true : undefined,
    platform: kind === 'entry' ? platformName(platform) : undefined,
    mediaType: type,
  };
}

/** A reference of which nothing but the digest is known. */
export function bareReference(kind: ReferenceKind, digest: Digest): Reference {
  return { kind, digest, bytes: undefined, foreign: undefined, platform: undefined, mediaType: undefined };
}

/** An entry of schema 1's `fsLayers` (distribution, `manifest/schema1/manifest.go`, `FSLayer`): it states no size. */
export function readFsLayer(raw: unknown): Reference | undefined {
  if (!isObject(raw)) return undefined;
  const digest = digestField(raw, 'blobSum', (raw as { readonly blobSum?: unknown }).blobSum);
  return digest === undefined ? undefined : bareReference('layer', digest);
}

/** A size in bytes, where it can be one. */
export function statedBytes(size: unknown): number | undefined {
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

/**
 * The name of a field as Go's `encoding/json`, with which the registry and its clients read, compares it: without regard
 * to case. The two steps also fold the long s and the Kelvin sign, as it does.
 */
export function foldedName(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** A second field whose name differs in case alone may be the one that others read: then the descriptor is not clear. */
function digestField(raw: object, name: string, value: unknown): Digest | undefined {
  if (typeof value !== 'string') return undefined;
  for (const key in raw) {
    if (key.length === name.length && key !== name && foldedName(key) === name.toLowerCase()) return undefined;
  }
  return parseDigest(value);
}

function platformName(platform: unknown): string | undefined {
  if (!isObject(platform)) return undefined;
  const { os, architecture, variant } = platform as RawPlatform;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  const name = `${os}/${architecture}`;
  return typeof variant === 'string' && variant !== '' ? `${name}/${variant}` : name;
}
