/**
 * A volume whose names and documents are out to harm whoever reads of them, in every format of every command: nothing that
 * a terminal, a spreadsheet or a parser would take for more than text comes out, and nothing crashes.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobData, layerLink, revisionLink, tagCurrentLink, tagIndexEntryLink } from '../../src/layout/paths.ts';
import type { RepositoryAnswer, RepositoryPage } from '../../src/report/model-serve.ts';
import { digestBytes, layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { APPLY, STOPPED } from '../support/operated-volume.ts';
import { pageOf } from '../support/page.ts';
import { foreignMarkup } from '../support/rendered-markdown.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const HOSTILE = [
  '\u001b]0;owned\u0007\u001b[2J',
  'two\nlines\r\tand a tab',
  'abc\u202edcba\u2066\u2028',
  'c1 \u009b31m \u007f',
  '<img src=x onerror=alert(1)>&amp;',
  '=cmd|calc',
  '+1+1',
  '-1-1',
  '@SUM(A1)',
  '"; DROP TABLE blob; --',
  '`$(touch owned)`',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  `${'x'.repeat(250)}\u00e9`,
] as const;
const DEPTH = 100_000;
const A_MILLION = 1_000_000;
const DEEP = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;

let root: string;
let cache: string;

/** A manifest with its true digest, held under a tag. */
function plant(tree: Tree, repository: string, tag: string, document: string): void {
  const digest = digestBytes(Buffer.from(document));
  tree.write(blobData(digest), document);
  tree.write(revisionLink(repository, digest), digest);
  tree.write(tagIndexEntryLink(repository, tag, digest), digest);
  tree.write(tagCurrentLink(repository, tag), digest);
}

function documents(text: string): readonly string[] {
  const [config, part] = [digestBytes(Buffer.from(`config ${text}`)), digestBytes(Buffer.from(`part ${text}`))];
  const strange = { mediaType: text, size: -1, digest: part, platform: { os: text, architecture: text } };
  return [
    JSON.stringify({ schemaVersion: 2, mediaType: text, config: { ...strange, digest: config }, layers: [strange] }),
    JSON.stringify({
      schemaVersion: 2,
      artifactType: text,
      layers: [],
      annotations: { [text]: text },
      subject: strange,
    }),
    JSON.stringify({ schemaVersion: 2, manifests: [strange, { ...strange, digest: `sha256:${text}` }] }),
    `{"schemaVersion":2,"__proto__":{"layers":[]},"constructor":{"prototype":{"digest":1}},"layers":[{"digest":"${part}","__proto__":{"size":${JSON.stringify(text)}}}]}`,
  ];
}

beforeAll(() => {
  root = join(temporaryFolder('hostile'), 'registry');
  cache = temporaryFolder('cache');
  const tree = createTree(root);
  tree.push('sound', 'latest', image({ layers: [layer('sound')] }));
  tree.linkLayer('sound', tree.putBlob(Buffer.from('garbage')));
  for (const text of HOSTILE) {
    const name = text.replaceAll('/', '|');
    tree.push(name, 'latest', image({ name, layers: [layer(name)] }));
    tree.push('tags', 'latest', image({ name, layers: [layer(name)] }));
    tree.write(tagCurrentLink('tags', name), text);
    for (const [number, document] of documents(text).entries()) plant(tree, 'documents', `d${number}`, document);
    tree.write(`repositories/tags/_uploads/${name}/startedat`, text);
    tree.write(`repositories/tags/${name.slice(0, 200)}.file`, text);
    tree.write(`blobs/sha256/${name}/data`, text);
    tree.write(layerLink('tags', digestBytes(Buffer.from(text))), text);
  }
  tree.age(1000);
});

