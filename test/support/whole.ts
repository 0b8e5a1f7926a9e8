/**
 * Says what is broken on a volume, by reading files as simply as can be: it shares no code with marking or sweeping, which
 * it is there to judge. A list to be compared: what is broken after a sweep must have been broken before.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Descriptor {
  readonly digest?: string;
  readonly blobSum?: string;
  readonly urls?: readonly string[];
  readonly mediaType?: string;
}

interface Document {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly fsLayers?: readonly Descriptor[];
  readonly blobs?: readonly Descriptor[];
}

/** One line for each thing that is named and is not there or not what its digest says, sorted. */
export function brokenThings(root: string): readonly string[] {
  const base = join(root, 'docker/registry/v2');
  const broken: string[] = [];
  for (const repository of repositoriesIn(join(base, 'repositories'), '')) {
    const folder = join(base, 'repositories', repository);
    for (const tag of namesIn(join(folder, '_manifests/tags'))) {
      const digest = linkIn(join(folder, '_manifests/tags', tag, 'current'));
      if (digest === undefined) broken.push(`${repository}:${tag} names nothing`);
      else {
        if (linkIn(join(folder, '_manifests/revisions', ...digest.split(':'))) === undefined) {
          broken.push(`${repository}:${tag} names ${digest}, which is no revision`);
        }
        judge(base, digest, `${repository}:${tag}`, broken);
      }
    }
    for (const [algorithm, hex] of pairsIn(join(folder, '_manifests/revisions'))) {
      const place = join(folder, '_manifests/revisions', algorithm, hex);
      if (linkIn(place) !== undefined) judge(base, `${algorithm}:${hex}`, `${repository}@${algorithm}:${hex}`, broken);
    }
    for (const [algorithm, hex] of pairsIn(join(folder, '_layers'))) {
      const digest = linkIn(join(folder, '_layers', algorithm, hex));
      if (digest !== undefined && !isFile(dataOf(base, digest)))
        broken.push(`${repository} links ${digest}, which is no blob`);
    }
  }
  return [...new Set(broken)].sort();
}

function judge(base: string, digest: string, what: string, broken: string[]): void {
  const path = dataOf(base, digest);
  if (!isFile(path)) {
    broken.push(`${what} lacks ${digest}`);
    return;
  }
  const content = readFileSync(path);
  const [algorithm = '', hex] = digest.split(':');
  if (createHash(algorithm).update(content).digest('hex') !== hex) broken.push(`${what}: ${digest} is other bytes`);
  let document: Document;
  try {
    document = JSON.parse(content.toString('utf8')) as Document;
  } catch {
    return;
  }
  for (const child of document.manifests ?? []) {
    if (/layer|cacheconfig/.test(child.mediaType ?? '')) needs(base, child, what, broken);
    else if (child.digest !== undefined) judge(base, child.digest, what, broken);
  }
  const plain = [document.config, ...(document.layers ?? []), ...(document.fsLayers ?? []), ...(document.blobs ?? [])];
  for (const one of plain) if (one !== undefined) needs(base, one, what, broken);
}

function needs(base: string, { digest, blobSum, urls }: Descriptor, what: string, broken: string[]): void {
  const named = digest ?? blobSum;
  if (named !== undefined && urls === undefined && !isFile(dataOf(base, named))) broken.push(`${what} lacks ${named}`);
}

function* repositoriesIn(folder: string, name: string): Generator<string> {
  const names = namesIn(folder);
  if (name !== '' && names.some((one) => one.startsWith('_'))) yield name;
  for (const one of names)
    if (!one.startsWith('_')) yield* repositoriesIn(join(folder, one), name === '' ? one : `${name}/${one}`);
}

function* pairsIn(folder: string): Generator<readonly [string, string]> {
  for (const algorithm of namesIn(folder)) for (const hex of namesIn(join(folder, algorithm))) yield [algorithm, hex];
}

/** Folders alone, symbolic links not among them. */
function namesIn(folder: string): readonly string[] {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map((entry) => entry.name).sort();
}

function linkIn(folder: string): string | undefined {
  const path = join(folder, 'link');
  const text = isFile(path) ? readFileSync(path, 'utf8').trim() : '';
  return text === '' ? undefined : text;
}

function dataOf(base: string, digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return join(base, 'blobs', algorithm, hex.slice(0, 2), hex, 'data');
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
