/** `plan --explain`: the plan in a file, and why each tag stays or goes on stdout. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPlanLines, splitLines } from '../../src/gc/plan-file.ts';
import type { Explanation } from '../../src/report/model-retention.ts';
import { releases } from '../support/released-volume.ts';
import { temporaryFolder } from '../support/temporary.ts';

function planFile(): string {
  return join(temporaryFolder('plan'), 'plan.ndjson');
}

it('says what a report says, and the plan is the same as without it', async () => {
  const volume = releases();
  const file = planFile();
  const { stdout, status } = await volume.run('plan', '--keep-last', '2', '--explain', '--json', '-o', file);
  const explanation = JSON.parse(stdout) as Explanation;
  const report = await volume.json('report', '--keep-last', '2', '--explain');
  expect({ status, schema: explanation.schema }).toEqual({ status: 0, schema: 'regsweep.retention/1' });
  expect(explanation.retention).toEqual(report.retention);
  const { actions } = readPlanLines(splitLines([readFileSync(file)]));
  const tags = [...actions].filter(({ kind }) => kind === 'tag').map(({ tag }) => tag);
  expect(tags).toEqual(['v1', 'v2', 'v1', 'v2']);
});

it('is a table unless told, or CSV', async () => {
  const volume = releases();
  const table = await volume.run('plan', '--keep-last', '2', '--explain', '-o', planFile());
  expect(table.stdout).toContain('Tags of app  by command line: 2 tags stay, 2 go\n');
  expect(table.stdout).toMatch(/go +v1 .* last 2: it is image 4\n/);
  const csv = await volume.run('plan', '--keep-last', '2', '--explain', '--format', 'csv', '-o', planFile());
  expect(csv.stdout).toMatch(/^repository,policy,tag,digest,pushedAt,createdAt,fate,reasons\r\n/);
});

it.each([
  ['without a file for the plan', ['--keep-last', '2', '--explain'], '-o FILE'],
  ['with the plan on stdout', ['--keep-last', '2', '--explain', '-o', '-'], '-o FILE'],
  ['without a policy', ['--explain', '-o', 'FILE'], 'there is none'],
  ['as a format of the plan itself', ['--keep-last', '2', '--json'], 'NDJSON'],
])('is refused %s', async (_case, options, message) => {
  const file = planFile();
  const given = options.map((word) => (word === 'FILE' ? file : word));
  const { status, stdout, stderr } = await releases().run('plan', ...given);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(existsSync(file)).toBe(false);
});
