/** Whatever ends a command says what to do next: the failures that an operator meets, as he meets them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { exitStatusOf } from '../../src/cli/exit-codes.ts';
import { createMessages } from '../../src/cli/messages.ts';
import { runProgram } from '../../src/cli/run-program.ts';
import { sayFailures } from '../../src/cli/run/failures.ts';
import { USUAL_HINTS } from '../../src/cli/usual-hints.ts';
import { AppError, SeveralErrors, type ErrorCode } from '../../src/shared/errors.ts';
import { copyFixture } from '../support/fixture.ts';
import { MemoryStream, memoryContext, withoutUndefined } from '../support/memory-stream.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

let root: string;
let cache: string;
let folder: string;
beforeAll(async () => {
  root = await copyFixture();
  cache = temporaryFolder('cache');
  folder = temporaryFolder('files');
  expect((await runHere(['scan', root], cache)).status).toBe(0);
  expect((await runHere(['scan', root, '--db', join(folder, 'later.sqlite')], cache)).status).toBe(0);
  const later = new Database(join(folder, 'later.sqlite'));
  later.pragma('user_version = 99');
  later.close();
  writeFileSync(join(folder, 'text'), 'no index, no plan\n');
  writeFileSync(join(folder, 'policy.yml'), 'policies: []\n');
  writeFileSync(join(folder, 'latin1.yml'), Buffer.from([0x61, 0x3a, 0xe4]));
});

/** The codes, and what an operator does that meets them. `ROOT` and `FILES` are filled in. */
const SITUATIONS: readonly (readonly [ErrorCode, readonly string[]])[] = [
  ['usage', ['report', 'ROOT', '--json', '--format', 'csv']],
  ['usage', ['report', 'ROOT', '--full', '--no-scan']],
  ['usage', ['rank', 'ROOT', '--top', '0']],
  ['usage', ['report', 'ROOT', '--min-age', '30']],
  ['usage', ['query', 'ROOT']],
  ['usage', ['report', 'ROOT', '--untagged', '--keep-last', '2']],
  ['usage', ['sweep', 'ROOT', '--max-duration', '0']],
  ['usage', ['sweep', 'ROOT', '--registry-ca', 'FILES/none', '--registry-url', 'https://localhost:1']],
  ['usage', ['report', 'ROOT', '-o', 'ROOT/report.txt']],
  ['usage', ['runs', 'ROOT', '--redis-keys']],
  ['usage', ['serve', 'ROOT', '--port', 'x']],
  ['usage', ['serve', 'ROOT', '--registry-stopped']],
  ['not-a-registry', ['report', '/no/such/place']],
  ['not-a-registry', ['report', 'FILES']],
  ['index-foreign', ['report', 'ROOT', '--no-scan', '--db', 'FILES/text']],
  ['index-version', ['report', 'ROOT', '--no-scan', '--db', 'FILES/later.sqlite']],
  ['index-missing', ['report', 'ROOT', '--no-scan', '--db', 'FILES/none.sqlite']],
  ['index-under-root', ['report', 'ROOT', '--db', 'ROOT/index.sqlite']],
  ['index-failed', ['report', 'ROOT', '--db', 'FILES/text/index.sqlite']],
  ['no-such-name', ['ls', 'ROOT', 'nothing']],
  ['no-such-name', ['why', 'ROOT', 'app:9']],
  ['no-such-name', ['why', 'ROOT', 'app@sha256:0123']],
  ['query-failed', ['query', 'ROOT', 'SELEKT']],
  ['query-failed', ['query', 'ROOT', 'DELETE FROM tag']],
  ['output-failed', ['report', 'ROOT', '-o', 'FILES/none/report.txt']],
  ['plan-invalid', ['sweep', 'ROOT', '--plan', 'FILES/text']],
  ['plan-invalid', ['sweep', 'ROOT', '--plan', 'FILES/none.ndjson']],
  ['policy-invalid', ['policy', 'check', 'FILES/policy.yml']],
  ['policy-invalid', ['report', 'ROOT', '--policy', 'FILES/none.yml']],
  ['policy-invalid', ['policy', 'check', 'FILES/latin1.yml']],
  ['policy-invalid', ['policy', 'import', 'FILES/text']],
  ['run-missing', ['restore', 'ROOT', '20200101T000000Z-0000', '--registry-stopped']],
];

