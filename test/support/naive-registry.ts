/**
 * A registry as whoever has read the design and nothing else reads it from the files, with nothing of `src/`: slowly, and
 * without a thought for size. What could not be read is left out; that a scan knows better.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';

export interface NaiveLink {
  /** By its folder, and by its content where that is a digest, without white space around it. One of them at least. */
  readonly digests: readonly string[];
}

export interface NaiveTag {
  readonly name: string;
  /** `undefined` where there is no `current/link`. */
  readonly current: string | undefined;
  /** There is one, and it is no digest. */
  readonly isUncertain: boolean;
  readonly history: readonly NaiveLink[];
}

export interface NaiveRepository {
  readonly name: string;
  /** A legal name, and no symbolic link on the way. */
  readonly mayLose: boolean;
  readonly revisions: readonly NaiveLink[];
  readonly layers: readonly NaiveLink[];
  readonly tags: readonly NaiveTag[];
}

/** What a manifest names. */
export interface NaiveManifest {
  /** Named as manifests. */
  readonly children: readonly string[];
  /** Manifests if they turn out to be such. */
  readonly perhaps: readonly string[];
  readonly blobs: readonly string[];
  readonly subject: string | undefined;
}

const HEX: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const OWN_FOLDERS = ['_manifests', '_layers', '_uploads'];

/** The digest that a text is, or `undefined`. */
export function digestIn(text: string): string | undefined {
  const [algorithm = '', hex = '', more] = text.split(':');
  const isDigest = more === undefined && hex.length === HEX[algorithm] && /^[0-9a-f]+$/.test(hex);
  return isDigest ? text : undefined;
}

export class NaiveRegistry {
  readonly repositories: readonly NaiveRepository[];
  /** Of each digest under which a blob is linked the digest that the link says it is. */
  readonly aliases: ReadonlyMap<string, string>;
  private readonly v2: string;
  private readonly manifests = new Map<string, NaiveManifest | 'absent' | 'bad'>();

  /** `root` is the registry root. */
  constructor(root: string) {
    this.v2 = join(root, 'docker/registry/v2');
    const isMoved = ['docker', 'docker/registry', 'docker/registry/v2'].some((path) => isLink(join(root, path)));
    this.repositories = this.repositoriesBelow('', isMoved, []);
    const pairs = this.repositories.flatMap(({ layers }) => layers.map(({ digests }) => digests));
    this.aliases = new Map(pairs.flatMap(([path, content]) => (path && content ? [[path, content] as const] : [])));
  }

  has(digest: string): boolean {
    return isFile(this.data(digest));
  }

  /** `bad`: what its digest does not fit, what is no JSON object, and what names things that are no digests. */
  manifest(digest: string): NaiveManifest | 'absent' | 'bad' {
    const known = this.manifests.get(digest);
    if (known !== undefined) return known;
    const read = this.has(digest) ? manifestIn(digest, readFileSync(this.data(digest))) : 'absent';
    this.manifests.set(digest, read);
    return read;
  }

  private data(digest: string): string {
    const [algorithm = '', hex = ''] = digest.split(':');
    return join(this.v2, 'blobs', algorithm, hex.slice(0, 2), hex, 'data');
  }

  /** `above`: the real paths of the folders on the way, which may not come again. */
  private repositoriesBelow(name: string, isMoved: boolean, above: readonly string[]): readonly NaiveRepository[] {
    const folder = join(this.v2, 'repositories', name);
    const real = isFolder(folder) ? realpathSync(folder) : undefined;
    if (real === undefined || above.includes(real)) return [];
    const moved = isMoved || isLink(folder);
    const entries = namesIn(folder);
    const found = entries.some((entry) => OWN_FOLDERS.includes(entry)) ? [this.repository(name, folder, moved)] : [];
    for (const entry of entries) {
      if (OWN_FOLDERS.includes(entry) || entry === '.snapshot' || (name === '' && entry === 'lost+found')) continue;
      found.push(...this.repositoriesBelow(name === '' ? entry : `${name}/${entry}`, moved, [...above, real]));
    }
    return found;
  }

  private repository(name: string, folder: string, isMoved: boolean): NaiveRepository {
    const isLegal = NAME.test(name) && name.length <= 255;
    const tags = join(folder, '_manifests/tags');
    return {
      name,
      mayLose: isLegal && !isMoved,
      revisions: linksIn(join(folder, '_manifests/revisions')),
      layers: linksIn(join(folder, '_layers')),
      tags: namesIn(tags)
        .filter((tag) => isFolder(join(tags, tag)))
        .map((tag) => tagIn(join(tags, tag), tag)),
    };
  }
}

