/** Every example of `--help`, as whoever reads it would run it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { wordsOfLine } from '../../src/cli/completion/line.ts';
import { describeCommands } from '../../src/cli/description.ts';
import { copyFixture } from '../support/fixture.ts';
import { servePage } from '../support/served-page.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const COMMANDS = describeCommands();

/** What stands in the files that examples name. */
const FILES = {
  'config.yml': 'version: 0.1\nstorage:\n  maintenance:\n    readonly:\n      enabled: true\n',
  'policy.yml': 'policies:\n  - repositories: ["**"]\n    keepTags:\n      - mostRecentlyPushedCount: 3\n',
  'harbor-retention.json': JSON.stringify({
    algorithm: 'or',
    rules: [
      {
        action: 'retain',
        template: 'latestPushedK',
        params: { latestPushedK: 3 },
        scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
      },
    ],
  }),
  'lifecycle.json': JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 3 },
        action: { type: 'expire' },
      },
    ],
  }),
} as const;

/** What ends otherwise here: the fixture holds some kilobytes. */
const OTHER_STATUS: Readonly<Record<string, number>> = {
  'regsweep plan /var/lib/registry --untagged --target-free 200G -o plan.ndjson': 5,
};

const SWEPT = ['sweep', 'ROOT', '--apply', '--registry-stopped'];

/** What was done on the volume before. Commands that change one have each example on a volume of its own; others share one. */
const BEFORE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  sweep: [['plan', 'ROOT', '-o', 'plan.ndjson']],
  rm: [],
  repair: [],
  runs: [SWEPT],
  restore: [SWEPT],
  purge: [SWEPT],
};
const BEFORE_OTHERS = [
  ['scan', 'ROOT'],
  ['scan', 'ROOT'],
];

/** A volume like that which examples are about, and what their words are on it. */
class Place {
  readonly folder = temporaryFolder('examples');
  readonly cache = temporaryFolder('cache');
  private run = '';

  constructor(private readonly root: string) {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(this.folder, name), text);
  }

  async prepare(steps: readonly (readonly string[])[]): Promise<void> {
    for (const step of steps) {
      const { status } = await runHere(
        step.map((word) => this.here(word)),
        this.cache,
      );
      expect({ step, status }).toEqual({ step, status: 0 });
    }
    const { stdout } = await runHere(['runs', this.root, '--json'], this.cache);
    const { runs } = JSON.parse(stdout) as { readonly runs: readonly { readonly run: string }[] };
    this.run = runs[0]?.run ?? '';
  }

  /** A word of an example as it is here: all that is not left as it stands is in this table. */
  here(word: string): string {
    if (word === 'ROOT' || word === '/var/lib/registry') return this.root;
    if (word === '20260301T020000Z-5eed') return this.run;
    if (word === '06:00') return new Date(Date.now() + 3_600_000).toTimeString().slice(0, 5);
    // Any that is free.
    if (word === '8080') return '0';
    return /\.(?:yml|json|ndjson|html)$/.test(word) ? join(this.folder, word) : word;
  }
}

/** The words after `regsweep`, without what a shell does with the output. */
function wordsOf(line: string): readonly string[] {
  return wordsOfLine(line.replace(/ (?:\||>>?) [^']*$/, '')).slice(1);
}

async function preparedPlace(before: readonly (readonly string[])[]): Promise<Place> {
  const place = new Place(await copyFixture());
  await place.prepare(before);
  return place;
}

let shared: Place;
beforeAll(async () => {
  shared = await preparedPlace(BEFORE_OTHERS);
});

const EXAMPLES = COMMANDS.flatMap(({ name, examples }) => examples.map(({ line }) => ({ name, line })));

describe('every example', () => {
  test.each(COMMANDS.filter(({ positionals }) => positionals.length > 0))(
    'of $name: two to four, which name it and are copied whole',
    ({ name, examples }) => {
      expect(examples.length).toBeGreaterThanOrEqual(2);
      expect(examples.length).toBeLessThanOrEqual(4);
      for (const { line } of examples) {
        expect(line.startsWith(`regsweep ${name} `)).toBe(true);
        // Help is 100 columns wide at most, and sets examples in by two.
        expect(line.length).toBeLessThanOrEqual(96);
      }
    },
  );

  test.each(EXAMPLES.filter(({ name }) => name !== 'serve'))('$line', async ({ name, line }) => {
    const before = BEFORE[name];
    const place = before === undefined ? shared : await preparedPlace(before);
    const { status, stdout, stderr } = await runHere(
      wordsOf(line).map((word) => place.here(word)),
      place.cache,
    );
    expect({ status, stderr }).toMatchObject({ status: OTHER_STATUS[line] ?? 0 });
    // With -o the file has it all.
    if (!line.includes(' -o ')) expect(stdout).not.toBe('');
  });

  test.each(EXAMPLES.filter(({ name }) => name === 'serve'))('$line', async ({ line }) => {
    const [, root = '', ...argv] = wordsOf(line).map((word) => shared.here(word));
    const page = await servePage(root, shared.cache, argv);
    expect(await page.stop()).toBe(0);
  });
});
