/** `regsweep policy import FILE`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { memoryContext } from '../support/memory-stream.ts';

const ECR = {
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 9 },
      action: { type: 'expire' },
    },
  ],
};

async function run(...argv: string[]) {
  const context = memoryContext();
  const status = await runProgram(['policy', ...argv], context);
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

function fileWith(document: object): string {
  const file = join(temporaryFolder('policy'), 'theirs.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
}

test('YAML on stdout, and on stderr what cannot be carried, as in its comments', async () => {
  const { status, stdout, stderr } = await run('import', fileWith(ECR));
  expect(status).toBe(0);
  expect(stdout).toContain(`
policies:
  - repositories:
      - REPOSITORY
    keepTags:
      - always: true
    keepUntagged: true
`);
  const notes = stderr.trimEnd().split('\n');
  expect(notes).toContain('warning: Rule 1: the disk does not know pulls; all of it stays.');
  for (const note of notes) expect(stdout).toContain(note.replace(/^warning:/, '# -'));
});

test('what is written is taken by policy check', async () => {
  const output = join(temporaryFolder('policy'), 'ours.yml');
  expect(await run('import', fileWith(ECR), '-o', output, '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(readFileSync(output, 'utf8')).toMatch(/^# Translated by regsweep from a policy of ecr/);
  expect(await run('check', output)).toMatchObject({ status: 0, stderr: '' });
});

test('--from wins over what the document looks like', async () => {
  const { status, stderr } = await run('import', fileWith(ECR), '--from', 'zot');
  expect(status).toBe(2);
  expect(stderr).toContain('theirs.json: the zot config has no retention policies');
});

test.each([
  [{ a: 1 }, 'looks like no policy of ecr, harbor, zot', '--from'],
  [[], 'holds no map', ''],
])('%j is status 2', async (document, message, hint) => {
  const { status, stdout, stderr } = await run('import', fileWith(document));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
});
