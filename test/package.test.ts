/** The package as it is installed: with what it needs in production, and nothing of this project beside it. */
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../src/report/model.ts';
import { packageVersion, runScript } from './support/built-program.ts';
import { copyFixture } from './support/fixture.ts';
import { APPLY, APPLY_FILE, OperatedVolume, STOPPED } from './support/operated-volume.ts';
import { install, pack, PROJECT } from './support/packed.ts';
import { temporaryFolder } from './support/temporary.ts';

let tarball: string;
/** An empty folder but for the package. */
let folder: string;
/** The package in it. */
let installed: string;
beforeAll(() => {
  tarball = pack();
  folder = install(tarball);
  installed = join(folder, 'node_modules/regsweep');
});

test('the package has what runs, what tells of it, and nothing else', () => {
  const words = ['ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'docs'];
  expect(readdirSync(installed).toSorted()).toEqual([...words, 'dist', 'package.json'].toSorted());
  expect(readdirSync(join(installed, 'docs'))).not.toContain('images');
  const files = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((path) => /\.(?:[cm]?tsx?|map|sqlite)$/.test(path));
  expect(sources).toEqual(['index.d.ts']);
  const telling = files.filter(
    (path) => /\.\w+$/.test(path) && readFileSync(join(installed, 'dist', path), 'utf8').includes(PROJECT),
  );
  expect(telling).toEqual([]);
});

test('what ships of others has their licences and notices along', () => {
  const notices = readFileSync(join(installed, 'dist/THIRD-PARTY.txt'), 'utf8');
  const code = readdirSync(join(installed, 'dist')).filter((name) => name.endsWith('.js'));
  // Where nothing is minified, each part says where it is from.
  const bundled = code.flatMap((name) => {
    const parts = readFileSync(join(installed, 'dist', name), 'utf8').matchAll(/^\/\/ \S*node_modules\/(\S+)/gm);
    return [...parts].map(([, path = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? '');
  });
  // What is minified says it at its top, for a page is passed on by itself.
  const script = readFileSync(join(installed, 'dist/page/report.js'), 'utf8');
  const [, credit = ''] = /^\/\*! With (.*): THIRD-PARTY\.txt/.exec(script) ?? [];
  const ofThePage = credit.split(', ').map((given) => given.replace(/ \(.*/, ''));
  expect(ofThePage).toEqual(['echarts', 'preact', 'pretty-bytes', 'tslib', 'zrender']);
  const names = new Set([...bundled, ...ofThePage]);
  expect(names.size).toBeGreaterThan(50);
  expect([...names].filter((name) => !new RegExp(`^${name} \\d.*\\(`, 'm').test(notices))).toEqual([]);
  expect(notices).toMatch(/^Apache ECharts\nCopyright /m);
  expect(notices).toContain('Copyright (c) 2017, Baidu Inc.');
});

describe('the program', () => {
  let volume: OperatedVolume;
  beforeAll(async () => {
    volume = new OperatedVolume(await copyFixture());
  });

  /** Runs the program that npm has put on the path, and expects it to end well. */
  async function done(command: string, ...argv: readonly string[]): Promise<string> {
    const program = join(folder, 'node_modules/.bin/regsweep');
    const { status, stdout, stderr } = await runScript(program, [command, volume.root, ...argv], volume.cache);
    expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
    return stdout;
  }

  test('has its version', async () => {
    const { stdout } = await runScript(join(folder, 'node_modules/.bin/regsweep'), ['--version'], volume.cache);
    expect(stdout).toBe(`${String(packageVersion())}\n`);
  });

  test('reports, plans, sweeps, and puts everything back', async () => {
    const before = volume.layout();
    const report = JSON.parse(await done('report', '--untagged', '--min-age', '0', '--json')) as Report;
    const file = join(temporaryFolder('plan'), 'plan.ndjson');
    await done('plan', '--untagged', '--min-age', '0', '-o', file);
    const swept = JSON.parse(await done('sweep', '--plan', file, ...APPLY_FILE, ...STOPPED.slice(1), '--json')) as {
      readonly done: { readonly run: string; readonly left: number; readonly diskBytes: number };
    };
    expect(swept.done).toMatchObject({ left: 0, diskBytes: report.reclaimable.total.diskBytes });
    expect(volume.changedSince(before).length).toBeGreaterThan(40);
    await done('restore', swept.done.run, ...STOPPED);
    expect(volume.changedSince(before)).toEqual([]);
  });

  test('writes a page as a file, for what it needs lies beside it', async () => {
    expect(await done('report', '--format', 'html')).toMatch(/^<!doctype html>.*<\/html>\n$/is);
  });

  test('sweeps what the library has planned', async () => {
    const script = join(folder, 'nightly.mjs');
    writeFileSync(
      script,
      `import { writeFile } from 'node:fs/promises';
      import { openRegistry, scan, mark, plan, AppError } from 'regsweep';
      const [, , root, file] = process.argv;
      const inventory = await scan(await openRegistry(root), { minAgeSeconds: 0 });
      const { totals, lines } = plan(mark(inventory), { mode: 'untagged' });
      await writeFile(file, lines());
      const failed = await openRegistry(file).catch((error) => error instanceof AppError && error.code);
      console.log(JSON.stringify({ count: totals.total.count, failed }));`,
    );
    const file = join(temporaryFolder('plan'), 'plan.ndjson');
    const { stdout, stderr } = await runScript(script, [volume.root, file], volume.cache);
    expect(stderr).toBe('');
    const said = JSON.parse(stdout) as { readonly count: number; readonly failed: string };
    expect(said.failed).toBe('not-a-registry');
    const swept: unknown = JSON.parse(await done('sweep', '--plan', file, ...APPLY, '--json'));
    expect(swept).toMatchObject({ notInPlan: [], done: { actions: said.count, left: 0 } });
  });
});

describe('the library', () => {
  /**
   * What TypeScript has against a program of somebody who uses it, at its strictest and with the library's types checked too.
   */
  function faultsOf(program: string): readonly string[] {
    const file = join(folder, 'uses.mts');
    const types = join(installed, 'dist/index.d.ts');
    writeFileSync(file, program);
    const compiled = ts.createProgram([file], {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts'],
      typeRoots: [join(folder, 'types')],
      types: ['node'],
    });
    // Not those of others: to look at the types of Node and of a browser takes longer than all else here.
    const sources = compiled.getSourceFiles().filter((source) => [file, types].includes(source.fileName));
    expect(sources).toHaveLength(2);
    return sources
      .flatMap((source) => ts.getPreEmitDiagnostics(compiled, source))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  beforeAll(() => symlinkSync(join(PROJECT, 'node_modules/@types'), join(folder, 'types')));

  test('has types that a strict program compiles with, and that refuse what is wrong', () => {
    const program = `import { writeFile } from 'node:fs/promises';
      import { AppError, mark, openRegistry, plan, retentionOf, scan } from 'regsweep';
      import type { Action, ErrorCode, Inventory, Planned, Registry, Retention } from 'regsweep';
      import schema from 'regsweep/schemas/policy.json' with { type: 'json' };

      const registry: Registry = await openRegistry('config.yml', process.env);
      const text = 'policies: [{repositories: ["**"], keepTags: [{keepLast: 2}]}]';
      const retention: Retention = retentionOf({ file: { name: 'mine', text }, keepDigests: [], trustTimes: false });
      const { signal } = new AbortController();
      const inventory: Inventory = await scan(registry, { retention, minAgeSeconds: 60 }, { signal, pace: { maxIops: 50 } });
      const planned: Planned = plan(mark(inventory, { retention, repositories: ['team/**'] }));
      const largest = [...planned.actions()].reduce((most: number, { diskBytes }: Action) => Math.max(most, diskBytes), 0);
      await writeFile('plan.ndjson', planned.lines());
      const failed = (error: unknown): ErrorCode | undefined => error instanceof AppError ? error.code : undefined;
      export const said: [string | undefined, number, string] = [failed(0), largest, schema.$schema];

      // @ts-expect-error: a registry is found before it is scanned
      await scan('/var/lib/registry');
      // @ts-expect-error: an inventory is marked before anything is planned
      plan(inventory);
      // @ts-expect-error: there is no such mode
      plan(mark(inventory), { mode: 'everything' });
      // @ts-expect-error: what the stages hand to each other is not for others
      inventory.digests;
      // @ts-expect-error: nor what decides
      mark(inventory).analysis;
      // @ts-expect-error: a result is not changed
      planned.totals.total.bytes = 0;`;
    expect(faultsOf(program)).toEqual([]);
  });

  test('has types that need no other package', () => {
    const types = readFileSync(join(installed, 'dist/index.d.ts'), 'utf8');
    expect(types).toContain('declare function');
    expect(types).not.toMatch(/^\s*import\b|\bimport\(/m);
  });

  test('has no call that changes anything on a disk', () => {
    const code = readFileSync(join(installed, 'dist/index.js'), 'utf8');
    const imports = /^import \{([^}]*)\} from ["']node:fs(?:\/promises)?["'];$/gm;
    const names = [...code.matchAll(imports)].flatMap(([, list = '']) => list.split(','));
    const body = code.replaceAll(imports, '');
    const used = names.flatMap((name) => {
      const [call = '', local = call] = name.trim().split(' as ');
      return new RegExp(`(?<![.\\w])${local}\\b(?! *[:=])`).test(body) ? [call] : [];
    });
    expect(used).toContain('readdirSync');
    const changing =
      /^(?:append|chmod|chown|copy|cp|create|futimes|link|lutimes|mkd|rename|rm|symlink|truncate|unlink|utimes|write)/;
    expect(used.filter((name) => changing.test(name))).toEqual([]);
  });
});

describe('those who check packages', () => {
  test('publint has nothing against it', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('arethetypeswrong finds the types right wherever an ES module may be imported', async () => {
    const { problems, types, entrypoints } = await checked();
    expect(types).toBeTruthy();
    expect(Object.keys(entrypoints)).toContain('.');
    // It is an ES module alone, which CommonJS of Node 20.19 and later may require.
    expect(problems.filter(({ kind }) => kind !== 'CJSResolvesToESM')).toEqual([]);
  });

  async function checked() {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)), {
      excludeEntrypoints: [/schemas/],
    });
    if (analysis.types === false) throw new Error('it has no types');
    return analysis;
  }
});
