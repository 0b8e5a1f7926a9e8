/** Registries to let the registry's own collector loose on: one by hand, and random ones with random damage. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createRandom, type Random } from '../../scripts/registry-generator/random.ts';
import { LAYOUT_FOLDER, layerLink, revisionFolder } from '../../src/layout/paths.ts';
import { layer, type Layer } from './content.ts';
import {
  artifact,
  buildkitCache,
  cosignSignature,
  cosignTag,
  image,
  index,
  rawContent,
  type Pushable,
} from './images.ts';
import { schema1Image } from './schema1.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree, type Tree } from './tree.ts';

/** As much as a damage of `damage.ts` needs, and what `-m` makes a difference for: an index, and revisions without a tag. A plain run takes nothing. */
export function collectedRegistry(): string {
  const tree = createTree(join(temporaryFolder('collected'), 'registry'));
  const app = image({ name: 'app', layers: [layer('app/base'), layer('app/code')] });
  const old = image({ name: 'old', layers: [layer('app/old')] });
  const before = image({ name: 'before', layers: [layer('app/base'), layer('app/before')] });
  tree.push('app', '0.9', old);
  tree.push('app', undefined, before);
  tree.push('app', '1.0', app);
  tree.tag('app', 'stable', app.digest, { history: [before.digest] });
  const parts = ['amd64', 'arm64'].map((name) => image({ name, layers: [layer(`multi/${name}`)], format: 'oci' }));
  tree.push('shop/multi', 'latest', index(parts.map((manifest) => ({ manifest }))));
  return tree.root;
}

const NAMES = ['a', 'a/b', 'team/app', 'team/web', 'Host/app', 'zoo'] as const;
const TAGS = ['latest', 'v1', 'v2', '_x', 'old'] as const;

/** A random registry, the same for the same seed, with no damage, one, or a few. */
export function randomRegistry(seed: number): string {
  const random = createRandom(seed, 'collected');
  const tree = createTree(join(temporaryFolder('random'), 'registry'));
  const made: Pushable[] = [];
  const pushes = random.between(2, 7);
  for (let push = 0; push < pushes; push++) pushOne(tree, random, made);
  if (random.chance(0.3)) tree.putBlob(Buffer.from(`loose ${seed}`), random.pick(['sha256', 'sha512']));
  const damages = random.pick([0, 1, 1, 2, 3]);
  for (let done = 0; done < damages; done++) damageOne(tree, random);
  return tree.root;
}

function pushOne(tree: Tree, random: Random, made: Pushable[]): void {
  const repository = random.pick(NAMES);
  const again = made.length > 0 && random.chance(0.4);
  const pushed = again ? (made[random.between(0, made.length - 1)] ?? anImage(random)) : something(random, made);
  made.push(pushed);
  const tag = random.chance(0.65) ? random.pick(TAGS) : undefined;
  tree.push(repository, tag, pushed);
  // A child that only another repository holds: the index is pushed, and its parts are not linked.
  const child = pushed.children[0];
  if (child !== undefined && random.chance(0.2)) {
    rmSync(tree.path(revisionFolder(repository, child.digest)), { recursive: true, force: true });
  }
  if (tag !== undefined && random.chance(0.3)) {
    const before = made[random.between(0, made.length - 1)];
    if (before !== undefined) tree.tag(repository, tag, pushed.digest, { history: [before.digest] });
  }
  if (random.chance(0.15)) tree.push(repository, cosignTag(pushed.digest, 'sig'), cosignSignature(pushed));
  if (random.chance(0.1)) tree.write(layerLink(repository, pushed.digest), pushed.digest);
}

function something(random: Random, made: readonly Pushable[]): Pushable {
  const kind = random.between(0, 11);
  const about = made[random.between(0, Math.max(0, made.length - 1))];
  const parts = Array.from({ length: random.between(1, 3) }, () => anImage(random));
  if (kind < 3)
    return index(
      parts.map((manifest) => ({ manifest })),
      { format: random.pick(['oci', 'docker']) },
    );
  if (kind === 3) {
    const inner = index(parts.map((manifest) => ({ manifest })));
    return index([{ manifest: inner }, { manifest: anImage(random) }]);
  }
  if (kind === 4) return buildkitCache(someLayers(random));
  if (kind === 5) return schema1Image('old/name', 'v1', someLayers(random));
  if (kind === 6 && about !== undefined) {
    const content = rawContent('text/plain', Buffer.from(`about ${random.between(0, 9)}`));
    return artifact({ artifactType: 'application/vnd.example', content, subject: about });
  }
  return anImage(random);
}

