/** Whatever looks like a digest in a document, for those whose form tells nothing, or that are in doubt. */
import { digestsInText, parseDigest, type Digest } from '../layout/digest.ts';
import { isObject } from './descriptor.ts';
import { readJson } from './json.ts';

/** Fields whose value is a digest by name; in others only registered algorithms count, as `name:tag` looks like one. */
const DIGEST_FIELDS: ReadonlySet<string> = new Set(['digest', 'blobSum']);

/** Gets each digest, and the object that has it as the value of a field; `undefined` for those in lists and names. */
export type DigestVisitor = (digest: Digest, holder: object | undefined, field: string | undefined) => void;

/**
 * Every digest that a document names, each once, in the order found; a superset of the references that `parseManifest`
 * finds. From JSON: all values and field names, with their escapes resolved; from any bytes at all: what the raw text
 * spells in a registered algorithm. Linear in time, and without recursion.
 */
export function digestsAnywhere(bytes: Uint8Array): readonly Digest[] {
  const found = new Set<Digest>();
  const json = readJson(bytes);
  if (json.ok) visitDigests(json.value, (digest) => found.add(digest));
  // Of a field that comes twice JSON.parse keeps the last value alone; the raw text still has the first.
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  for (const digest of digestsInText(raw)) found.add(digest);
  return [...found];
}

/** Visits the digests of a JSON value of any depth; what an object holds directly comes before what is deeper in it. */
export function visitDigests(root: unknown, visit: DigestVisitor): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      for (const digest of digestsInText(value)) visit(digest, undefined, undefined);
    } else if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at--) open.push(value[at]);
    } else if (isObject(value)) {
      visitObject(value, visit, open);
    }
  }
}

function visitObject(object: object, visit: DigestVisitor, open: unknown[]): void {
  const nested: unknown[] = [];
  for (const [field, value] of Object.entries(object) as [string, unknown][]) {
    for (const digest of digestsInText(field)) visit(digest, undefined, undefined);
    if (typeof value === 'string') {
      const whole = DIGEST_FIELDS.has(field) ? parseDigest(value) : undefined;
      for (const digest of whole === undefined ? digestsInText(value) : [whole]) visit(digest, object, field);
    } else {
      nested.push(value);
    }
  }
  for (const value of nested.reverse()) open.push(value);
}
