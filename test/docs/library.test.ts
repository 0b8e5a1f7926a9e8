/** What the documentation shows of the library: it runs, and writes a plan that a sweep takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { copyFixture } from '../support/fixture.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;
const PAGE = readFileSync(fileURLToPath(new URL('../../docs/install.md', import.meta.url)), 'utf8');

test('its example reads a registry, and its plan is one', async () => {
  const [, example = ''] = /^```ts\n(.*?)^```$/ms.exec(PAGE) ?? [];
  const root = await copyFixture();
  const folder = temporaryFolder('library');
  const program = join(folder, 'program.mjs');
  writeFileSync(program, example.replace("'regsweep'", JSON.stringify(LIBRARY)).replaceAll('/var/lib/registry', root));

  const { stdout } = await execa(process.execPath, [program], { cwd: folder });

  expect(stdout).toMatch(/^16 \d+ \[\]$/m);
  expect(stdout).toMatch(/^blob blobs\/sha256\/.* nothing that the policy keeps needs it$/m);
  const dry = await runHere(['sweep', root, '--plan', join(folder, 'plan.ndjson')], temporaryFolder('cache'));
  expect([dry.status, dry.stderr]).toEqual([0, '']);
});
