// The library: one file that shares none with the program, so that what the program loads at its start is its own affair; and
// one file of types, of what `src/index.ts` reaches and no more.
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const SOURCE = 'src/index.ts';

export async function buildLibrary() {
  await build({
    entryPoints: { index: SOURCE },
    // Beside the program: both start the same threads.
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // A program that uses the library chooses the versions of what both use.
    packages: 'external',
    logLevel: 'warning',
  });
  // What is marked as internal the stages hand to each other, and no user of the library.
  const compilerOptions = { stripInternal: true };
  const bundle = await rollup({
    input: SOURCE,
    external: (name) => !/^[./]/.test(name),
    plugins: [dts({ tsconfig: 'tsconfig.json', compilerOptions })],
  });
  await bundle.write({ file: 'dist/index.d.ts', format: 'es' });
  await bundle.close();
}