function tagIn(folder: string, name: string): NaiveTag {
  const link = join(folder, 'current/link');
  const content = contentOf(link);
  const current = digestIn(content.trim());
  const isUncertain = kindOf(link) !== undefined && digestIn(content) === undefined;
  return { name, current, isUncertain, history: linksIn(join(folder, 'index')) };
}

/** Where `link` stands, whatever it is. */
function linksIn(folder: string): readonly NaiveLink[] {
  return namesIn(folder).flatMap((algorithm) =>
    namesIn(join(folder, algorithm)).flatMap((hex) => {
      const path = digestIn(`${algorithm}:${hex}`);
      const link = join(folder, algorithm, hex, 'link');
      if (path === undefined || kindOf(link) === undefined) return [];
      const content = digestIn(contentOf(link).trim());
      return [{ digests: content === undefined || content === path ? [path] : [path, content] }];
    }),
  );
}

function manifestIn(digest: string, bytes: Buffer): NaiveManifest | 'bad' {
  const [algorithm = '', hex = ''] = digest.split(':');
  if (bytes.length > MAX_MANIFEST_BYTES) return 'bad';
  if (createHash(algorithm).update(bytes).digest('hex') !== hex) return 'bad';
  const document = parsed(bytes.toString('utf8'));
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return 'bad';
  const fields = document as Readonly<Record<string, unknown>>;
  const named = [
    ...entriesOf(fields['layers'], 'digest'),
    ...entriesOf(fields['blobs'], 'digest'),
    ...entriesOf(fields['fsLayers'], 'blobSum'),
    ...(fields['config'] === undefined ? [] : entriesOf([fields['config']], 'digest')),
  ];
  const listed = entriesOf(fields['manifests'], 'digest');
  if ([...named, ...listed].some(({ digest: one }) => digestIn(one) === undefined)) return 'bad';
  const types = (wanted: RegExp): readonly string[] => listed.filter(({ type }) => wanted.test(type)).map(digestOf);
  const [subject] = fields['subject'] === undefined ? [] : entriesOf([fields['subject']], 'digest');
  const isKnown = KNOWN_DOCUMENT.test(typeof fields['mediaType'] === 'string' ? fields['mediaType'] : '');
  const anywhere = isKnown ? [] : digestsAnywhere(document);
  return {
    children: types(MANIFEST_TYPE),
    perhaps: [...types(OTHER_TYPE), ...anywhere],
    blobs: [...named, ...listed].map(digestOf),
    subject: subject?.digest,
  };
}

const KNOWN_DOCUMENT =
  /^$|^application\/vnd\.(docker\.distribution|oci\.(image|artifact))\.manifest\.|^application\/vnd\.oci\.image\.index\./;
const MANIFEST_TYPE = /^application\/vnd\.(docker\.distribution|oci\.(image|artifact))\.(manifest|index)\./;
/** Neither a manifest's nor a layer's or a config's. */
const OTHER_TYPE =
  /^(?!application\/vnd\.(docker\.(distribution|image|container|plugin)|oci\.(image|artifact|empty)|buildkit|in-toto))(?!.*[.+](tar|gzip|zstd)$)/;

interface Entry {
  readonly digest: string;
  readonly type: string;
}

function digestOf({ digest }: Entry): string {
  return digest;
}

/** A list that is none has one entry that is no digest. */
function entriesOf(list: unknown, field: 'digest' | 'blobSum'): readonly Entry[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return [{ digest: '', type: '' }];
  return list.map((entry: unknown) => {
    const fields = typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
    const [digest, type] = [fields[field], fields['mediaType']];
    return { digest: typeof digest === 'string' ? digest : '', type: typeof type === 'string' ? type : '' };
  });
}

function digestsAnywhere(document: object): readonly string[] {
  const found: string[] = [];
  const waiting: unknown[] = [document];
  for (const value of waiting) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, below] of Object.entries(value)) {
      if (key === 'digest' && typeof below === 'string' && digestIn(below) !== undefined) found.push(below);
      waiting.push(below);
    }
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function kindOf(path: string): 'file' | 'folder' | 'link' | 'other' | undefined {
  const found = thereIs(() => lstatSync(path));
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return 'link';
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
}

const NOTHING_THERE: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

function thereIs(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOTHING_THERE.includes(error.code)) return undefined;
    throw error;
  }
}

function isLink(path: string): boolean {
  return kindOf(path) === 'link';
}

function isFolder(path: string): boolean {
  return thereIs(() => statSync(path))?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return thereIs(() => statSync(path))?.isFile() ?? false;
}

function namesIn(folder: string): readonly string[] {
  return isFolder(folder) ? readdirSync(folder).sort() : [];
}

function contentOf(path: string): string {
  return isFile(path) ? readFileSync(path, 'utf8') : '';
}
