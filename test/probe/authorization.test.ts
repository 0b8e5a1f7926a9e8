import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorize, parseChallenge } from '../../src/probe/authorization.ts';
import type { Credentials } from '../../src/probe/credentials.ts';
import { serve } from '../support/http-server.ts';

describe('a challenge', () => {
  test.each([
    ['Basic realm="Registry Realm"', 'basic', { realm: 'Registry Realm' }],
    ['basic realm=plain', 'basic', { realm: 'plain' }],
    [
      'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:team/app:pull,push"',
      'bearer',
      { realm: 'https://auth.example.com/token', service: 'registry', scope: 'repository:team/app:pull,push' },
    ],
    [String.raw`Bearer realm="a\"b" , service = x`, 'bearer', { realm: 'a"b', service: 'x' }],
    ['Negotiate, Basic realm="second"', 'basic', { realm: 'second' }],
  ])('%s', (header, scheme, parameters) => {
    const challenge = parseChallenge(header);
    expect(challenge?.scheme).toBe(scheme);
    expect(Object.fromEntries(challenge?.parameters ?? [])).toMatchObject(parameters);
  });

  test.each(['', 'Negotiate', 'Digest realm="basic"', 'BasicX realm="a"'])('%j is none that is known', (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });

  test('of any text is read or is none', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseChallenge(`Bearer ${text}`)));
  });
});

describe('a token server', () => {
  /** Who is asked for credentials of which host; and what a token server at that address gets to see. */
  async function tokenServer(body: unknown = { token: 'good' }) {
    const seen: { method: string; authorization: string | undefined; text: string }[] = [];
    const url = await serve((asked, answer) => {
      let text = asked.url ?? '';
      asked.on('data', (piece: Buffer) => (text += piece.toString()));
      asked.on('end', () => {
        seen.push({ method: asked.method ?? '', authorization: asked.headers.authorization, text });
        answer.end(JSON.stringify(body));
      });
    });
    return { url, seen };
  }

  const keyring = (credentials: Credentials) => ({ remarks: [], credentialsFor: () => credentials });
  const PASSWORD: Credentials = { kind: 'password', user: 'me', password: 'secret' };

  test('over plain http gets no credentials where the registry is asked over TLS', async () => {
    const { url, seen } = await tokenServer();
    const asking = { url: new URL('https://registry.example.com/v2/'), keyring: keyring(PASSWORD) };
    expect(await authorize(`Bearer realm="${url}/token"`, asking)).toEqual({ ok: true, header: 'Bearer good' });
    expect(seen).toEqual([{ method: 'GET', authorization: undefined, text: '/token' }]);
  });

  test('gets them where the registry itself is asked over plain http', async () => {
    const { url, seen } = await tokenServer({ access_token: 'other' });
    const asking = { url: new URL(url), keyring: keyring(PASSWORD) };
    expect(await authorize(`Bearer realm="${url}/token",service="a b"`, asking)).toEqual({
      ok: true,
      header: 'Bearer other',
    });
    const authorization = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(seen).toEqual([{ method: 'GET', authorization, text: '/token?service=a+b' }]);
  });

  test('gets an identity token as OAuth 2 has it', async () => {
    const { url, seen } = await tokenServer();
    const asking = { url: new URL(url), keyring: keyring({ kind: 'identity-token', token: 'long-lived' }) };
    await authorize(`Bearer realm="${url}/token",service="s",scope="repository:a:pull"`, asking);
    expect(seen).toEqual([
      {
        method: 'POST',
        authorization: undefined,
        text: '/tokenservice=s&scope=repository%3Aa%3Apull&grant_type=refresh_token&client_id=regsweep&refresh_token=long-lived',
      },
    ]);
  });

  test.each([
    ['no token', {}],
    ['a token that would break a header', { token: 'a\r\nb: c' }],
    ['another kind of document', ['token']],
  ])('that gives %s is no help', async (_what, body) => {
    const { url } = await tokenServer(body);
    const asking = { url: new URL(url), keyring: keyring(PASSWORD) };
    expect(await authorize(`Bearer realm="${url}"`, asking)).toEqual({
      ok: false,
      reason: `its token server ${url} gave no token`,
    });
  });

  test.each(['ftp://example.com/', 'file:///etc/passwd', 'http://me:secret@example.com/', 'token', ''])(
    'at %j is not asked',
    async (realm) => {
      const asking = { url: new URL('http://registry.example.com/v2/'), keyring: keyring(PASSWORD) };
      expect(await authorize(`Bearer realm="${realm}"`, asking)).toEqual({
        ok: false,
        reason: 'it names no token server that could be asked',
      });
    },
  );
});
