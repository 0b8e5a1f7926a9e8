import type { Digest } from '../layout/digest.ts';

/** The forms of manifest that the registry has ever stored. `unknown` keeps whatever looks like a digest in it. */
export type ManifestKind = 'image' | 'index' | 'schema1' | 'artifact' | 'unknown';

/**
 * What a reference points to. `child` is to be read as a manifest, `blob` never is (a layer-like entry of an index,
 * an artifact's blob), `candidate` (of an unknown document) is read as a manifest if it turns out to be one.
 */
export type ReferenceKind = 'config' | 'layer' | 'child' | 'blob' | 'candidate';

/**
 * One descriptor, in the order of the document; the same digest may come twice. Millions are made: what is absent is
 * `undefined`, so that all have one shape.
 */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly digest: Digest;
  /** The size that the descriptor states, in bytes; absent where it states none, or none that can be true. */
  readonly bytes: number | undefined;
  /**
   * The blob may rightly be absent here: a foreign or non-distributable layer, one with `urls`, or one in a field that is not of
   * this form of manifest.
   */
  readonly foreign: true | undefined;
  /** `os/architecture[/variant]` of an index's entry. */
  readonly platform: string | undefined;
  readonly mediaType: string | undefined;
}

export interface Manifest {
  readonly kind: ManifestKind;
  /** As the document states it, or as its form implies; empty where neither does. */
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly references: readonly Reference[];
  /** What this manifest is about: never kept by it, but keeps it (`subject`). */
  readonly subject?: Digest;
  /**
   * When it was created, as the document itself says (its annotation, schema 1's history), epoch milliseconds; absent where it
   * does not. What an image's config says is not known here.
   */
  readonly created?: number;
}

/** Why a document is no manifest. `truncated`: JSON that ends early, or nothing at all. `unreadable`: anything else. */
export type ManifestFailure = 'truncated' | 'unreadable';

export type ParsedManifest =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly failure: ManifestFailure; readonly message: string };

/** The registry refuses larger ones (distribution, `registry/handlers/manifests.go`, `maxManifestBodySize`). */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
