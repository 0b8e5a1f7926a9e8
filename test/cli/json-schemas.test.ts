/** Every JSON that the program prints, held against the schema that ships for it: on sound, damaged and swept volumes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { planJsonSchema } from '../../src/gc/plan-file.ts';
import { damagedRegistry } from '../support/damaged-registry.ts';
import { copyFixture } from '../support/fixture.ts';
import { APPLY, operatedVolume, STOPPED } from '../support/operated-volume.ts';
import { pageOf } from '../support/page.ts';
import { policyFile, releases } from '../support/released-volume.ts';
import { SHIPPED, shippedSchema, wrongBySchema } from '../support/shipped-schemas.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';

const LINES = 'regsweep.lines/1';
const PLAN = 'regsweep.plan/1';

const seen = new Set<string>();
const kinds = new Set<unknown>();

type Document = Readonly<Record<string, unknown>>;

function check(name: unknown, document: Document): readonly string[] {
  if (typeof name !== 'string' || !SHIPPED.includes(name)) return [`no schema is called ${String(name)}`];
  seen.add(name);
  if (name === LINES) kinds.add(document['kind']);
  const wrong = wrongBySchema(name, document);
  return wrong === '' ? [] : [`${name}: ${wrong}`];
}

const parsed = (text: string): Document => JSON.parse(text) as Document;
const linesOf = (text: string): readonly Document[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map(parsed);

/** Runs a command line for its document, or for its lines, and gives what is wrong with them. */
async function wrongOf(argv: readonly string[], cache: string): Promise<readonly string[]> {
  const { stdout, stderr } = await runHere(argv, cache);
  const said = `${argv.join(' ')}: ${stderr}`;
  if (stdout === '') return [`${said} printed nothing`];
  const isPlan = argv[0] === 'plan' && !argv.includes('--explain');
  const wrong =
    isPlan || argv.includes('ndjson')
      ? linesOf(stdout).flatMap((line) => check(isPlan ? PLAN : LINES, line))
      : check(parsed(stdout)['schema'], parsed(stdout));
  return wrong.map((one) => `${said}${one}`);
}

async function wrongOfAll(
  root: string,
  commands: readonly (readonly string[])[],
  cache = temporaryFolder('cache'),
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [command = '', ...more] of commands) wrong.push(...(await wrongOf([command, root, ...more], cache)));
  return wrong;
}

const NDJSON = ['--format', 'ndjson'];

const POLICY = `policies: [{repositories: ['**'], keepTags: [{keepLast: 1}, {patterns: [v.*], keepSemver: 2}]}]\n`;

it('outputs of a sound volume fit their schemas', async () => {
  const root = await copyFixture();
  const policy = temporaryFile('policy.yml', POLICY);
  const file = join(temporaryFolder('plan'), 'plan.ndjson');
  const young = ['--min-age', '0'];
  expect(
    await wrongOfAll(root, [
      ['report', ...young, '--json'],
      ['report', ...young, '--untagged', '--disk-usage', '--json'],
      ['report', ...young, '--policy', policy, '--target-free', '1M', '--json'],
      ...[['--json'], NDJSON].flatMap((as) => [
        ['report', ...young, '--keep-last', '1', '--explain', ...as],
        ['rank', '--by', 'size', '--no-scan', ...young, ...as],
        ['scan', '--no-scan', ...young, ...as],
        ['tree', '--no-scan', ...young, ...as],
        ['history', '--no-scan', ...as],
        ['ls', '--no-scan', ...as],
        ['ls', 'multi', '--no-scan', ...as],
        ['ls', 'multi:2.0', '--no-scan', ...as],
        ['plan', ...young, '--keep-last', '1', '--explain', '-o', file, ...as],
      ]),
      ['verify', '--data', '--json'],
      ['rank', '--depth', '1', '--no-scan', ...young, '--json'],
      ['report', '--as', 'distribution-2.8', '--json'],
      ['report', '--as', 'distribution-3', '--untagged', '--json'],
      ['verify', '--pull-check', 'multi:2.0', '--json'],
      ['why', 'app:stable', '--no-scan', ...young, '--json'],
      ['why', 'multi:2.0', '--untagged', '--no-scan', ...young, '--json'],
      ['query', 'SELECT * FROM repository', '--json'],
      ['query', 'SELECT 0.5, NULL, 9007199254740993', '--json'],
      ['plan', ...young, '--untagged', ...NDJSON],
      ['plan', ...young, '--policy', policy],
      ['repair', '--json'],
      ['runs', '--json'],
      ['purge', '--json'],
    ]),
  ).toEqual([]);
});

it('what is said of policies, right and wrong, fits its schema', async () => {
  const cache = temporaryFolder('cache');
  for (const text of [POLICY, 'polices: []', '{']) {
    expect(await wrongOf(['policy', 'check', temporaryFile('policy.yml', text), '--json'], cache)).toEqual([]);
  }
});

