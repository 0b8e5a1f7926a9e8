/** What other programs parse: the fields that are promised, and that every command and format tells the same. */
import { beforeAll, describe, expect, it } from 'vitest';
import { copyFixture } from '../support/fixture.ts';
import { write } from '../support/damage-site.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

type Document = Readonly<Record<string, unknown>>;

const ROW = [
  'name',
  'tags',
  'revisions',
  'untaggedRevisions',
  'layerLinks',
  'orphanedLayers',
  'orphanedBytes',
  'orphanedDiskBytes',
  'danglingLinks',
  'references',
  'bytes',
  'diskBytes',
  'exclusiveBytes',
  'sharedBytes',
  'reclaimableBytes',
  'growthBytes',
  'uploads',
  'lastPushedAt',
];
const TOTALS = [
  'repositories',
  'tags',
  'revisions',
  'layerLinks',
  'tagIndexEntries',
  'uploads',
  'manifests',
  'blobs',
  'bytes',
  'diskBytes',
];
const AMOUNT = ['blobs', 'bytes', 'diskBytes'];
const COUNTED = ['count', 'bytes', 'diskBytes'];
const FREED = ['bytes', 'diskBytes', 'inodes'];

/** Of each object in the report the fields of `cli.md`, and of ours those that were added to them. */
const REPORT: Readonly<Record<string, readonly string[]>> = {
  '': [
    'schema',
    'generatedAt',
    'registry',
    'mode',
    'minAgeSeconds',
    // Added: whether all could be read, and what the reader must know before trusting the figures.
    'complete',
    'notices',
    'totals',
    'referenced',
    'unreferenced',
    'reclaimable',
    'held',
    'trash',
    'ifUntagged',
    'repositories',
    'problems',
  ],
  registry: ['root', 'scannedAt', 'layoutVersion'],
  totals: TOTALS,
  referenced: AMOUNT,
  unreferenced: AMOUNT,
  reclaimable: [
    'blobs',
    'revisions',
    'tags',
    'tagIndexEntries',
    'layerLinks',
    // Added: signatures of schema 1 whose blob is not there, and what a registry left when it died.
    'signatureLinks',
    'uploads',
    'strayFiles',
    'emptyDirectories',
    'total',
  ],
  'reclaimable.blobs': COUNTED,
  'reclaimable.revisions': ['count'],
  'reclaimable.tags': ['count'],
  'reclaimable.tagIndexEntries': ['count'],
  'reclaimable.layerLinks': ['count'],
  'reclaimable.signatureLinks': ['count'],
  'reclaimable.uploads': COUNTED,
  'reclaimable.strayFiles': COUNTED,
  'reclaimable.emptyDirectories': ['count'],
  'reclaimable.total': FREED,
  held: ['excluded', 'damaged', 'young'],
  'held.excluded': AMOUNT,
  'held.damaged': AMOUNT,
  'held.young': AMOUNT,
  trash: ['runs', 'bytes', 'diskBytes'],
  ifUntagged: ['total'],
  'ifUntagged.total': FREED,
};

let root: string;
let cache: string;

beforeAll(async () => {
  root = await copyFixture();
  // Something to tell of, so that there is a problem whose fields can be looked at.
  write(root, 'repositories/app/_layers/sha256/notes.txt', 'notes');
  cache = temporaryFolder('cache');
  await run('scan', '--full');
});

async function run(command: string, ...argv: readonly string[]): Promise<string> {
  const { status, stdout } = await runHere([command, root, ...argv], cache);
  expect(status).toBe(0);
  return stdout;
}

async function document(command: string, ...argv: readonly string[]): Promise<Document> {
  return JSON.parse(await run(command, ...argv, '--json')) as Document;
}

function part(whole: Document, path: string): unknown {
  return path === '' ? whole : path.split('.').reduce<unknown>((of, name) => (of as Document)[name], whole);
}

function list(whole: Document, name: string): readonly Document[] {
  const found = whole[name];
  if (!Array.isArray(found)) throw new Error(`${name} is no list`);
  return found as readonly Document[];
}

