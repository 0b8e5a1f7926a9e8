/**
 * From a 401 to an `Authorization` header: Basic (RFC 7617), or a bearer token fetched where the registry sends us
 * (distribution, `docs/spec/auth/token.md` and `oauth.md`). Credentials go to the host that they are for and to no other,
 * and over plain http only where the operator named a URL that is.
 */
import * as z from 'zod';
import type { Credentials, Keyring } from './credentials.ts';
import { ask } from './http.ts';

/** `reason`: why there is no answer to the challenge. */
export type Authorization =
  { readonly ok: true; readonly header: string } | { readonly ok: false; readonly reason: string };

export interface Challenge {
  /** In small letters. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() });
/** What may stand in a header. */
const TOKEN = /^[\x21-\x7e]{1,65536}$/;

/** The first challenge of a `WWW-Authenticate` header whose scheme is known (RFC 9110, 11.6.1). */
export function parseChallenge(header: string): Challenge | undefined {
  const start = /(?:^|,)\s*(basic|bearer)\b/i.exec(header.slice(0, 8192));
  if (start === null) return undefined;
  const parameters = new Map<string, string>();
  const rest = header.slice(start.index + start[0].length, 8192);
  for (const [, name = '', quoted, plain] of rest.matchAll(
    /\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*,?/g,
  )) {
    if (!parameters.has(name.toLowerCase())) {
      parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '');
    }
  }
  return { scheme: (start[1] ?? '').toLowerCase(), parameters };
}

export interface Asking {
  /** The URL that was asked, of the registry that the operator named. */
  readonly url: URL;
  readonly keyring: Keyring;
  readonly ca?: string;
}

/** What to send with the same question, after the registry said `wwwAuthenticate`. */
export async function authorize(wwwAuthenticate: string, asking: Asking): Promise<Authorization> {
  const challenge = parseChallenge(wwwAuthenticate);
  if (challenge === undefined) return { ok: false, reason: 'it asks for credentials in a way that is not known here' };
  if (challenge.scheme === 'bearer') return fetchToken(challenge, asking);
  const credentials = asking.keyring.credentialsFor(asking.url.host);
  if (credentials?.kind !== 'password') return { ok: false, reason: `there are no credentials for ${asking.url.host}` };
  return { ok: true, header: basic(credentials) };
}

function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function fetchToken(challenge: Challenge, asking: Asking): Promise<Authorization> {
  const realm = challenge.parameters.get('realm') ?? '';
  const server = URL.canParse(realm) ? new URL(realm) : undefined;
  if (server === undefined || !/^https?:$/.test(server.protocol) || server.username !== '' || server.password !== '') {
    return { ok: false, reason: 'it names no token server that could be asked' };
  }
  // A password that was to go over TLS alone must not be drawn out of it.
  const safe = server.protocol === 'https:' || asking.url.protocol === 'http:';
  const credentials = safe ? asking.keyring.credentialsFor(server.host) : undefined;
  const without =
    credentials === undefined ? ` (there are no credentials for ${server.host}${safe ? '' : ' over plain http'})` : '';
  const failed = (why: string): Authorization => ({
    ok: false,
    reason: `its token server ${server.origin} ${why}${without}`,
  });
  try {
    const answer = await ask({
      ...tokenQuestion(server, challenge, credentials),
      ...(asking.ca === undefined ? {} : { ca: asking.ca }),
    });
    if (answer.status !== 200) return failed(`answered ${answer.status}`);
    const given = tokenSchema.parse(JSON.parse(answer.body));
    const token = given.token ?? given.access_token ?? '';
    return TOKEN.test(token) ? { ok: true, header: `Bearer ${token}` } : failed('gave no token');
  } catch (error) {
    return failed(error instanceof SyntaxError || error instanceof z.ZodError ? 'gave no token' : messageOf(error));
  }
}

function tokenQuestion(
  server: URL,
  challenge: Challenge,
  credentials: Credentials | undefined,
): Parameters<typeof ask>[0] {
  const wanted = new URLSearchParams();
  for (const name of ['service', 'scope']) {
    const value = challenge.parameters.get(name);
    if (value !== undefined) wanted.append(name, value);
  }
  if (credentials?.kind === 'identity-token') {
    wanted.append('grant_type', 'refresh_token');
    wanted.append('client_id', 'regsweep');
    wanted.append('refresh_token', credentials.token);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: server, headers, body: wanted.toString() };
  }
  const url = new URL(server);
  for (const [name, value] of wanted) url.searchParams.append(name, value);
  return {
    method: 'GET',
    url,
    ...(credentials === undefined ? {} : { headers: { authorization: basic(credentials) } }),
  };
}

function messageOf(error: unknown): string {
  return `did not answer: ${error instanceof Error ? error.message : String(error)}`;
}
