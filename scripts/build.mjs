// Bundles the sources into `dist/`: one small entry, and a chunk for each command that is loaded when it runs.
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { build } from 'esbuild';
import { writeSchemas } from './json-schemas.mjs';
import { buildLibrary } from './build-library.mjs';
import { creditOf, writeThirdParty } from './third-party.mjs';

const ENTRIES = {
  main: 'src/main.ts',
  'scan-worker': 'src/scan/worker.ts',
  'hash-worker': 'src/scan/hash-worker.ts',
  'index-worker': 'src/db/index-worker.ts',
};

// CommonJS dependencies call `require` and ask for `__filename`, which an ES module has not.
const REQUIRE_BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const __filename = __fileURLToPath(import.meta.url);',
].join('\n');

/**
 * yargs and its helpers measure every word of `--help` with string-width, whose tables of Unicode cost more to set up
 * than all the rest of the start. Printable ASCII needs no table: the package is set up at the first text that does.
 */
const lazyStringWidth = {
  name: 'lazy-string-width',
  setup(bundle) {
    bundle.onResolve({ filter: /^string-width$/ }, async (request) => {
      if (request.kind === 'require-call') return undefined;
      const { path } = await bundle.resolve(request.path, {
        kind: 'require-call',
        importer: request.importer,
        resolveDir: request.resolveDir,
      });
      // The path stands in what ships: it must not tell where it was built.
      return { path: relative(process.cwd(), path), namespace: 'lazy-string-width' };
    });
    bundle.onLoad({ filter: /.*/, namespace: 'lazy-string-width' }, ({ path }) => ({
      contents: `
        const PRINTABLE_ASCII = /^[ -~]*$/;
        export default function stringWidth(text, options) {
          if (PRINTABLE_ASCII.test(text)) return text.length;
          return require(${JSON.stringify(`./${path}`)}).default(text, options);
        }`,
      loader: 'js',
      resolveDir: process.cwd(),
    }));
  },
};

await rm('dist', { recursive: true, force: true });
const program = await build({
  entryPoints: ENTRIES,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['better-sqlite3'],
  banner: { js: REQUIRE_BANNER },
  plugins: [lazyStringWidth],
  // Beside the entries: a chunk finds the worker by its own address.
  chunkNames: '[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
});

await buildLibrary();

// What runs in a browser: one file each, which the program puts into its pages.
const pages = await build({
  entryPoints: { app: 'src/page/app.tsx', report: 'src/page/report.tsx' },
  outdir: 'dist/page',
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  tsconfig: 'src/page/tsconfig.json',
  metafile: true,
  logLevel: 'warning',
});

// A report is passed on by itself, without the file of licences.
for (const [path, output] of Object.entries(pages.metafile.outputs).filter(([path]) => path.endsWith('.js'))) {
  await writeFile(path, `${await creditOf(output)}\n${await readFile(path, 'utf8')}`);
}

// The library has none: it imports what it needs.
const outputs = [program, pages].flatMap(({ metafile }) => Object.values(metafile.outputs));
await writeThirdParty('dist/THIRD-PARTY.txt', outputs);

await copyFile('src/entry.cjs', 'dist/regsweep.cjs');
await chmod('dist/regsweep.cjs', 0o755);

/** What a source of ours exports; where it imports `external`, it must not need it. */
async function load(source, external = []) {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    external,
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

// The form of policy files, for editors, and that of plans: made of the schemas that our own parsers go by.
const { jsonSchema } = await load('src/policy/schema.ts');
await mkdir('dist/schemas', { recursive: true });
await writeFile('dist/schemas/policy.json', `${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
const { planJsonSchema } = await load('src/gc/plan-file.ts');
await writeSchemas('dist/schemas', planJsonSchema());

// The manual page, made of what the commands declare. They do not run for that.
const { manPage } = await load('scripts/man-page/page.ts', ['../run/*']);
const built = process.env.SOURCE_DATE_EPOCH === undefined ? Date.now() : Number(process.env.SOURCE_DATE_EPOCH) * 1000;
await mkdir('dist/man', { recursive: true });
await writeFile('dist/man/regsweep.1', manPage(new Date(built).toISOString().slice(0, 10)));