function nameOf({ name }: Document): string {
  if (typeof name !== 'string') throw new Error('a row without a name');
  return name;
}

function fieldsOf(value: unknown): readonly string[] {
  return Object.keys(value as Document);
}

/** The lines of a CSV text of plain cells, as rows by their head. */
function rowsOf(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, place) => [names[place] ?? '', cell])));
}

function asCells(row: Document): Readonly<Record<string, string>> {
  const cell = (value: unknown): string =>
    typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)]));
}

describe('the fields of JSON', () => {
  it('of the report are the promised ones, in their order', async () => {
    const report = await document('report', '--min-age', '0');
    const fields = Object.fromEntries(Object.keys(REPORT).map((path) => [path, fieldsOf(part(report, path))]));
    expect(fields).toEqual(REPORT);
    for (const row of list(report, 'repositories')) expect(fieldsOf(row)).toEqual(ROW);
    const [problem, ...others] = list(report, 'problems');
    expect(others).toEqual([]);
    expect(fieldsOf(problem).toSorted()).toEqual(['code', 'message', 'path', 'repository', 'severity']);
  });

  it('of a ranking are its key and the rows of the report', async () => {
    const rank = await document('rank', '--by', 'size');
    expect(fieldsOf(rank)).toEqual(['schema', 'by', 'repositories']);
    expect(rank).toMatchObject({ schema: 'regsweep.rank/1', by: 'size' });
    for (const row of list(rank, 'repositories')) expect(fieldsOf(row)).toEqual(ROW);
  });

  it('of a scan are what it was of, and the totals of the report', async () => {
    const scan = await document('scan');
    expect(fieldsOf(scan)).toEqual([
      'schema',
      'registry',
      'database',
      'complete',
      'durationSeconds',
      'totals',
      'problems',
    ]);
    expect(fieldsOf(scan['registry'])).toEqual(REPORT['registry']);
    expect(fieldsOf(scan['totals'])).toEqual(TOTALS);
  });

  it('of the totals of a scan are the head of its CSV, whose one row has their values', async () => {
    const { totals } = await document('scan');
    const text = await run('scan', '--format', 'csv');
    expect(text.split('\r\n')[0]).toBe(TOTALS.join(','));
    expect(rowsOf(text)).toEqual([asCells(totals as Document)]);
  });

  it('of listings are those of what is listed', async () => {
    const registry = await document('ls');
    expect(fieldsOf(registry)).toEqual(['schema', 'kind', 'repositories']);
    for (const row of list(registry, 'repositories')) expect(fieldsOf(row)).toEqual(ROW);
    const repository = await document('ls', 'app');
    expect(fieldsOf(repository)).toEqual(['schema', 'kind', 'repository', 'tags', 'revisions']);
    const sizes = ['bytes', 'exclusiveBytes', 'sharedBytes'];
    for (const row of list(repository, 'tags')) {
      expect(fieldsOf(row).toSorted()).toEqual([...sizes, 'tag', 'digest', 'mediaType', 'pushedAt'].toSorted());
    }
    const revisionFields = [...sizes, 'digest', 'mediaType', 'tags', 'untagged', 'pushedAt'].toSorted();
    for (const row of list(repository, 'revisions')) expect(fieldsOf(row).toSorted()).toEqual(revisionFields);
    const manifest = await document('ls', 'app:stable');
    expect(fieldsOf(manifest).toSorted()).toEqual(
      [
        ...sizes,
        'schema',
        'kind',
        'repository',
        'digest',
        'mediaType',
        'artifactType',
        'tags',
        'references',
      ].toSorted(),
    );
  });

  it('have sizes as whole numbers, times as ISO 8601 in UTC, and rows sorted by name', async () => {
    const report = await document('report', '--min-age', '0', '--disk-usage');
    const numbers: unknown[] = [];
    JSON.stringify(report, (name, value: unknown) => {
      if (/bytes$/i.test(name) && typeof value !== 'object') numbers.push(value);
      return value;
    });
    expect(numbers.length).toBeGreaterThan(50);
    expect(numbers.filter((value) => !Number.isInteger(value))).toEqual([]);
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
    expect(report['generatedAt']).toMatch(time);
    expect(part(report, 'registry.scannedAt')).toMatch(time);
    const names = list(report, 'repositories').map((row) => nameOf(row));
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
  });
});