/** But for line ends, which every format has, and in CSV tabs and line ends that are quoted. */
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const UNSAFE_IN_CSV = /[^\P{Cc}\n\r\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** A cell that a spreadsheet would compute; a number is none. */
const FORMULA = /(?:^|[,\n])"?[=+@](?!\d+(?:[,\n]|$))|(?:^|[,\n])"?-(?![\d.]+(?:[,\n]|$))/;

const COMMANDS: readonly (readonly string[])[] = [
  ['report'],
  ['report', '--untagged', '--disk-usage', '--verbose'],
  ['report', '--as', 'distribution-2.8'],
  ['report', '--as', 'distribution-3', '--untagged'],
  ['report', '--keep-last', '1'],
  ['rank', '--by', 'size', '--top', '50'],
  ['scan', '--full'],
  ['tree', '--top', '100'],
  ['tree', '--untagged', '--depth', '1'],
  ['history'],
  ['history', '--since', '100'],
  ['history', '--since', '\u001b[2J'],
  ['ls'],
  ['ls', 'tags'],
  ['ls', 'documents'],
  ['ls', 'documents:d0'],
  ['ls', 'sound:latest'],
  ...HOSTILE.slice(0, 6).map((name) => ['ls', name]),
  ['why', 'documents:d0'],
  ['why', 'documents:d1', '--untagged'],
  ['why', 'tags:latest', '--repo', 'sound'],
  ['why', digestBytes(Buffer.from('garbage')), '--min-age', '0'],
  ...HOSTILE.slice(0, 6).flatMap((name) => [
    ['why', `${name.replaceAll('/', '|')}:latest`],
    ['why', `tags:${name}`],
    ['why', digestBytes(Buffer.from(`part ${name}`))],
  ]),
  ['why', '\u001b[2J'],
  ['verify', '--data'],
  ['plan', '--untagged'],
  ['sweep', '--untagged'],
  ['rm', 'tags'],
  ['rm', '\u001b[2J', '=1+1'],
  ['query', 'SELECT * FROM repository'],
  ['query', 'SELECT * FROM tag'],
  ['query', 'SELECT * FROM problem'],
  ['query', 'SELECT \u001b[2J'],
  ['runs'],
  ['restore', '\u001b[2J\u202e'],
  ['purge', '\u001b[2J\u202e'],
];

/** Few commands have these. */
const LEAST_ANSWERS: Readonly<Record<string, number>> = { csv: 8, openmetrics: 1 };

function wrongIn(format: string, stdout: string, stderr: string): readonly string[] {
  const wrong: string[] = [];
  const found = (format === 'csv' ? UNSAFE_IN_CSV : UNSAFE).exec(stdout);
  if (found !== null) wrong.push(`stdout has ${JSON.stringify(stdout.slice(found.index - 40, found.index + 20))}`);
  if (UNSAFE.test(stderr)) wrong.push(`stderr has ${JSON.stringify(stderr.slice(0, 2000))}`);
  if (/^\s+at .+[:)]\d*/m.test(stderr)) wrong.push(`a trace: ${stderr}`);
  if (format === 'csv') {
    const formula = FORMULA.exec(stdout);
    if (formula !== null) wrong.push(`a formula: ${stdout.slice(formula.index, formula.index + 40)}`);
  }
  if (format === 'markdown' && stdout !== '') {
    const markup = foreignMarkup(stdout);
    if (markup !== undefined) wrong.push(`markup: ${markup}`);
  }
  if (format === 'ndjson' && !stdout.split('\n').every((line) => line === '' || isJson(line)))
    wrong.push('is no NDJSON');
  if (format === 'json' && stdout !== '' && !stdout.startsWith('{"schema":"regsweep.plan/') && !isJson(stdout))
    wrong.push('is no JSON');
  return wrong;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe.each(['table', 'json', 'csv', 'ndjson', 'markdown', 'openmetrics'])('as %s', (format) => {
  it('no command prints what is more than text, or crashes', async () => {
    const wrong: object[] = [];
    let answered = 0;
    for (const [command = '', ...more] of COMMANDS) {
      // A plan has a format of its own.
      const argv = [command, root, ...more, ...(command === 'plan' ? [] : ['--format', format])];
      const { status, stdout, stderr } = await runHere(argv, cache);
      const lines = [...wrongIn(format, stdout, stderr)];
      if (![0, 1, 2, 3, 4].includes(status ?? -1)) lines.push(`status ${status}`);
      if (lines.length > 0) wrong.push({ command, more, lines });
      if (status === 0 || status === 3) answered++;
    }
    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThan(LEAST_ANSWERS[format] ?? 15);
  });
});

it('the page answers all of it as JSON that holds the same texts, and with nothing of them in a header', async () => {
  const page = await pageOf(root);
  await page.untilIdle();
  const { rows } = await page.get<RepositoryPage>('/api/repositories?by=name&limit=1000');
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining(HOSTILE.map((text) => text.replaceAll('/', '|'))),
  );
  const paths = ['/api/overview', '/api/problems?limit=1000', '/api/runs'];
  for (const { name } of rows.filter((row) => !row.name.startsWith('('))) {
    const repository = encodeURIComponent(name);
    paths.push(
      `/api/repository?name=${repository}`,
      `/api/search?q=${repository}`,
      `/api/why?reference=${repository}:latest`,
    );
    const { tags } = await page.get<RepositoryAnswer>(`/api/repository?name=${repository}`);
    for (const { tag } of tags) {
      paths.push(`/api/manifest?repository=${repository}&reference=${encodeURIComponent(`:${tag}`)}`);
    }
  }
  for (const path of paths) {
    const answer = await page.fetch(path);
    expect([200, 400, 404], path).toContain(answer.status);
    expect(answer.headers.get('content-type'), path).toBe('application/json');
    expect(isJson(await answer.text()), path).toBe(true);
  }
  for (const text of HOSTILE) {
    const { command } = await page.effect({ kind: 'references', references: [text] });
    expect(UNSAFE.test(command), command).toBe(false);
  }
  expect(await page.end()).toBe(0);
  expect(UNSAFE.test(page.messages()), page.messages()).toBe(false);
});

