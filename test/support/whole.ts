/**
 * Whether everything that tags need is there, and what points to nothing: read naively from the files, with nothing of
 * `src/`, so that a sweep is not judged by what it was made from.
 */
import { createHash, getHashes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Whole {
  /** By `repository:tag`, the lines that say what a client that pulls it gets, and in what state that stands there. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** A line for each reference to what is not there: links, and what manifests name. */
  readonly dangling: ReadonlySet<string>;
}

interface Manifest {
  readonly children: readonly string[];
  readonly blobs: readonly string[];
  readonly subject: string | undefined;
}

/** What stands in the registry whose root is `root`; without `referrers`, what is about an image is none of it. */
export function wholeOf(root: string, { referrers = true }: { readonly referrers?: boolean } = {}): Whole {
  const volume = new Volume(join(root, 'docker/registry/v2'), referrers);
  const tags = new Map<string, readonly string[]>();
  const dangling = new Set(volume.danglingBetweenBlobs());
  for (const name of volume.repositories()) {
    const repository = new Repository(volume, name);
    for (const tag of repository.tags()) tags.set(`${name}:${tag}`, repository.pulled(tag));
    for (const line of repository.dangling()) dangling.add(line);
  }
  return { tags, dangling };
}

/**
 * What was lost on the way: tags that are gone or that lack something that they had, and references that point to nothing
 * now and did not before. Tags in `without` (`repository:tag`) were meant to go.
 */
export function lostBetween(before: Whole, after: Whole, without: readonly string[] = []): readonly string[] {
  const lost: string[] = [];
  for (const [tag, lines] of before.tags) {
    if (without.includes(tag)) continue;
    const now = after.tags.get(tag);
    if (now === undefined) lost.push(`${tag} is gone`);
    else lost.push(...lines.filter((line) => !now.includes(line)).map((line) => `${tag} was: ${line}`));
  }
  for (const line of after.dangling) if (!before.dangling.has(line)) lost.push(`dangles: ${line}`);
  return lost;
}

/** A line for each thing that a tag needs and that is not there or not what it says, and for each that dangles; sorted. */
export function brokenThings(root: string): readonly string[] {
  const { tags, dangling } = wholeOf(root);
  const wrong = [...tags].flatMap(([tag, lines]) =>
    lines.filter((line) => / (absent|wrong), |, not linked$/.test(line)).map((line) => `${tag}: ${line}`),
  );
  return [...wrong, ...dangling].sort();
}

class Volume {
  readonly path: string;
  readonly referrers: boolean;
  private readonly manifests = new Map<string, Manifest | undefined>();

  constructor(path: string, referrers: boolean) {
    this.path = path;
    this.referrers = referrers;
  }

  repositories(): readonly string[] {
    const found: string[] = [];
    const look = (name: string): void => {
      const entries = namesIn(join(this.path, 'repositories', name));
      if (entries.some((entry) => ['_manifests', '_layers', '_uploads'].includes(entry))) found.push(name);
      for (const entry of entries) if (!entry.startsWith('_')) look(name === '' ? entry : `${name}/${entry}`);
    };
    look('');
    return found;
  }

  data(digest: string): string {
    const [algorithm = '', hex = ''] = digest.split(':');
    return join(this.path, 'blobs', algorithm, hex.slice(0, 2), hex, 'data');
  }

  has(digest: string): boolean {
    return isFile(this.data(digest));
  }

  state(digest: string): string {
    if (!this.has(digest)) return 'absent';
    const [algorithm = '', hex = ''] = digest.split(':');
    if (!getHashes().includes(algorithm)) return 'wrong';
    return createHash(algorithm)
      .update(readFileSync(this.data(digest)))
      .digest('hex') === hex
      ? 'right'
      : 'wrong';
  }

  manifest(digest: string): Manifest | undefined {
    if (!this.manifests.has(digest)) {
      this.manifests.set(digest, this.has(digest) ? parsed(readFileSync(this.data(digest))) : undefined);
    }
    return this.manifests.get(digest);
  }

  danglingBetweenBlobs(): readonly string[] {
    const lines: string[] = [];
    for (const algorithm of namesIn(join(this.path, 'blobs'))) {
      for (const prefix of namesIn(join(this.path, 'blobs', algorithm))) {
        for (const hex of namesIn(join(this.path, 'blobs', algorithm, prefix))) {
          const manifest = this.manifest(`${algorithm}:${hex}`);
          // Nobody knows what it named, or whether it was one.
          if (manifest !== undefined && this.state(`${algorithm}:${hex}`) !== 'right') continue;
          for (const target of [...(manifest?.children ?? []), ...(manifest?.blobs ?? [])]) {
            if (!this.has(target)) lines.push(`manifest ${algorithm}:${hex} names ${target}`);
          }
        }
      }
    }
    return lines;
  }
}

class Repository {
  private readonly volume: Volume;
  private readonly name: string;
  private readonly folder: string;

  constructor(volume: Volume, name: string) {
    this.volume = volume;
    this.name = name;
    this.folder = join(volume.path, 'repositories', name);
  }

  tags(): readonly string[] {
    return namesIn(join(this.folder, '_manifests/tags')).filter((tag) => this.current(tag) !== undefined);
  }

  /** What the tag names, all that this names, and whatever is about a part of it (`subject`); each with its state. */
  pulled(tag: string): readonly string[] {
    const lines = [`names ${this.current(tag) ?? ''}`];
    const manifests = new Set([this.current(tag) ?? '']);
    const blobs = new Set<string>();
    for (const digest of manifests) {
      const manifest = this.volume.manifest(digest);
      for (const child of manifest?.children ?? []) manifests.add(child);
      for (const blob of manifest?.blobs ?? []) blobs.add(blob);
      for (const one of this.volume.referrers ? this.linked('_manifests/revisions') : []) {
        if (this.volume.manifest(one)?.subject === digest) manifests.add(one);
      }
    }
    for (const digest of manifests) {
      lines.push(
        `manifest ${digest} ${this.volume.state(digest)}, ${this.isRevision(digest) ? 'linked' : 'not linked'}`,
      );
    }
    for (const digest of blobs) {
      lines.push(`blob ${digest} ${this.volume.state(digest)}, ${this.isLayer(digest) ? 'linked' : 'not linked'}`);
    }
    return lines;
  }

  dangling(): readonly string[] {
    const lines: string[] = [];
    const add = (from: string, to: string): number => lines.push(`${this.name}: ${from} -> ${to}`);
    for (const revision of this.linked('_manifests/revisions')) {
      if (!this.volume.has(revision)) add(`revision ${revision}`, 'blob');
      const manifest = this.volume.manifest(revision);
      for (const child of manifest?.children ?? []) {
        if (!this.isRevision(child) && !this.isLayer(child)) add(`revision ${revision}`, `revision link ${child}`);
      }
      for (const blob of manifest?.blobs ?? []) {
        if (!this.isLayer(blob)) add(`revision ${revision}`, `layer link ${blob}`);
      }
    }
    for (const layer of this.linked('_layers')) if (!this.volume.has(layer)) add(`layer link ${layer}`, 'blob');
    for (const tag of namesIn(join(this.folder, '_manifests/tags'))) {
      const current = this.current(tag);
      const named = [...(current === undefined ? [] : [current]), ...this.linked(`_manifests/tags/${tag}/index`)];
      for (const digest of named) {
        if (!this.volume.has(digest)) add(`tag ${tag} ${digest}`, 'blob');
        if (!this.isRevision(digest)) add(`tag ${tag} ${digest}`, 'revision link');
      }
    }
    return lines;
  }

  private current(tag: string): string | undefined {
    return linkAt(join(this.folder, '_manifests/tags', tag, 'current/link'));
  }

  private isRevision(digest: string): boolean {
    return this.isLink('_manifests/revisions', digest);
  }

  private isLayer(digest: string): boolean {
    return this.isLink('_layers', digest);
  }

  private isLink(below: string, digest: string): boolean {
    return linkAt(join(this.folder, below, digest.replace(':', '/'), 'link')) === digest;
  }

  /** The digests whose links stand in a folder of links. */
  private linked(below: string): readonly string[] {
    const algorithms = namesIn(join(this.folder, below));
    const digests = algorithms.flatMap((algorithm) =>
      namesIn(join(this.folder, below, algorithm)).map((hex) => `${algorithm}:${hex}`),
    );
    return digests.filter((digest) => this.isLink(below, digest));
  }
}

function parsed(bytes: Buffer): Manifest | undefined {
  if (bytes[0] !== '{'.charCodeAt(0)) return undefined;
  const document = jsonOf(bytes.toString('utf8'));
  if (document.layers === undefined && document.manifests === undefined) return undefined;
  const config = document.config?.digest;
  return {
    children: digestsOf(document.manifests),
    blobs: [...(config === undefined ? [] : [config]), ...digestsOf(document.layers)],
    subject: document.subject?.digest,
  };
}

interface Document {
  readonly config?: { readonly digest?: string };
  readonly layers?: unknown;
  readonly manifests?: unknown;
  readonly subject?: { readonly digest: string };
}

/** Of what is no JSON an empty document. */
function jsonOf(text: string): Document {
  try {
    return JSON.parse(text) as Document;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function digestsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: { readonly digest?: unknown } | null) =>
    typeof entry?.digest === 'string' ? [entry.digest] : [],
  );
}

const NO_FOLDER: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ELOOP'];

/** Of a file, of what is not there and of what leads nowhere none. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && NO_FOLDER.includes(error.code)) return [];
    throw error;
  }
}

function linkAt(path: string): string | undefined {
  return isFile(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
