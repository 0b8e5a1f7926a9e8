import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import type { Report } from '../../src/report/model.ts';
import { image } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { memoryContext } from '../support/memory-stream.ts';

async function run(...argv: string[]) {
  const context = memoryContext();
  const status = await runProgram(argv, context);
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

test('a report is generated after its scan', async () => {
  let now = Date.UTC(2026, 2, 1);
  const root = join(temporaryFolder('order'), 'registry');
  createTree(root).push('app', 'v1', image({ name: 'v1', layers: [] }));
  const context = { ...memoryContext({ XDG_CACHE_HOME: temporaryFolder('cache') }), now: () => (now += 1000) };
  expect(await runProgram(['report', root, '--json'], context)).toBe(0);
  const { generatedAt, registry } = JSON.parse(context.stdout.text) as Report;
  expect(Date.parse(generatedAt)).toBeGreaterThan(Date.parse(registry.scannedAt));
});

describe('wrong arguments: status 2, nothing on stdout, a message on stderr', () => {
  test.each([
    [[], 'ROOT is missing'],
    [['rank'], 'ROOT is missing'],
    [['why'], 'ROOT is missing'],
    [['why', '/registry'], 'REF is missing'],
    [['rm', '/registry'], 'REF is missing'],
    [['restore', '/registry'], 'RUN is missing'],
    [['report', '/registry', 'extra'], 'Unknown argument: extra'],
    [['report', '/registry', '--nope'], 'Unknown argument: nope'],
    [
      ['report', '/registry', '--format', 'xml'],
      '--format: "xml" is none of table, json, csv, ndjson, markdown, openmetrics, html',
    ],
    [
      ['scan', '/registry', '--format', 'openmetrics'],
      '--format: "openmetrics" is none of table, json, csv, ndjson\nhint: regsweep --help',
    ],
    [['rnk', '/registry'], 'error: "rnk" is no command\nhint: did you mean rank?'],
    [['rnk', '/registry', '--by', 'size'], '"rnk" is no command'],
    [['garbage-collect', '/registry'], 'error: "garbage-collect" is no command\nhint: did you mean sweep?'],
    [['constructor', '/registry'], 'error: "constructor" is no command\nhint: regsweep --help'],
    [['banana', '/registry'], 'error: "banana" is no command\nhint: regsweep --help'],
    [['policy', 'chek', 'p.yaml'], 'error: "policy chek" is no command\nhint: did you mean policy check? regsweep'],
    [['policy', 'imprt'], 'did you mean policy import?'],
    [['policy', 'banana', 'p.yaml'], 'error: "policy banana" is no command\nhint: regsweep --help'],
    [['policy'], 'regsweep policy check FILE'],
    [['policy', 'check', 'p.yaml', '--jsn'], 'Unknown argument: jsn\nhint: did you mean --json? regsweep --help'],
    [['report', '/registry', '--keep-lst', '2'], 'Unknown argument: keep-lst\nhint: did you mean --keep-last?'],
    [
      ['/registry', '--keep-lst=2', '--untaged'],
      'Unknown arguments: keep-lst, untaged\nhint: did you mean --keep-last and --untagged?',
    ],
    [['sweep', '--aply', '/registry'], 'ROOT is missing\nhint: did you mean --apply?'],
    [['sweep', '/registry', '--no-trsh'], 'Unknown argument: trsh\nhint: did you mean --no-trash?'],
    [['report', '/registry', '--nothing-like-it'], 'Unknown argument: nothing-like-it\nhint: regsweep --help'],
    [['rank', '/registry', '--aply'], 'Unknown argument: aply\nhint: regsweep --help'],
    [['report', '/registry', '--nope', '--', '--untaged'], 'Unknown argument: nope\nhint: regsweep --help'],
    [['report', '/registry', '--rot'], 'Unknown argument: rot\nhint: regsweep --help'],
    [['report', '/registry', '--keepLast', '2', 'extra'], 'Unknown argument: extra\nhint: regsweep --help'],
    [['report', '/registry', '--__proto__', '--constructor'], 'hint: regsweep --help'],
    [['/registry', 'extra'], 'Unknown argument: extra'],
    [['rnk'], 'error: rnk does not exist'],
    [['rank', '/registry', '--by', 'beauty'], '--by: "beauty" is none of orphaned-bytes, orphaned-layers'],
    [['rank', '/registry', '--by', 'orphaned-byte'], 'hint: did you mean orphaned-bytes?'],
    [['report', '/registry', '--format=jsn'], '--format: "jsn" is none of table, json'],
    [['report', '/registry', '--as', 'distribution-2'], 'did you mean distribution-3?'],
    [['policy', 'import', 'p.json', '--from', 'harbour'], 'did you mean harbor?'],
    [['completion', 'bsh'], 'error: SHELL: "bsh" is none of bash, zsh, fish\nhint: did you mean bash?'],
    [['completion'], 'SHELL is missing'],
    [['complete', '/registry'], '"complete" is no command'],
    [['report', '/registry', '--by', 'size'], 'Unknown argument: by\nhint: --by belongs to rank; regsweep --help'],
    [['plan', '/registry', '--apply'], '--apply belongs to sweep, rm, repair'],
    [
      ['report', '/registry', '--untagged=yes'],
      '--untagged takes no value, and was given "yes"\nhint: give --untagged,',
    ],
    [['sweep', '/registry', '--apply=1'], '--apply takes no value'],
    [['sweep', '/registry', '--no-trash=true'], '--no-trash takes no value'],
    [['report', '/registry', '--quiet='], '--quiet takes no value, and was given ""'],
    [['rank', '/registry', '--top'], 'error: --top wants a value'],
    [['report', '/registry', '--min-age', '1h', '--min-age', '2h'], '--min-age was given more than once'],
    [['report', '/registry', '--db='], 'db is empty'],
    [['report', '/registry', '--repo', '+(a|aa)'], 'the glob "+(a|aa)" has "+"'],
    [['sweep', '/registry', '--repo', '!{1..9}'], 'the glob "!{1..9}" has ".."'],
    [['rm', '/registry', 'team**'], 'the glob "team**" has ** beside other characters'],
    [['report', ''], 'root is empty'],
    [['report', '/registry', '--min-age', '30'], '--min-age: "30" is not a duration'],
    [['report', '/registry', '--uploads-older-than', '1M'], '"1M" is not a duration'],
    [['rank', '/registry', '--top', '0'], '--top: "0" is not a whole number from 1 up'],
    [['report', '/registry', '--json', '--format', 'csv'], 'contradict'],
    [['report', '/registry', '--full', '--no-scan'], 'contradict'],
    [['query', '/registry'], 'either one SQL statement or --schema'],
    [['query', '/registry', 'SELECT 1', '--schema'], 'either one SQL statement or --schema'],
    [['report', '/registry', '--color', 'mauve'], '--color: "mauve" is none of auto, always, never'],
    [['report', '/registry', '-o'], 'error: -o wants a value'],
  ])('%j', async (argv, message) => {
    const { status, stdout, stderr } = await run(...argv);
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('a hostile argument is escaped in the message about it', async () => {
  const { stderr } = await run('report', '/registry', '\u001b[2J');
  expect(stderr).toContain(String.raw`\x1b[2J`);
  expect(stderr).not.toContain('\u001b');
});
