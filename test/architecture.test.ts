/**
 * The layer rules of ARCHITECTURE.md, run over the sources. Each rule has its reason beside it: who wants to break one
 * argues with the reason, not with the test.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));

interface Import {
  /** `gc/mark.ts` for a file of ours, else the module's name. */
  readonly target: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
  /** Loaded when it is needed, by `import()`. */
  readonly lazy: boolean;
}

interface Source {
  /** Relative to `src`. */
  readonly path: string;
  /** The folder below `src`; empty for `main.ts` and `index.ts`. */
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Identifiers that are not the names of members. */
  readonly names: ReadonlySet<string>;
  /** Identifiers of any kind. */
  readonly words: ReadonlySet<string>;
  /** What kinds of statements stand at its top. */
  readonly statements: readonly string[];
}

const SOURCES = readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .toSorted()
  .map(readSource);

function readSource(path: string): Source {
  const text = readFileSync(join(PROJECT, 'src', path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const names = new Set<string>();
  const words = new Set<string>();
  const visit = (node: ts.Node): void => {
    const imported = importOf(path, node);
    if (imported !== undefined) imports.push(imported);
    if (ts.isIdentifier(node)) {
      words.add(node.text);
      if (!isMemberName(node)) names.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  const statements = tree.statements.map(({ kind }) => ts.SyntaxKind[kind]);
  return { path, folder: folderOf(path), text, imports, names, words, statements };
}

function importOf(path: string, node: ts.Node): Import | undefined {
  const resolved = (specifier: ts.Node | undefined, typeOnly: boolean, lazy = false): Import | undefined => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return undefined;
    const ours = specifier.text.startsWith('.');
    const target = ours ? posix.join(posix.dirname(path), specifier.text) : specifier.text;
    return { target, ours, typeOnly, lazy };
  };
  if (ts.isImportDeclaration(node)) {
    return resolved(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
  }
  if (ts.isExportDeclaration(node)) return resolved(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return resolved(node.arguments[0], false, true);
  }
  return undefined;
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertySignature(parent) && parent.name === node) ||
    (ts.isMethodSignature(parent) && parent.name === node)
  );
}

/** All that comes along with a source, at once or later, by paths below `src`. */
function reachedFrom(start: string): readonly string[] {
  const reached = new Set([start]);
  for (const path of reached) {
    const imports = SOURCES.find((source) => source.path === path)?.imports ?? [];
    for (const { target, ours, typeOnly } of imports) if (ours && !typeOnly) reached.add(target);
  }
  return [...reached];
}

/** The places that break a rule, as `file: what`. */
function violations(find: (source: Source) => readonly string[]): string[] {
  return SOURCES.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`));
}

function folderOf(target: string): string {
  return target.includes('/') ? target.slice(0, target.indexOf('/')) : '';
}

test('the sources are found, and their imports are read', () => {
  const main = SOURCES.find(({ path }) => path === 'main.ts');
  expect(main?.imports).toContainEqual({ target: 'cli/run-program.ts', ours: true, typeOnly: false, lazy: false });
  expect(main?.names.has('process')).toBe(true);
  const lazy = SOURCES.find(({ path }) => path === 'cli/commands/report.ts');
  expect(lazy?.imports).toContainEqual({ target: 'cli/run/report.ts', ours: true, typeOnly: false, lazy: true });
});

/** What each folder may import of ours, besides itself. The flow has one direction, so every list is a prefix of a walk along it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Leaves: whatever they imported, everybody would.
  shared: [],
  layout: ['shared'],
  manifest: ['layout', 'shared'],
  inventory: ['manifest', 'layout', 'shared'],
  // Says which tags an operator wants to keep: a language, tested with texts and values, before anything is marked.
  policy: ['layout', 'shared'],
  // Says when the figures of a report are bad news: a language, tested with texts and values.
  gate: ['shared'],
  // Does in thought what the registry's own collector does: it reads through a port, and is tested against the real one.
  distribution: ['manifest', 'layout', 'shared'],
  // Fills an inventory; what it means is for the stages behind it.
  scan: ['inventory', 'manifest', 'layout', 'shared'],
  // Keeps an inventory; knows neither how it was read nor what follows from it.
  db: ['inventory', 'manifest', 'layout', 'shared'],
  // Decides over an inventory in memory: the same decision whether it was scanned or read from an index.
  gc: ['policy', 'inventory', 'manifest', 'layout', 'shared'],
  // Does what a plan says; reads links as the scan does, and follows references as marking does.
  sweep: ['gc', 'scan', 'inventory', 'manifest', 'layout', 'shared'],
  // Turns decisions into the results of the contract.
  query: ['gate', 'gc', 'policy', 'inventory', 'manifest', 'layout', 'shared'],
  // Renderers compute nothing: with no way to the data they cannot.
  report: ['shared'],
  // Asks whether anybody writes: the registry itself, its config, the processes of this machine, the times on the volume.
  // Of `scan` it takes how a registry's config and root are read: one parser, whoever asks.
  probe: ['scan', 'inventory', 'layout', 'manifest', 'shared'],
  // Serves the page: answers with results of the contract over an index in memory, and starts this program for what takes long.
  serve: ['pipeline', 'query', 'report', 'scan', 'gc', 'policy', 'inventory', 'manifest', 'layout', 'shared'],
  // Runs in a browser. Of ours it takes the contract's types, and what renderers share.
  page: ['report', 'shared'],
  // Scans or loads: where the two meet. And from there to a sweep: what the guard asks, what carries it out.
  pipeline: ['db', 'distribution', 'scan', 'gc', 'policy', 'probe', 'sweep', 'inventory', 'layout', 'shared'],
};

describe('the flow has one direction', () => {
  test('every folder is in the list, or is cli', () => {
    const folders = new Set(SOURCES.map(({ folder }) => folder));
    expect([...folders].filter((folder) => folder !== '' && folder !== 'cli' && !(folder in MAY_IMPORT))).toEqual([]);
  });

  test('no folder imports one that comes after it', () => {
    const found = violations(({ folder, imports }) =>
      imports
        .filter(({ target, ours, typeOnly }) => {
          const may = MAY_IMPORT[folder];
          const to = folderOf(target);
          if (!ours || may === undefined || to === folder || may.includes(to)) return false;
          // The contract's types live beside their renderers: `query` fills them, and `db` answers in one of them.
          if (target === 'report/model.ts' && (folder === 'query' || (folder === 'db' && typeOnly))) return false;
          if (/^report\/model-\w+\.ts$/.test(target) && folder === 'query' && typeOnly) return false;
          // What a query works on is named by who opens it; the name alone brings no code along.
          return !(folder === 'query' && to === 'pipeline' && typeOnly);
        })
        .map(({ target }) => `imports ${target}`),
    );
    expect(found).toEqual([]);
  });

  test('nothing imports cli but main.ts: a stage that knew its command could not serve another', () => {
    const found = violations(({ folder, imports }) =>
      folder === 'cli' || folder === ''
        ? []
        : imports.filter(({ target, ours }) => ours && folderOf(target) === 'cli').map(({ target }) => target),
    );
    expect(found).toEqual([]);
  });

  test('main.ts imports cli alone', () => {
    const found = violations(({ path, imports }) =>
      path === 'main.ts' ? imports.filter(({ target }) => folderOf(target) !== 'cli').map(({ target }) => target) : [],
    );
    expect(found).toEqual([]);
  });

  test('index.ts has no code of its own, only other names: the library is the stages that commands go through, not a second way', () => {
    const found = violations(({ path, statements }) =>
      path === 'index.ts' ? statements.filter((kind) => kind !== 'ExportDeclaration') : [],
    );
    expect(found).toEqual([]);
  });

  test('index.ts hands out stages that read, and what they speak of: nothing that deletes, writes or asks a network', () => {
    const reading = ['scan', 'pipeline', 'gc', 'policy', 'inventory', 'shared'];
    const found = violations(({ path, imports }) =>
      path === 'index.ts'
        ? imports.filter(({ target }) => !reading.includes(folderOf(target))).map(({ target }) => target)
        : [],
    );
    expect(found).toEqual([]);
    const reached = reachedFrom('index.ts');
    expect(reached).toContain('scan/scan.ts');
    const beyond = /^(?:cli|db|probe|serve)\/|^sweep\/(?!(?:durable|run-folder|runs|state-folder|trash)\.ts$)/;
    expect(reached.filter((target) => beyond.test(target))).toEqual([]);
  });

  test('what opens an index goes through the stages that index.ts hands out, and so does what plans', () => {
    const open = SOURCES.find(({ path }) => path === 'pipeline/open-index.ts');
    for (const name of ['locateRegistry', 'scanRegistry', 'markInventory']) expect(open?.names).toContain(name);
    // Whoever scanned or marked past them would be the second way.
    const found = violations(({ path, folder, imports, names }) => {
      const scans = imports.some(({ target, typeOnly }) => target === 'scan/scan.ts' && !typeOnly);
      const marks = names.has('analyse') && folder !== 'gc' && folder !== 'query';
      return [
        ...(scans && path !== 'pipeline/scan-registry.ts' ? ['scans'] : []),
        ...(marks && path !== 'pipeline/mark-inventory.ts' ? ['marks'] : []),
      ];
    });
    expect(found).toEqual([]);
    for (const path of ['cli/run/plan.ts', 'pipeline/prepare-sweep.ts']) {
      expect(SOURCES.find((source) => source.path === path)?.names).toContain('planMarked');
    }
  });
});

const PURE = ['layout', 'manifest', 'distribution', 'inventory', 'policy', 'gate', 'gc', 'query', 'report', 'shared'];

/** Modules of Node that compute and touch nothing outside the process. */
const HARMLESS_BUILTINS = new Set(['node:buffer', 'node:path/posix']);

const EFFECTFUL_PACKAGES = new Set([
  'better-sqlite3',
  'cli-progress',
  'consola',
  'env-paths',
  'fast-glob',
  'write-file-atomic',
  'yargs',
]);

describe('pure folders', () => {
  test('reach neither disk, process, thread nor terminal: they are tested with values, and cannot delete', () => {
    const found = violations(({ path, folder, imports }) =>
      PURE.includes(folder)
        ? imports
            .filter(({ target, ours }) => {
              if (ours || HARMLESS_BUILTINS.has(target)) return false;
              // A digest is checked where a manifest is read.
              if (folder === 'manifest' && target === 'node:crypto') return false;
              // A plan ends with the sum of its lines.
              if (path === 'gc/plan-lines.ts' && target === 'node:crypto') return false;
              return target.startsWith('node:') || EFFECTFUL_PACKAGES.has(target);
            })
            .map(({ target }) => `imports ${target}`)
        : [],
    );
    expect(found).toEqual([]);
  });

  test('read no clock: time comes in as an argument, so the same input gives the same bytes', () => {
    const found = violations(({ folder, text }) =>
      PURE.includes(folder) && /\bDate\.now\(|new Date\(\)|performance\.now\(/.test(text) ? ['reads a clock'] : [],
    );
    expect(found).toEqual([]);
  });
});

const FILE_SYSTEM = new Set(['fs', 'fs/promises', 'node:fs', 'node:fs/promises', 'fast-glob', 'write-file-atomic']);

/** Calls that take something away from a volume. */
const DELETING = [
  'unlink',
  'unlinkSync',
  'rm',
  'rmSync',
  'rmdir',
  'rmdirSync',
  'rename',
  'renameSync',
  'truncate',
  'truncateSync',
];

/** Calls that put something on it, or change what is there. */
const WRITING = [
  'appendFile',
  'appendFileSync',
  'chmod',
  'chmodSync',
  'copyFile',
  'copyFileSync',
  'createWriteStream',
  'link',
  'linkSync',
  'mkdir',
  'mkdirSync',
  'mkdtemp',
  'mkdtempSync',
  'symlink',
  'symlinkSync',
  'utimes',
  'utimesSync',
  'writeFile',
  'writeFileSync',
  'writeSync',
];

function importsFileSystem(source: Source): boolean {
  return source.imports.some(({ target }) => FILE_SYSTEM.has(target));
}

describe('the volume', () => {
  test('is touched by scan (and sweep) alone; db and cli/output.ts write files of their own, others read settings, plans, policies, the page and /proc', () => {
    const mayToo = [
      'cli/output.ts',
      'cli/page-files.ts',
      'cli/plan-input.ts',
      'cli/text-input.ts',
      'probe/files.ts',
      'probe/processes.ts',
      'probe/process-root.ts',
    ];
    const found = violations((source) =>
      importsFileSystem(source) && !['scan', 'sweep', 'db'].includes(source.folder) && !mayToo.includes(source.path)
        ? ['imports the file system']
        : [],
    );
    expect(found).toEqual([]);
  });

  test('loses something by sweep alone; db and cli/output.ts replace files of their own', () => {
    const found = violations((source) =>
      importsFileSystem(source) && !['sweep', 'db'].includes(source.folder) && source.path !== 'cli/output.ts'
        ? DELETING.filter((name) => source.words.has(name))
        : [],
    );
    expect(found).toEqual([]);
  });

  test('is never written to by a scan or a probe: a report works on a read-only mount, and asking changes nothing', () => {
    const found = violations((source) =>
      source.folder === 'scan' || source.folder === 'probe'
        ? [...DELETING, ...WRITING].filter((name) => importsFileSystem(source) && source.words.has(name))
        : [],
    );
    expect(found).toEqual([]);
  });
});

/** The file that an index is written to before its rename says by its name which process left it there. */
function namesItsProcess(path: string, text: string): boolean {
  return ['db/writer.ts', 'db/verified.ts'].includes(path) && !/\bprocess\b(?!\.pid\b)(?=\.|\[)|\bconsole\b/.test(text);
}

describe('one place for each effect', () => {
  test('only db speaks to SQLite: the index can change its form in one folder', () => {
    const found = violations(({ folder, imports }) =>
      folder !== 'db' && imports.some(({ target }) => target === 'better-sqlite3') ? ['imports better-sqlite3'] : [],
    );
    expect(found).toEqual([]);
  });

  test('only cli and main.ts touch process and console: stdout is data, and has one writer', () => {
    const found = violations(({ path, folder, text, names, imports }) =>
      folder === 'cli' || folder === '' || namesItsProcess(path, text)
        ? []
        : [
            ...['process', 'console'].filter((name) => names.has(name)),
            ...imports.filter(({ target }) => /^(node:)?(process|console)$/.test(target)).map(({ target }) => target),
          ],
    );
    expect(found).toEqual([]);
  });

  test('within them, stdout is written to by cli/output.ts alone', () => {
    const found = violations(({ path, text }) =>
      path !== 'cli/output.ts' && /stdout\.(?:write|end)\(|console\./.test(text) ? ['writes to stdout'] : [],
    );
    expect(found).toEqual([]);
  });

  test('nothing starts another program but the jobs of the page, which are this program once more: they outlive no channel to it', () => {
    const found = violations(({ path, imports }) =>
      path === 'serve/jobs.ts'
        ? []
        : imports.filter(({ target }) => /child_process|^execa$/.test(target)).map(({ target }) => target),
    );
    expect(found).toEqual([]);
  });

  test('only probe speaks to a network, and the page asks its own server: everything else works without one', () => {
    const found = violations(({ folder, imports, names }) =>
      folder === 'probe'
        ? []
        : [
            ...imports
              .filter(
                ({ target, typeOnly }) =>
                  /^(node:)?(https?|http2|net|tls|dgram|dns|dns\/promises)$/.test(target) &&
                  !(folder === 'serve' && typeOnly),
              )
              .map(({ target }) => target),
            ...(names.has('fetch') && folder !== 'page' && folder !== 'serve' ? ['fetch'] : []),
          ],
    );
    expect(found).toEqual([]);
  });

  test('only serve listens: whatever else runs can be asked nothing', () => {
    const found = violations(({ folder, imports }) =>
      folder === 'serve'
        ? []
        : imports.filter(({ target }) => /^(?:hono|@hono)\b/.test(target)).map(({ target }) => target),
    );
    expect(found).toEqual([]);
  });

  test('what writes metrics is loaded for that format alone', () => {
    const found = violations(({ path, imports }) =>
      imports
        .filter(({ target, lazy }) =>
          target === 'prom-client'
            ? path !== 'report/openmetrics.ts'
            : (target === 'report/openmetrics.ts' && path !== 'cli/run/report-metrics.ts') ||
              (target === 'cli/run/report-metrics.ts' && !lazy),
        )
        .map(({ target }) => `imports ${target}`),
    );
    expect(found).toEqual([]);
  });

  test('only what reads the volume and what writes the index have threads', () => {
    const found = violations(({ folder, imports }) =>
      folder !== 'scan' && folder !== 'db' && imports.some(({ target }) => target === 'node:worker_threads')
        ? ['imports worker_threads']
        : [],
    );
    expect(found).toEqual([]);
  });
});

test('--help loads yargs and no work: what the program is built of imports the rest lazily', () => {
  const built =
    /^(?:main|cli\/(?:program|run-program|(?:sweeping-)?options|exit-codes|context|argv|description|unknown-(?:command|option)|usage-failure|usual-hints|wrong-value|commands\/\w+))\.ts$/;
  const work =
    /^(?:cli\/(?:run\/|durations|output|progress-bar|messages|numbers|sizes|times)|(?:db|gc|pipeline|probe|query|scan)\/)/;
  const found = violations(({ path, imports }) =>
    built.test(path)
      ? imports
          .filter(({ target, typeOnly, lazy }) => !typeOnly && !lazy && work.test(target))
          .map(({ target }) => target)
      : [],
  );
  expect(found).toEqual([]);
});

test('a file is one idea: none has more than 400 lines', () => {
  const found = violations(({ text }) => {
    const lines = text.split('\n').length - 1;
    return lines > 400 ? [`${lines} lines`] : [];
  });
  expect(found).toEqual([]);
});
