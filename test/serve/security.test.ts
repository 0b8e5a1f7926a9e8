/** Who is answered, and what a browser is told to do with an answer. */
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import { inAddress, hostsOf } from '../../src/serve/security.ts';
import { BUILT_PROGRAM } from '../support/built-program.ts';
import { copyFixture } from '../support/fixture.ts';
import { memoryContext } from '../support/memory-stream.ts';
import { pageOf, type Page } from '../support/page.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';

let root: string;
beforeAll(async () => {
  root = await copyFixture();
});

async function served(...argv: readonly string[]): Promise<Page> {
  const page = await pageOf(root, ...argv);
  await page.untilIdle();
  return page;
}

/** What is answered to a request as it stands: `fetch` sends no other `Host` than that of the URL. */
function answerTo(page: Page, lines: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(Number(new URL(page.url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.on('error', fail).on('close', () => done(text));
    socket.end([...lines, 'Connection: close', '', ''].join('\r\n'));
  });
}

describe('the page', () => {
  it('answers whoever names it and has its token, and nobody else', async () => {
    const page = await served();
    const { port } = new URL(page.url);
    const cookie = `Cookie: ${page.cookie}`;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      expect(await answerTo(page, ['GET /api/state HTTP/1.1', `Host: ${host}`, cookie]), host).toMatch(
        /^HTTP\/1.1 200/,
      );
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `127.0.0.1.evil.example:${port}`,
      `127.0.0.1:${port}.`,
    ]) {
      for (const path of ['/api/state', '/', `/?token=${page.token}`]) {
        expect(await answerTo(page, [`GET ${path} HTTP/1.1`, `Host: ${host}`, cookie]), host + path).toMatch(
          /^HTTP\/1.1 40[03]/,
        );
      }
    }
    expect(await answerTo(page, ['GET /api/state HTTP/1.0', cookie])).toMatch(/^HTTP\/1.1 40[03]/);
  });

  it('tells a stranger how to come in, and nothing else', async () => {
    const page = await served();
    const stranger = await page.fetch('/', { headers: { cookie: '' } });
    expect(stranger.status).toBe(401);
    expect(await stranger.text()).toBe('open the URL that regsweep serve printed: it has the token that lets you in\n');
    const wrong = [`regsweep-${new URL(page.url).port}=x`, `regsweep-1=${page.token}`, `regsweep=${page.token}`];
    for (const cookie of wrong) {
      for (const path of ['/api/state', '/api/events', '/api/overview', '/assets/app.js', '/any/where']) {
        expect((await page.fetch(path, { headers: { cookie } })).status, path).toBe(401);
      }
    }
    expect((await page.fetch(`/?token=${page.token}x`)).status).toBe(401);
    expect((await page.fetch('/?token=')).status).toBe(401);
    // A token in an address is for the page alone: data asked for so would stand in a log.
    expect((await page.fetch(`/api/state?token=${page.token}`, { headers: { cookie: '' } })).status).toBe(401);
  });

  it('gives who has the token a cookie that no script reads, and an address without it', async () => {
    const page = await served();
    expect(Buffer.from(page.token, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
    const first = await page.fetch(`/?view=runs&token=${page.token}`, { headers: { cookie: '' } });
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe(`${page.origin}/?view=runs`);
    expect(first.headers.get('set-cookie')).toBe(`${page.cookie}; Path=/; HttpOnly; SameSite=Lax`);
    const slashes = await answerTo(page, [
      `GET //evil.example/?token=${page.token} HTTP/1.1`,
      `Host: ${new URL(page.url).host}`,
    ]);
    expect(slashes).toContain(`location: ${page.origin}//evil.example/\r\n`);
  });

  it('is another one at each start', async () => {
    const [one, other] = [await served(), await served()];
    expect(one.token).not.toBe(other.token);
    expect(
      (await other.fetch('/', { headers: { cookie: `regsweep-${new URL(other.url).port}=${one.token}` } })).status,
    ).toBe(401);
  });

  it('tells the browser to take nothing from elsewhere, to keep nothing, and to show it in nothing else', async () => {
    const page = await served();
    const missing = await page.fetch('/api/nothing');
    expect(missing.status).toBe(404);
    const stranger = await page.fetch('/', { headers: { cookie: '' } });
    for (const answer of [await page.fetch('/'), await page.fetch('/api/state'), missing, stranger]) {
      const header = (name: string): string | null => answer.headers.get(name);
      expect(header('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(header('x-content-type-options')).toBe('nosniff');
      expect(header('referrer-policy')).toBe('no-referrer');
      expect(header('cache-control')).toBe('no-store');
      expect(header('cross-origin-opener-policy')).toBe('same-origin');
      expect(header('cross-origin-resource-policy')).toBe('same-origin');
      expect(header('x-frame-options')).toBe('DENY');
      expect(header('strict-transport-security')).toBeNull();
      expect(header('access-control-allow-origin')).toBeNull();
    }
  });

  it('is one document at every address, and has no script in it', async () => {
    const page = await served();
    const [first, other] = [await page.fetch('/'), await page.fetch('/repository/a')];
    const html = await first.text();
    expect(await other.text()).toBe(html);
    expect(first.headers.get('content-type')).toMatch(/^text\/html/);
    expect(html.replaceAll(/<script src="[^"]+" defer><\/script>/g, '')).not.toMatch(/<script|<style| on\w+=/);
    for (const [, path = ''] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      expect((await page.fetch(path)).status, path).toBe(200);
      expect(path).toMatch(/^\/assets\/app-[0-9a-f]{16}\.(?:js|css)$/);
    }
  });
});

describe('another site', () => {
  it('is refused where it says who it is, though the browser sends the cookie along', async () => {
    const page = await served();
    for (const origin of [
      'http://evil.example',
      'null',
      `http://127.0.0.1:1`,
      page.origin.replace('http:', 'https:'),
    ]) {
      expect((await page.fetch('/api/state', { headers: { origin } })).status, origin).toBe(403);
      expect((await page.fetch('/', { headers: { origin } })).status, origin).toBe(403);
    }
    expect((await page.fetch('/api/state', { headers: { origin: page.origin } })).status).toBe(200);
    for (const site of ['cross-site', 'same-site']) {
      expect((await page.fetch('/api/state', { headers: { 'sec-fetch-site': site } })).status, site).toBe(403);
    }
    for (const site of ['same-origin', 'none']) {
      expect((await page.fetch('/api/state', { headers: { 'sec-fetch-site': site } })).status, site).toBe(200);
    }
    // A link in a chat leads here.
    expect((await page.fetch('/?view=runs', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(200);
  });

  it('can send nothing: neither a form, nor JSON without an Origin', async () => {
    const page = await served();
    const body = JSON.stringify({ kind: 'mode', mode: 'untagged' });
    const json = { 'content-type': 'application/json' };
    for (const path of ['/api/effect', '/api/plan', '/api/scan', '/api/sweep', '/api/restore']) {
      expect((await page.fetch(path, { method: 'POST', body, headers: json })).status, path).toBe(403);
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
        const headers = { origin: page.origin, ...(type === '' ? {} : { 'content-type': type }) };
        expect((await page.fetch(path, { method: 'POST', body, headers })).status, path + type).toBe(415);
      }
      const strange = { ...json, origin: 'http://evil.example' };
      expect((await page.fetch(path, { method: 'POST', body, headers: strange })).status, path).toBe(403);
    }
  });
});

describe('what is sent', () => {
  it('is bounded, whether or not its length is told', async () => {
    const page = await served();
    const text = 'x'.repeat(1024 * 1024 + 1);
    expect((await page.post('/api/effect', { kind: 'policy', text })).status).toBe(413);
    const endless = new ReadableStream<Uint8Array>({
      pull: (to) => to.enqueue(new TextEncoder().encode(text.slice(0, 65_536))),
    });
    const headers = { 'content-type': 'application/json', origin: page.origin };
    const request = { method: 'POST', body: endless, headers, duplex: 'half' } as RequestInit;
    expect((await page.fetch('/api/effect', request)).status).toBe(413);
    // The connection is closed with the answer; the server is not.
    const lines = ['GET /api/state HTTP/1.1', `Host: ${new URL(page.url).host}`, `Cookie: ${page.cookie}`];
    expect(await answerTo(page, lines)).toMatch(/^HTTP\/1.1 200/);
  });

  it.each([
    '',
    'null',
    '[]',
    '{',
    '{"kind":"references"}',
    '{"kind":"references","references":[]}',
    '{"kind":"references","references":[1]}',
    '{"kind":"mode","mode":"policy"}',
    '{"kind":"policy","text":{}}',
    '{"__proto__":{"kind":"mode","mode":"untagged"}}',
  ])('is refused where it is no selection: %s', async (body) => {
    const page = await served('--no-scan', '--db', await indexOf());
    const headers = { 'content-type': 'application/json', origin: page.origin };
    const answer = await page.fetch('/api/effect', { method: 'POST', body, headers });
    expect(await page.failure(answer)).toMatchObject({ status: 400, code: 'usage' });
  });

  it('changes nothing by GET', async () => {
    const page = await served('--allow-sweep', '--registry-stopped');
    const { jobs } = await page.state();
    for (const path of ['/api/scan', '/api/sweep', '/api/restore', '/api/effect', '/api/plan']) {
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        expect((await page.fetch(path, { method })).status, method + path).toBe(404);
      }
    }
    expect((await page.state()).jobs).toEqual(jobs);
  });
});

let madeIndex: Promise<string> | undefined;
/** The index of the fixture, made once. */
function indexOf(): Promise<string> {
  madeIndex ??= served().then(({ database }) => database);
  return madeIndex;
}

it('a server for all addresses goes by the names of its machine, and one at port 80 by names without a port', () => {
  expect([...hostsOf(['host', '10.0.0.1', 'fe80::1'], 81)]).toEqual([
    '127.0.0.1:81',
    'localhost:81',
    '[::1]:81',
    'host:81',
    '10.0.0.1:81',
    '[fe80::1]:81',
  ]);
  expect(hostsOf([], 80).has('localhost')).toBe(true);
  expect(hostsOf([], 81).has('localhost')).toBe(false);
  expect(inAddress('::1')).toBe('[::1]');
});

it('keeps the token from others on this machine where the address goes to a file', async () => {
  const file = temporaryFile('url', 'an earlier one, which all could read');
  chmodSync(file, 0o644);
  const interrupt = new AbortController();
  const program = { command: process.execPath, argv: [BUILT_PROGRAM] };
  const context = { ...memoryContext({ PATH: process.env['PATH'] ?? '' }), signal: interrupt.signal, program };
  const database = join(temporaryFolder('page'), 'index.sqlite');
  const ended = runProgram(['serve', root, '--db', database, '-o', file], context);
  while (!readFileSync(file, 'utf8').includes('token=')) await wait(5);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  interrupt.abort();
  expect(await ended).toBe(0);
});