test.each(SITUATIONS)('%s: %j', async (code, argv) => {
  const words = argv.map((word) => word.replace('ROOT', root).replace('FILES', folder));
  const { status, stderr } = await runHere(words, cache);
  const lines = stderr.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('error: '))).not.toEqual([]);
  expect(lines.at(-1)).toMatch(/^hint: \S/);
  expect(status).toBe(exitStatusOf(code));
});

test('refused: a run that was purged cannot be restored', async () => {
  const own = await copyFixture();
  const at = temporaryFolder('cache');
  expect((await runHere(['sweep', own, '--apply', '--registry-stopped'], at)).status).toBe(0);
  const { stdout } = await runHere(['runs', own, '--json'], at);
  const [{ run } = { run: '' }] = (JSON.parse(stdout) as { readonly runs: readonly { readonly run: string }[] }).runs;
  expect((await runHere(['purge', own, run], at)).status).toBe(0);
  const { status, stderr } = await runHere(['restore', own, run, '--registry-stopped'], at);
  expect(stderr).toMatch(/was purged.*\nhint: regsweep runs ROOT/);
  expect(status).toBe(4);
});

test('serve-failed: somebody listens there already', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { status, stderr } = await runHere(['serve', root, '--no-scan', '--port', String(port)], cache);
  server.close();
  expect(stderr).toMatch(/^error: cannot listen .*\nhint: .*--port/m);
  expect(status).toBe(1);
});

test('interrupted: before anything was changed', async () => {
  const context = { ...memoryContext({ XDG_CACHE_HOME: cache }), signal: AbortSignal.abort() };
  mkdirSync(join(folder, 'empty'));
  expect(await runProgram(['report', root, '--db', join(folder, 'empty/index.sqlite')], context)).toBe(130);
  expect(context.stderr.text).toMatch(/^error: interrupted.*\nhint: run it again/);
});

describe('what a failure does not say itself', () => {
  function said(error: unknown): string {
    const stream = withoutUndefined(new MemoryStream());
    createMessages(stream, { quiet: false, verbose: false, color: false }).fail(error);
    return stream.text;
  }

  test.each(Object.entries(USUAL_HINTS))('%s: what is usual', (code, hint) => {
    expect(said(new AppError(code as ErrorCode, 'it failed'))).toBe(`error: it failed\nhint: ${hint}\n`);
    expect(said(new AppError(code as ErrorCode, 'it failed', 'do that'))).toBe('error: it failed\nhint: do that\n');
  });

  test('of several it is said once, and not where one of them says better', () => {
    const several = (hint?: string): SeveralErrors =>
      new SeveralErrors('policy-invalid', [
        new AppError('policy-invalid', 'a', hint),
        new AppError('policy-invalid', 'b'),
      ]);
    expect(said(several())).toBe(`error: a\nerror: b\nhint: ${USUAL_HINTS['policy-invalid']}\n`);
    expect(said(several('do that'))).toBe('error: a\nhint: do that\nerror: b\n');
  });

  test('of all that could not be changed, too', () => {
    const stream = withoutUndefined(new MemoryStream());
    const messages = createMessages(stream, { quiet: false, verbose: false, color: false });
    const failed = Array.from({ length: 22 }, (_, at) => ({ path: `p${at}`, errno: 'EACCES', message: 'no' }));
    sayFailures(failed, messages);
    expect(stream.text.match(/^error: /gm)).toHaveLength(21);
    expect(stream.text).toContain('error: p19 could not be changed (EACCES)\nerror: and 2 more\nhint: ');
    expect(stream.text.match(/^hint: /gm)).toHaveLength(1);
  });
});