it('a comparison of two policies fits its schema', async () => {
  const { root, cache } = releases();
  const words = ['report', '--keep-last', '1', '--compare', policyFile('more.yml', '**', 2), '--min-age', '0'];
  expect(
    await wrongOfAll(
      root,
      [
        [...words, '--json'],
        [...words, ...NDJSON],
      ],
      cache,
    ),
  ).toEqual([]);
});

it('outputs of a volume that is swept, refused, restored and purged fit their schemas', async () => {
  const volume = operatedVolume();
  const { root, cache } = volume;
  const wrong = [
    ...(await wrongOfAll(
      root,
      [
        ['sweep', '--json'],
        ['sweep', '--apply', '--json'],
        ['rm', 'left/over', ...APPLY, '--json'],
        ['sweep', '--untagged', '--max-bytes', '1B', ...APPLY, '--json'],
        ['sweep', '--target-free', '1T', ...APPLY, '--json'],
      ],
      cache,
    )),
  ];
  const { runs } = await volume.json('runs');
  const [first = { run: '' }, second = { run: '' }] = runs;
  wrong.push(
    ...(await wrongOfAll(
      root,
      [
        ['restore', second.run, '--json'],
        ['restore', second.run, ...STOPPED, '--json'],
        ['runs', '--json'],
        ['runs', ...NDJSON],
        ['history', '--since', '100', '--json'],
        ['history', '--since', '100', ...NDJSON],
        ['report', '--json'],
        ['purge', first.run, '--json'],
        ['runs', '--json'],
      ],
      cache,
    )),
  );
  expect(wrong).toEqual([]);
  expect(runs.length).toBeGreaterThan(1);
});

describe('outputs of damaged volumes fit their schemas', () => {
  it.each([3, 5, 7, 8])('of seed %d', async (seed) => {
    const { root } = damagedRegistry(seed);
    expect(
      await wrongOfAll(root, [
        ['report', '--min-age', '0', '--json'],
        ['report', '--untagged', ...NDJSON],
        ['report', '--as', 'distribution-2.8', '--json'],
        ['verify', '--data', '--json'],
        ['verify', ...NDJSON],
        ['scan', ...NDJSON],
        ['repair', '--drop-dangling', '--relink-children', '--json'],
        ['sweep', '--untagged', '--min-age', '0', '--json'],
        ['plan', '--untagged', '--min-age', '0'],
      ]),
    ).toEqual([]);
  });
});

it('the state that the page begins with fits its schema', async () => {
  const page = await pageOf(operatedVolume().root);
  await page.untilIdle();
  const state = await page.get<Document>('/api/state');
  expect(await page.end()).toBe(0);
  expect(check(state['schema'], state)).toEqual([]);
});

describe('no schema is missing', () => {
  /** What the program says to itself. */
  const OWN = ['regsweep.progress/1', 'regsweep.run/1'];

  it('for anything that the sources name', () => {
    const sources = fileURLToPath(new URL('../../src', import.meta.url));
    const named = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .flatMap((path) => readFileSync(join(sources, path), 'utf8').match(/\bregsweep\.[a-z-]+\/\d+/g) ?? []);
    expect([...new Set(named), LINES].toSorted()).toEqual([...SHIPPED, ...OWN].toSorted());
  });

  it('and that of plans is made of what their parser goes by', () => {
    const text = JSON.stringify(planJsonSchema()).replaceAll(
      /,"additionalProperties":false|"additionalProperties":false,/g,
      '',
    );
    const open: unknown = { ...(JSON.parse(text) as object), $id: 'urn:regsweep:plan:1', title: PLAN };
    expect(shippedSchema(PLAN)).toEqual(open);
  });

  it('and says of a field that is not there that it is wrong, and here of one that it does not know', () => {
    const line = { kind: 'run', run: 'x', startedAt: 'x', endedAt: null, mode: null, actions: 1, bytes: 1 };
    const whole = { ...line, diskBytes: 1, state: 'trash', repositoriesRemoved: [] };
    expect(wrongBySchema(LINES, whole)).toBe('');
    expect(wrongBySchema(LINES, { ...whole, more: 1 })).not.toBe('');
    expect(wrongBySchema(LINES, line)).not.toBe('');
    expect(wrongBySchema(LINES, { ...whole, bytes: 0.5 })).not.toBe('');
    for (const name of SHIPPED) expect(wrongBySchema(name, {}), name).not.toBe('');
  });

  afterAll(() => {
    // Not of what was not tried: a schema that no output was held against says nothing.
    expect([...seen].toSorted()).toEqual(SHIPPED);
    const { definitions } = shippedSchema(LINES) as { definitions: Record<string, Document> };
    const all = JSON.stringify(definitions).matchAll(/"kind":\{"type":"string","const":"([\w-]+)"\}/g);
    expect([...all].map(([, kind]) => kind).filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});
