// The notices of the packages whose code is in what ships: their licences ask that they go along with it. Made of what was
// bundled: what is installed has much that ships nowhere, and what the page is of is not among what the program needs.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NOTICE = /^(?:licen[cs]e|notice|copying|copyright)/i;

const HEAD =
  'There is code of these packages in what regsweep ships. Behind their names stand their licences and notices.';
const RULE = '-'.repeat(80);

/** Writes a file of them all. `outputs`: what esbuild tells of each (`metafile`). Throws where a package has no notice. */
export async function writeThirdParty(file, outputs) {
  const namesOf = new Map();
  for (const { name, version, license, notices } of await packagesIn(outputs)) {
    namesOf.set(notices, (namesOf.get(notices) ?? new Set()).add(`${name} ${version} (${license})`));
  }
  const parts = [...namesOf].map(([notices, names]) => `${RULE}\n${[...names].join('\n')}\n\n${notices}\n`);
  await writeFile(file, [`${HEAD}\n`, ...parts].join('\n'));
}

/** Whose code an output carries, in a comment, for what is passed on by itself. */
export async function creditOf(output) {
  const packages = await packagesIn([output]);
  const names = new Set(packages.map(({ name, license }) => `${name} (${license})`));
  return `/*! With ${[...names].join(', ')}: THIRD-PARTY.txt of regsweep. */`;
}

/** The packages of which something has come into these outputs, by name and version. */
async function packagesIn(outputs) {
  const packages = await Promise.all(foldersIn(outputs).map(describe));
  const keyOf = ({ name, version }) => `${name} ${version}`;
  return packages.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function foldersIn(outputs) {
  const parts = outputs.flatMap(({ inputs }) => Object.entries(inputs));
  const sources = parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  // Before a path may stand the namespace that a plugin has given it.
  const folders = sources.flatMap(
    (path) => /^(?:[\w-]+:)?(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(folders)];
}

async function describe(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const texts = await noticesIn(folder);
  if (texts.length === 0) throw new Error(`there is code of ${name} in what ships, and it has no licence to go along`);
  return { name, version, license, notices: texts.join('\n\n') };
}

/** `echarts` has a folder of licences beside its own. */
async function noticesIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const named = entries.filter((entry) => NOTICE.test(entry.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const texts = named.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return noticesIn(path);
    return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n').trim();
  });
  return (await Promise.all(texts)).flat();
}
