/** Something that goes wrong on a disk, at a random place of a registry. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
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
import type { Random } from '../../scripts/registry-generator/random.ts';
import { LAYOUT_FOLDER } from '../../src/layout/paths.ts';

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

interface Place {
  readonly root: string;
  readonly random: Random;
  readonly file: string;
  /** Another file of the same name. */
  readonly other: string;
  readonly folder: string;
  readonly manifest: string | undefined;
  readonly some: (wanted: (path: string) => boolean) => string | undefined;
}

type RandomDamage = (place: Place) => void;

/** The registry's own collector survives these, in that it comes to an end. */
export const COLLECTED: readonly RandomDamage[] = [
  ({ file }) => rmSync(file),
  ({ folder }) => rmSync(folder, { recursive: true }),
  ({ random, file, manifest }) => writeFileSync(random.chance(0.5) ? (manifest ?? file) : file, random.pick(TEXTS)),
  ({ random, file }) => truncateSync(file, random.between(0, lstatSync(file).size)),
  ({ file, other }) => {
    if (other !== file) copyFileSync(other, file);
  },
  ({ random, folder }) => {
    const stray = join(folder, random.pick(STRAYS));
    if (existsSync(stray)) return;
    if (stray.endsWith('/')) mkdirSync(stray);
    else writeFileSync(stray, 'stray');
  },
  ({ random, folder, some }) => {
    const target = some((path) => lstatSync(path).isDirectory() && path !== folder && !folder.startsWith(`${path}/`));
    const link = join(dirname(folder), random.pick(['alias', 'app', 'b', 'latest', '00']));
    if (target !== undefined && !existsSync(link)) symlinkSync(target, link);
  },
  ({ random, folder }) => {
    const renamed = join(dirname(folder), random.pick(['renamed', 'Renamed', '_renamed', 'x y', '00']));
    if (!existsSync(renamed)) renameSync(folder, renamed);
  },
  ({ file }) => {
    rmSync(file);
    mkdirSync(file);
  },
  ({ random, file, manifest }) => appendFileSync(manifest ?? file, random.pick(['\n', ' ', 'x', '{}'])),
  ({ root, random, folder }) => {
    const elsewhere = join(dirname(root), `elsewhere-${random.between(0, 1e9)}`);
    renameSync(folder, elsewhere);
    symlinkSync(elsewhere, folder);
  },
];

const UUID = '6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11';

/** And what it would wait on for ever, or does not know. */
export const DAMAGES_OF_A_DISK: readonly RandomDamage[] = [
  ...COLLECTED,
  ({ random, file, manifest }) => {
    const path = manifest ?? file;
    const bytes = readFileSync(path);
    if (bytes.length === 0) return;
    const at = random.between(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
    writeFileSync(path, bytes);
  },
  ({ file }) => {
    rmSync(file);
    execFileSync('mkfifo', [file]);
  },
  ({ file }) => {
    rmSync(file);
    symlinkSync('nowhere', file);
  },
  ({ file, other }) => {
    if (other === file) return;
    rmSync(file);
    linkSync(other, file);
  },
  ({ file }) => writeFileSync(`${file}.${UUID}.tmp`, readFileSync(file)),
  ({ file }) => renameSync(file, `${file}.${UUID}.tmp`),
];

/** Does one of the damages to the registry of this root. Nothing where there is nothing left to damage. */
export function damageOne(root: string, random: Random, damages: readonly RandomDamage[]): void {
  const paths = pathsBelow(join(root, LAYOUT_FOLDER));
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
  damages[random.between(0, damages.length - 1)]?.({ root, random, file, other, folder, manifest, some });
}

function pathsBelow(folder: string): readonly string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => join(folder, path))
      // A name that is not UTF-8 leads nowhere.
      .filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      .sort()
  );
}