function anImage(random: Random): Pushable {
  const number = random.between(0, 9);
  return image({ name: `image ${number}`, layers: someLayers(random), format: random.pick(['docker', 'oci']) });
}

function someLayers(random: Random): readonly Layer[] {
  return Array.from({ length: random.between(1, 3) }, () => layer(`layer ${random.between(0, 14)}`));
}

const TEXTS = [
  '',
  'null',
  '{}',
  '[1]',
  '{"schemaVersion":2}',
  '{"schemaVersion":2,"manifests":{}}',
  '{"SCHEMAVERSION":2,"Layers":[{"digest":7}]}',
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":[]}',
  '{"schemaVersion":1,"fsLayers":[{"blobSum":"sha256:0"}]}',
  '{"schemaVersion":2.5}',
  '{"schemaVersion":2,"layers":[{"size":"x"}]} ',
  '{"schemaVersion":2,"annotations":{"a":1}}',
  '{"schemaVersion":2,"config":{"digest":"\\ud83d\\u00zz"}}',
  '{"schemaVersion":2 "a"}',
  'sha256:abc',
  'md5:abc',
  `sha512:${'a'.repeat(128)}`,
  '\u00ff\u0000',
] as const;
const STRAYS = [
  '_file',
  '.DS_Store',
  'link',
  'data',
  '_layers',
  '_manifests',
  'a b',
  '_folder/',
  'lost+found/',
  'sha256/',
  'tags',
] as const;

/** Something that goes wrong on a disk, at a random place. */
function damageOne(tree: Tree, random: Random): void {
  const v2 = join(tree.root, LAYOUT_FOLDER);
  const paths = pathsBelow(v2);
  const some = (wanted: (path: string) => boolean): string | undefined => {
    const found = paths.filter(wanted);
    return found[random.between(0, found.length - 1)];
  };
  const isFile = (path: string): boolean => lstatSync(path).isFile();
  const file = some(isFile);
  const other = some((path) => isFile(path) && file !== undefined && path.slice(-4) === file.slice(-4));
  const folder = some((path) => lstatSync(path).isDirectory());
  if (file === undefined || other === undefined || folder === undefined) return;
  const manifest = some((path) => isFile(path) && readFileSync(path).subarray(0, 40).includes('schemaVersion'));
  switch (random.between(0, 10)) {
    case 0:
      return rmSync(file);
    case 1:
      return rmSync(folder, { recursive: true });
    case 2:
      return writeFileSync(random.chance(0.5) ? (manifest ?? file) : file, random.pick(TEXTS));
    case 3:
      return truncateSync(file, random.between(0, lstatSync(file).size));
    case 4:
      if (other !== file) copyFileSync(other, file);
      return;
    case 5: {
      const stray = join(folder, random.pick(STRAYS));
      if (existsSync(stray)) return;
      if (stray.endsWith('/')) mkdirSync(stray);
      else writeFileSync(stray, 'stray');
      return;
    }
    case 6: {
      const target = some((path) => lstatSync(path).isDirectory() && path !== folder && !folder.startsWith(`${path}/`));
      const link = join(dirname(folder), random.pick(['alias', 'app', 'b', 'latest', '00']));
      if (target !== undefined && !existsSync(link)) symlinkSync(target, link);
      return;
    }
    case 7: {
      const renamed = join(dirname(folder), random.pick(['renamed', 'Renamed', '_renamed', 'x y', '00']));
      if (!existsSync(renamed)) renameSync(folder, renamed);
      return;
    }
    case 8:
      rmSync(file);
      mkdirSync(file);
      return;
    case 9:
      return appendFileSync(manifest ?? file, random.pick(['\n', ' ', 'x', '{}']));
    default: {
      const elsewhere = join(dirname(tree.root), `elsewhere-${random.between(0, 1e9)}`);
      renameSync(folder, elsewhere);
      return symlinkSync(elsewhere, folder);
    }
  }
}

function pathsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .sort();
}
