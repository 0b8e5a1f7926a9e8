/** The package as somebody gets it: packed, and installed into an empty folder. `npm run build` must have run. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { temporaryFolder } from './temporary.ts';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Packs the project as it is built, without building it anew. Returns the path of the tarball. */
export function pack(): string {
  if (!existsSync(join(PROJECT, 'dist/index.js'))) throw new Error('there is no dist: npm run build makes it');
  const folder = temporaryFolder('packed');
  const said = npm(PROJECT, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const [packed] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(said));
  return join(folder, packed.filename);
}

/**
 * Installs a tarball and what it needs in production into an empty folder, which is returned: out of npm's cache, where `npm
 * ci` has left all of it, else from the registry. Its install scripts run. Only SQLite is not compiled once more: npm is told
 * of the binary that was compiled here, by the setting with which `better-sqlite3` takes one that was made before.
 */
export function install(tarball: string): string {
  const folder = temporaryFolder('installed');
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { 'better-sqlite3': true } }),
  );
  npm(folder, ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
    npm_config_better_sqlite3_local_prebuilds: sqliteBinary(),
  });
  return folder;
}

/** A folder with the compiled SQLite under the name by which `prebuild-install` looks for it. */
function sqliteBinary(): string {
  const folder = temporaryFolder('prebuilt');
  const own = join(PROJECT, 'node_modules/better-sqlite3');
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')));
  const system = `${process.platform}${isMusl() ? 'musl' : ''}-${process.arch}`;
  const name = `better-sqlite3-v${version}-node-v${process.versions.modules}-${system}.tar.gz`;
  execFileSync('tar', ['czf', join(folder, name), '-C', own, 'build/Release/better_sqlite3.node']);
  return folder;
}

function isMusl(): boolean {
  const { header } = z.object({ header: z.looseObject({}) }).parse(process.report.getReport());
  return process.platform === 'linux' && !('glibcVersionRuntime' in header);
}

function npm(folder: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  // What npm has told the tests of this project is not for another folder.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_cache$|config_registry$)/i.test(name),
  );
  return execFileSync('npm', argv, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
