/** `report`: the same bytes each time, and where they go. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { copyFixture } from '../support/fixture.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

let root: string;
beforeAll(async () => {
  root = await copyFixture();
});

const report = (...argv: readonly string[]) => runHere(['report', root, ...argv], temporaryFolder('cache'));

test('the same volume gives the same bytes, but for the times', async () => {
  const timeless = async () =>
    (await report('--json')).stdout.replaceAll(/"(generatedAt|scannedAt)": "[^"]*"/g, 'TIME');
  const first = await timeless();
  expect(first).toContain('regsweep.report/1');
  expect(await timeless()).toBe(first);
});

test('-o writes the file and leaves stdout empty', async () => {
  const file = join(temporaryFolder('output'), 'report.json');
  expect(await report('--json', '-o', file)).toMatchObject({ status: 0, stdout: '' });
  expect(readFileSync(file, 'utf8')).toContain('"schema": "regsweep.report/1"');
});

test('-o under the registry root is refused, and nothing is written', async () => {
  const file = join(root, 'report.json');
  const { status, stderr } = await report('--json', '-o', file);
  expect(stderr).toContain('lies under the registry root');
  expect(status).toBe(2);
  expect(existsSync(file)).toBe(false);
});

test('--no-color goes before FORCE_COLOR', async () => {
  const environment = { FORCE_COLOR: '1' };
  const coloured = await runHere(['report', root], temporaryFolder('cache'), environment);
  expect(coloured.stdout).toContain('\u001b');
  const plain = await runHere(['report', root, '--no-color'], temporaryFolder('cache'), environment);
  expect(plain.stdout).not.toContain('\u001b');
});