describe('the commands agree', () => {
  it('on the rows: report, rank and ls, in JSON and in CSV', async () => {
    const options = ['--no-scan', '--min-age', '0'];
    const report = list(await document('report', ...options), 'repositories');
    const ranked = list(await document('rank', ...options, '--by', 'tags', '--top', '100'), 'repositories');
    const byName = (rows: readonly Document[]): readonly Document[] =>
      rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    expect(byName(ranked)).toEqual(report);
    expect(report).toHaveLength(14);
    const listed = list(await document('ls', '--no-scan'), 'repositories');
    // What a sweep would free depends on `--min-age`, which `ls` has not.
    const steady = (row: Document): Document => ({ ...row, reclaimableBytes: undefined });
    expect(listed.map(steady)).toEqual(report.map(steady));
    expect(rowsOf(await run('report', ...options, '--format', 'csv'))).toEqual(report.map(asCells));
    expect(rowsOf(await run('rank', ...options, '--by', 'tags', '--top', '100', '--format', 'csv'))).toEqual(
      ranked.map(asCells),
    );
    expect(rowsOf(await run('ls', '--no-scan', '--format', 'csv'))).toEqual(listed.map(asCells));
  });

  it('on the totals: report, scan, and the tables of the index', async () => {
    const totals = (await document('scan'))['totals'];
    expect((await document('report'))['totals']).toEqual(totals);
    const sql = `SELECT (SELECT count(*) FROM repository) AS repositories, (SELECT count(*) FROM tag) AS tags,
      (SELECT count(*) FROM revision) AS revisions, (SELECT count(*) FROM layer_link) AS layerLinks,
      (SELECT count(*) FROM tag_index_entry) AS tagIndexEntries, (SELECT count(*) FROM upload) AS uploads,
      (SELECT count(*) FROM manifest) AS manifests, (SELECT count(*) FROM blob WHERE stored) AS blobs,
      (SELECT sum(bytes) FROM blob WHERE stored) AS bytes`;
    const { columns, rows } = (await document('query', sql)) as unknown as {
      readonly columns: readonly string[];
      readonly rows: readonly (readonly unknown[])[];
    };
    const asked = Object.fromEntries(columns.map((name, place) => [name, rows[0]?.[place]]));
    expect({ ...asked, diskBytes: null }).toEqual(totals);
    expect(rowsOf(await run('query', sql, '--format', 'csv'))).toEqual([asCells(asked)]);
  });

  it('on what is referenced: the report and the marks in the index', async () => {
    for (const [mode, column] of [
      [[], 'referenced'],
      [['--untagged'], 'tagged'],
    ] as const) {
      const report = await document('report', '--min-age', '0', ...mode);
      const sql = `SELECT count(*) AS blobs, sum(bytes) AS bytes FROM blob WHERE stored AND ${column}`;
      const { blobs, bytes } = report['referenced'] as Document;
      expect((await document('query', sql))['rows']).toEqual([[blobs, bytes]]);
    }
  });

  it('tables name every repository that the JSON names', async () => {
    const names = list(await document('ls'), 'repositories').map((row) => nameOf(row));
    for (const table of [await run('ls'), await run('rank', '--top', '100')]) {
      for (const name of names) expect(table).toMatch(new RegExp(`^ *${name.replace(/[()]/g, '\\$&')} `, 'm'));
    }
    const query = await run('query', 'SELECT name FROM repository ORDER BY name');
    for (const name of names.filter((one) => !one.startsWith('('))) expect(query.split(/\s+/)).toContain(name);
  });
});
