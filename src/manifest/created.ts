/** When an image was created, as its documents say, in epoch milliseconds; NaN where they do not, or not as a time. */
import { isObject } from './descriptor.ts';
import { readJson } from './json.ts';

/**
 * RFC 3339, section 5.6, as Go reads and writes it (OCI image-spec, config.md, "created"; Docker image spec 1.2). No more is
 * taken: `Date.parse` would read other forms, too, each engine its own.
 */
const RFC_3339 =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,20})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** OCI image-spec, annotations.md. */
const CREATED_ANNOTATION = 'org.opencontainers.image.created';

/** What an image's config says. `bytes` may be anything, but for their number, which the caller has bounded. */
export function createdOfConfig(bytes: Uint8Array): number {
  const json = readJson(bytes);
  return json.ok ? createdField(json.value) : NaN;
}

/** What a manifest says of itself by its annotation; the labels of a config are not asked, which a base image hands down. */
export function createdOfAnnotations(annotations: unknown): number {
  if (!isObject(annotations)) return NaN;
  return parseTime((annotations as Readonly<Record<string, unknown>>)[CREATED_ANNOTATION]);
}

/**
 * What schema 1 says by its history, a config of Docker 1.9 and before for each layer, the newest first (distribution,
 * `docs/spec/manifest-v2-1.md`, "history").
 */
export function createdOfHistory(history: unknown): number {
  const newest: unknown = Array.isArray(history) ? history[0] : undefined;
  if (!isObject(newest)) return NaN;
  const { v1Compatibility }: { readonly v1Compatibility?: unknown } = newest;
  return typeof v1Compatibility === 'string' ? createdOfConfig(Buffer.from(v1Compatibility)) : NaN;
}

function createdField(value: unknown): number {
  if (!isObject(value)) return NaN;
  const { created }: { readonly created?: unknown } = value;
  return parseTime(created);
}

function parseTime(text: unknown): number {
  const date = typeof text === 'string' ? RFC_3339.exec(text)?.[1] : undefined;
  if (typeof text !== 'string' || date === undefined) return NaN;
  // 31 February would be read as a day in March.
  const day = Date.parse(date);
  return Number.isNaN(day) || !new Date(day).toISOString().startsWith(date) ? NaN : Date.parse(text);
}