it('a sweep of it is carried out, told of and taken back, and pollutes no prototype', async () => {
  const words = ['--untagged', ...APPLY, '--accept-lost-repositories', '--tags-are-complete'];
  const swept = await runHere(['sweep', root, ...words], cache);
  expect(wrongIn('table', swept.stdout, swept.stderr)).toEqual([]);
  expect(swept.status).toBe(0);
  const runs = await runHere(['runs', root, '--json'], cache);
  const [run] = (JSON.parse(runs.stdout) as { runs: readonly { run: string }[] }).runs;
  const restored = await runHere(['restore', root, run?.run ?? '', ...STOPPED], cache);
  expect(wrongIn('table', restored.stdout, restored.stderr)).toEqual([]);
  expect(restored.status).toBe(0);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['layers']).toBeUndefined();
});

it('documents of a million descriptors, nested a hundred thousand deep, with digests of no length, are doubts', async () => {
  const tree = createTree(join(temporaryFolder('heavy'), 'registry'));
  plant(tree, 'large', 'a-million', `{"schemaVersion":2,"layers":[${'{},'.repeat(A_MILLION)}{}]}`);
  for (const field of ['layers', 'config', 'manifests', 'subject', 'annotations', 'unknown']) {
    plant(tree, 'large', `deep-${field}`, `{"schemaVersion":2,"${field}":${DEEP}}`);
  }
  for (const length of [0, 1, 63, 65, 128, 10_000]) {
    const document = { schemaVersion: 2, layers: [{ digest: `sha256:${'a'.repeat(length)}`, size: 1 }] };
    plant(tree, 'large', `digest-${length}`, JSON.stringify(document));
  }
  tree.linkLayer('large', tree.putBlob(Buffer.from('loose')));
  const swept = await runHere(['sweep', tree.root, '--untagged', ...APPLY, '--json'], cache);
  expect(wrongIn('json', swept.stdout, swept.stderr)).toEqual([]);
  expect(swept.status).toBe(0);
  expect(JSON.parse(swept.stdout)).toMatchObject({ plan: { actions: 0 } });
});

describe('a file that is given', () => {
  const BAD = [
    ['nested a hundred thousand deep', DEEP],
    ['a mapping nested a hundred thousand deep', `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`],
    ['a prototype', '{"__proto__":{"rules":[]},"constructor":{"prototype":{}}}'],
    ['anchors that name each other', 'a: &a [*a]\n'],
    [
      'a billion laughs',
      ['a0: &a0 [x,x]', ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n},*a${n}]`)].join('\n'),
    ],
    ['terminal escapes', '"\u001b[2J": "\u202e"\n\u0007'],
    ['bytes that are no text', '\u0000\u0001\ufffd{{{'],
  ] as const;

  it.each(BAD)(
    '%s: as policy, plan, registry config or ROOT it is refused, and nothing crashes',
    async (_what, text) => {
      const file = temporaryFile('given.yml', text);
      for (const argv of [
        ['policy', 'check', file],
        ['policy', 'import', file, '--from', 'zot'],
        ['policy', 'import', file, '--from', 'ecr'],
        ['report', root, '--policy', file],
        ['sweep', root, '--plan', file],
        ['sweep', root, '--registry-config', file],
        ['report', file],
      ]) {
        const { status, stdout, stderr } = await runHere(argv, cache);
        expect({ argv: argv[0], status, wrong: wrongIn('table', stdout, stderr) }).toEqual({
          argv: argv[0],
          status: expect.toSatisfy((given: number) => [0, 1, 2, 4].includes(given)) as unknown,
          wrong: [],
        });
      }
    },
  );
});
