/** `--registry-url` against the real registry: what it answers, who answers, and for whom. */
import { createSign, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRegistryUrl } from '../../src/probe/address.ts';
import { newestTags, type TagOnDisk } from '../../src/probe/newest-tags.ts';
import { RegistryProbe } from '../../src/probe/registry-url.ts';
import type { Proof } from '../../src/shared/refusal.ts';
import { multiArch, simple } from '../gc/volume.ts';
import { selfSigned, type Certificate } from '../support/certificates.ts';
import { serve } from '../support/http-server.ts';
import { hasRealRegistry, startRegistry, type RunningRegistry } from '../support/real-registry.ts';
import { openedOf } from '../support/report-of.ts';
import { snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

type Environment = Readonly<Record<string, string>>;

/** Nobody's docker config file. */
const NO_CREDENTIALS = { DOCKER_CONFIG: '/nonexistent' };
/** `regsweep:abc`, as `htpasswd -B` has it; the hash is a test vector of bcrypt. */
const HTPASSWD = 'regsweep:$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i\n';
const BASIC = { ...NO_CREDENTIALS, REGSWEEP_REGISTRY_USER: 'regsweep', REGSWEEP_REGISTRY_PASSWORD: 'abc' };

function volume(name = 'app'): string {
  const tree = createTree(join(temporaryFolder('probe'), 'registry'));
  tree.push(name, 'v1', simple(name));
  tree.push(name, 'v2', multiArch(name));
  tree.push(`team/${name}`, 'v3', simple(`${name}-3`, 'oci'));
  return tree.root;
}

async function tagsOf(root: string): Promise<readonly TagOnDisk[]> {
  return newestTags((await openedOf(root)).inventory);
}

interface Wishes {
  readonly environment?: Environment;
  readonly ca?: string;
}

function probe(
  url: string,
  tags: readonly TagOnDisk[],
  { environment = NO_CREDENTIALS, ca }: Wishes = {},
): RegistryProbe {
  return new RegistryProbe({
    urls: [parseRegistryUrl(url)],
    tags,
    environment,
    ...(ca === undefined ? {} : { ca }),
  });
}

function codesOf(proof: Proof): readonly string[] {
  return proof.refusals.map(({ code }) => code);
}

/** Passes everything on to `to`, but for what `answers` answers itself. */
function proxy(to: string, answers: (asked: IncomingMessage, answer: ServerResponse) => boolean) {
  return (asked: IncomingMessage, answer: ServerResponse): void => {
    if (answers(asked, answer)) return;
    const onward = request(new URL(asked.url ?? '/', to), { method: asked.method, headers: asked.headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    asked.pipe(onward);
  };
}

describe.skipIf(!hasRealRegistry())('the real registry', () => {
  const root = volume();
  let tags: readonly TagOnDisk[];
  let readOnly: RunningRegistry;
  let writable: RunningRegistry;
  beforeAll(async () => {
    tags = await tagsOf(root);
    readOnly = await startRegistry(root, { readonly: true });
    writable = await startRegistry(root);
  });
  afterAll(async () => {
    await readOnly.stop();
    await writable.stop();
  });

  test('that is read-only proves it, and nothing on the volume changes', async () => {
    const before = snapshot(root);
    const asked = probe(readOnly.url, tags);
    expect(await asked.prove()).toEqual({
      refusals: [],
      warnings: [],
      notes: [
        `the registry at ${readOnly.url}/ is read-only (Allow: GET, HEAD), and serves the newest 3 tags of this volume`,
      ],
    });
    await asked.again();
    expect(snapshot(root)).toEqual(before);
  });

  test('that takes writes is refused, with what was asked and answered', async () => {
    const before = snapshot(root);
    const [refusal, ...more] = (await probe(writable.url, tags).prove()).refusals;
    expect(more).toEqual([]);
    expect(refusal).toMatchObject({ code: 'registry-writable' });
    expect(refusal?.message).toMatch(
      /^OPTIONS http:\/\/127\.0\.0\.1:\d+\/v2\/\S+\/manifests\/v\d answered Allow: DELETE, GET, HEAD, PUT: it takes writes$/,
    );
    expect(snapshot(root)).toEqual(before);
  });

  test('every replica is asked', async () => {
    const urls = [parseRegistryUrl(readOnly.url), parseRegistryUrl(writable.url)];
    const asked = new RegistryProbe({ urls, tags, environment: NO_CREDENTIALS });
    expect(codesOf(await asked.prove())).toEqual(['registry-writable']);
    await expect(asked.again()).rejects.toMatchObject({ code: 'registry-writable' });
  });

  test('of another volume is refused, whether it knows the tag or not', async () => {
    const unknown = await tagsOf(volume('another'));
    expect(codesOf(await probe(readOnly.url, unknown).prove())).toEqual(['registry-other']);
    const other = createTree(join(temporaryFolder('probe'), 'registry'));
    other.push('app', 'v1', simple('other content'));
    const proof = await probe(readOnly.url, await tagsOf(other.root)).prove();
    expect(codesOf(proof)).toEqual(['registry-other']);
    expect(proof.refusals[0]?.message).toContain(simple('other content').digest);
  });

  test('of a volume without a tag proves nothing of whose it is', async () => {
    const proof = await probe(readOnly.url, []).prove();
    expect(codesOf(proof)).toEqual(['registry-unproven']);
    expect(proof.refusals[0]?.message).toContain('the volume has no tag');
  });

  test('that takes writes again is told apart from one that has gone', async () => {
    let to = readOnly.url;
    const front = await serve((asked, answer) => proxy(to, () => false)(asked, answer));
    const asked = probe(front, tags);
    expect(codesOf(await asked.prove())).toEqual([]);
    await asked.again();
    to = writable.url;
    await expect(asked.again()).rejects.toMatchObject({
      code: 'registry-writable',
      message: expect.stringContaining('takes writes now') as string,
    });
    const gone = await startRegistry(root, { readonly: true });
    const askedOfGone = probe(gone.url, tags);
    expect(codesOf(await askedOfGone.prove())).toEqual([]);
    await gone.stop();
    await expect(askedOfGone.again()).rejects.toMatchObject({
      code: 'registry-writable',
      message: expect.stringContaining('is no longer known to be read-only') as string,
    });
  });

  test('asking again costs two questions', async () => {
    const seen: string[] = [];
    const front = await serve(
      proxy(readOnly.url, ({ method, url }) => {
        seen.push(`${method ?? ''} ${url ?? ''}`);
        return false;
      }),
    );
    const asked = probe(front, tags);
    await asked.prove();
    seen.length = 0;
    await asked.again();
    expect(seen).toEqual([
      expect.stringMatching(/^OPTIONS \/v2\/\S+\/manifests\/v\d$/),
      expect.stringMatching(/^OPTIONS \/v2\/\S+\/blobs\/uploads\/$/),
    ]);
  });

  describe('behind something that answers for it', () => {
    const says =
      (status: number, headers: Readonly<Record<string, string>>, body = '') =>
      async (): Promise<Proof> => {
        const front = await serve(
          proxy(writable.url, ({ method }, answer) => {
            if (method !== 'OPTIONS') return false;
            answer.writeHead(status, headers).end(body);
            return true;
          }),
        );
        return probe(front, tags).prove();
      };
    const VERSION = { 'docker-distribution-api-version': 'registry/2.0' };

    test.each([
      ['Allow: GET, HEAD without the version of a registry', says(200, { allow: 'GET, HEAD' }), 'not a registry'],
      ['the same everywhere, with the version', says(200, { allow: 'GET, HEAD', ...VERSION }), 'in front of it'],
      ['no Allow', says(204, VERSION), 'says nothing of what may be done'],
      ['an empty Allow', says(200, { allow: '', ...VERSION }), 'lists GET, HEAD'],
      ['GET alone', says(200, { allow: 'GET', ...VERSION }), 'lists GET, HEAD'],
      ['OPTIONS too', says(200, { allow: 'GET, HEAD, OPTIONS', ...VERSION }), 'lists GET, HEAD'],
      ['HTML', says(200, { allow: 'GET, HEAD', 'content-type': 'text/html', ...VERSION }, '<html>'), 'not a registry'],
      ['404', says(404, {}), 'answered 404, which proves nothing'],
      ['403', says(403, { allow: 'GET, HEAD', ...VERSION }), 'answered 403 (Allow: GET, HEAD), which proves nothing'],
      ['503', says(503, {}), 'answered 503, which proves nothing'],
      [
        'a redirect elsewhere',
        says(307, { location: 'http://192.0.2.1/v2/' }),
        'redirects elsewhere, to http://192.0.2.1',
      ],
      ['a redirect to itself', says(307, { location: '/v2/' }), 'redirects again and again'],
    ])('%s proves nothing', async (_what, ask, reason) => {
      const { refusals, notes } = await ask();
      expect(refusals.map(({ code }) => code)).toEqual(['registry-unproven']);
      expect(refusals[0]?.message).toContain(reason);
      expect(notes).toEqual([]);
    });

    test('methods in any order and spacing are the same', async () => {
      const front = await serve(
        proxy(readOnly.url, ({ method, url }, answer) => {
          if (method !== 'OPTIONS' || url?.endsWith('/tags/list') === true) return false;
          answer.writeHead(200, { allow: 'head ,GET', ...VERSION }).end();
          return true;
        }),
      );
      expect(codesOf(await probe(front, tags).prove())).toEqual([]);
    });

    test('a redirect on the same origin is followed', async () => {
      const front = await serve((asked, answer) => {
        const { url = '' } = asked;
        if (url.startsWith('/moved/'))
          proxy(readOnly.url, () => false)(Object.assign(asked, { url: url.slice(6) }), answer);
        else answer.writeHead(308, { location: `/moved${url}` }).end();
      });
      expect(codesOf(await probe(front, tags).prove())).toEqual([]);
    });
  });

  test('an address where nobody listens proves nothing', async () => {
    const proof = await probe('http://127.0.0.1:1', tags).prove();
    expect(codesOf(proof)).toEqual(['registry-unproven', 'registry-unproven']);
    expect(proof.refusals[0]?.message).toContain('ECONNREFUSED');
    expect(proof.refusals[0]?.hint).toMatch(/^see that it runs, and that the URL is its own/);
  });

  test('https:// of a registry that speaks http proves nothing, in one line', async () => {
    const front = await serve((_, answer) => answer.end());
    const proof = await probe(front.replace('http:', 'https:'), tags).prove();
    expect(proof.refusals[0]?.message).toMatch(/^OPTIONS https:.* failed: .*, which proves nothing$/);
    expect(proof.refusals[0]?.hint).toContain('http:// or https://');
  });

  describe('that wants a password', () => {
    let guarded: RunningRegistry;
    beforeAll(async () => {
      const path = join(temporaryFolder('htpasswd'), 'htpasswd');
      writeFileSync(path, HTPASSWD);
      guarded = await startRegistry(root, { readonly: true, auth: { htpasswd: { realm: 'test', path } } });
    });
    afterAll(() => guarded.stop());

    function dockerConfig(config: unknown): Environment {
      const folder = temporaryFolder('docker');
      writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
      return { DOCKER_CONFIG: folder };
    }
    const auth = Buffer.from('regsweep:abc').toString('base64');

    test('without one proves nothing, and says what is missing', async () => {
      const proof = await probe(guarded.url, tags).prove();
      expect(codesOf(proof)).toEqual(['registry-unproven', 'registry-unproven']);
      expect(proof.refusals[0]?.message).toContain(`there are no credentials for ${guarded.host}`);
      expect(proof.refusals[0]?.hint).toContain('REGSWEEP_REGISTRY_USER');
    });

    test('with the right one from the environment is proven, and again', async () => {
      const asked = probe(guarded.url, tags, { environment: BASIC });
      expect(codesOf(await asked.prove())).toEqual([]);
      await asked.again();
    });

    test('with the wrong one proves nothing, and never prints it', async () => {
      const environment = { ...BASIC, REGSWEEP_REGISTRY_PASSWORD: 'wrong-password' };
      const proof = await probe(guarded.url, tags, { environment }).prove();
      expect(codesOf(proof)).toEqual(['registry-unproven', 'registry-unproven']);
      expect(JSON.stringify(proof)).toContain('not good for it');
      expect(JSON.stringify(proof)).not.toContain('wrong-password');
    });

    test.each([
      ['auth', (host: string) => ({ auths: { [host]: { auth } } })],
      ['auth, under a URL', (host: string) => ({ auths: { [`http://${host}/v2/`]: { auth } } })],
      ['username and password', (host: string) => ({ auths: { [host]: { username: 'regsweep', password: 'abc' } } })],
    ])('with %s in the docker config file is proven', async (_what, config) => {
      const environment = dockerConfig(config(guarded.host));
      expect(codesOf(await probe(guarded.url, tags, { environment }).prove())).toEqual([]);
    });

    test('gets nothing that the docker config file has for another host', async () => {
      const environment = dockerConfig({ auths: { '127.0.0.1:1': { auth }, 'registry.example.com': { auth } } });
      expect(codesOf(await probe(guarded.url, tags, { environment }).prove())).toContain('registry-unproven');
    });

    test('a credential helper is not run, and that is said', async () => {
      const environment = dockerConfig({ auths: { [guarded.host]: {} }, credsStore: 'desktop' });
      const proof = await probe(guarded.url, tags, { environment }).prove();
      expect(proof.refusals[0]?.message).toContain('leaves credentials to a helper (desktop), which is not run here');
    });
  });

  describe('with certificates', () => {
    let own: Certificate;
    beforeAll(() => {
      own = selfSigned();
    });

    test('over TLS it is believed with its CA file alone', async () => {
      const secure = await startRegistry(root, { readonly: true, tls: own });
      try {
        expect(codesOf(await probe(secure.url, tags, { ca: own.certificate }).prove())).toEqual([]);
        const untrusted = await probe(secure.url, tags).prove();
        expect(codesOf(untrusted)).toEqual(['registry-unproven', 'registry-unproven']);
        expect(untrusted.refusals[0]?.message).toContain('self-signed certificate');
        const another = await probe(secure.url, tags, { ca: selfSigned().certificate }).prove();
        expect(codesOf(another)).toEqual(['registry-unproven', 'registry-unproven']);
      } finally {
        await secure.stop();
      }
    });

    test('a CA file that cannot be read is a usage error', () => {
      expect(() => probe(readOnly.url, tags, { ca: '/nonexistent' })).toThrow(
        expect.objectContaining({ code: 'usage' }),
      );
    });

    describe('and bearer tokens', () => {
      let guarded: RunningRegistry;
      let server: string;
      let seen: { readonly authorization: string | undefined; readonly query: string }[];
      let wanted: string | undefined;

      /** A token as distribution 2.8 wants it (`docs/spec/auth/jwt.md`). */
      function token(scopes: readonly string[]): string {
        const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
        const pem = readFileSync(own.certificate, 'utf8').replaceAll(/-----[^-]+-----|\s/g, '');
        const now = Math.floor(Date.now() / 1000);
        const access = scopes.map((scope) => {
          const [type, name, actions = ''] = scope.split(':');
          return { type, name, actions: actions.split(',') };
        });
        const times = { exp: now + 300, nbf: now - 10, iat: now };
        const claims = { iss: 'test', sub: 'regsweep', aud: 'registry', jti: randomUUID(), ...times, access };
        const signed = `${encode({ typ: 'JWT', alg: 'RS256', x5c: [pem] })}.${encode(claims)}`;
        const signature = createSign('RSA-SHA256').update(signed).sign(readFileSync(own.key)).toString('base64url');
        return `${signed}.${signature}`;
      }

      async function start(realm: string): Promise<RunningRegistry> {
        const service = { service: 'registry', issuer: 'test', rootcertbundle: own.certificate };
        return startRegistry(root, { readonly: true, auth: { token: { realm, ...service } } });
      }

      async function serveTokens(): Promise<string> {
        seen = [];
        return serve((asked, answer) => {
          const query = new URL(asked.url ?? '', 'http://x').searchParams;
          seen.push({ authorization: asked.headers.authorization, query: query.toString() });
          if (wanted !== undefined && asked.headers.authorization !== wanted) answer.writeHead(401).end();
          else answer.end(JSON.stringify({ token: token(query.getAll('scope')) }));
        });
      }

      test('a token is fetched from where the registry says, for what it says', async () => {
        wanted = undefined;
        server = await serveTokens();
        guarded = await start(`${server}/token`);
        try {
          const asked = probe(guarded.url, tags);
          expect(codesOf(await asked.prove())).toEqual([]);
          expect(seen.some(({ query }) => /service=registry&scope=repository%3A\S+%3Apull/.test(query))).toBe(true);
          const before = seen.length;
          await asked.again();
          expect(seen).toHaveLength(before);
        } finally {
          await guarded.stop();
        }
      });

      test('credentials of the registry do not go to a token server at another host', async () => {
        wanted = `Basic ${Buffer.from('regsweep:abc').toString('base64')}`;
        server = await serveTokens();
        guarded = await start(`${server}/token`);
        try {
          const proof = await probe(guarded.url, tags, { environment: BASIC }).prove();
          expect(codesOf(proof)).toContain('registry-unproven');
          expect(proof.refusals[0]?.message).toContain(`there are no credentials for ${new URL(server).host}`);
          expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set([undefined]));
        } finally {
          await guarded.stop();
        }
      });

      test('credentials that are for the token server go there', async () => {
        wanted = `Basic ${Buffer.from('regsweep:abc').toString('base64')}`;
        server = await serveTokens();
        guarded = await start(`${server}/token`);
        const folder = temporaryFolder('docker');
        const auths = { [new URL(server).host]: { username: 'regsweep', password: 'abc' } };
        writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
        try {
          expect(codesOf(await probe(guarded.url, tags, { environment: { DOCKER_CONFIG: folder } }).prove())).toEqual(
            [],
          );
        } finally {
          await guarded.stop();
        }
      });
    });
  });
});

describe('servers that are no registry', () => {
  const tags: readonly TagOnDisk[] = [];

  test('one that never answers is given up after ten seconds', async () => {
    const url = await serve(() => undefined);
    const started = Date.now();
    await expect(probe(url, tags).again()).rejects.toMatchObject({
      message: expect.stringContaining('no answer within 10 s') as string,
    });
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  test('endless headers and bodies are cut off', async () => {
    const headers = await serve((_asked, answer) => {
      answer.writeHead(200, { long: 'x'.repeat(100_000) }).end();
    });
    await expect(probe(headers, tags).again()).rejects.toMatchObject({
      message: expect.stringContaining('failed: ') as string,
    });
    const bodies = await serve((_asked, answer) => {
      answer.writeHead(200);
      const more = (): void => {
        if (!answer.destroyed) answer.write('x'.repeat(65_536), more);
      };
      more();
    });
    await expect(probe(bodies, tags).again()).rejects.toMatchObject({
      message: expect.stringContaining('answered 200, which proves nothing') as string,
    });
  });
});
