/**
 * Who is answered. The page may delete images, and any web site that its reader visits can make his browser ask us: so a
 * request names the place where we listen (or a name that somebody else resolves could be ours: DNS rebinding), comes from
 * our own page where it says where it comes from, and carries the token that was printed.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import type { ServedError } from '../report/model-serve.ts';

export interface Access {
  /** What was printed: whoever has it may do all that the page can. */
  readonly token: string;
  readonly port: number;
  /** What a `Host` header may say, with the port. */
  readonly hosts: ReadonlySet<string>;
}

const HTTP_PORT = 80;

/** The `Host` headers of a server on `port` that listens at loopback, or at any of `addresses`. */
export function hostsOf(addresses: readonly string[], port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '::1', ...addresses].map(inAddress);
  const hosts = names.map((name) => `${name.toLowerCase()}:${port}`);
  // Who asks at the port of the scheme leaves it out (RFC 9110, 7.2).
  return new Set(port === HTTP_PORT ? [...hosts, ...names] : hosts);
}

/** As it stands in a URL. */
export function inAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The headers of every answer: what it is made of comes from here alone, and nobody else may show or read it. */
export function headers(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ['data:'],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    referrerPolicy: 'no-referrer',
    xContentTypeOptions: 'nosniff',
    xFrameOptions: 'DENY',
    // It is spoken in clear, on this machine; a browser that kept this would refuse every other port of it.
    strictTransportSecurity: false,
  });
}

/** Nothing of a registry is left in a cache of the browser. */
export function neverStored(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
  };
}

/** Refuses whoever does not name us, whom another site sent, or who has no token. */
export function guard(access: Access): MiddlewareHandler {
  return async (context, next) => {
    const refusal = refuseOthers(context, access) ?? refuseStrangers(context, access);
    if (refusal !== undefined) return refusal;
    await next();
    return undefined;
  };
}

function refuseOthers(context: Context, { hosts }: Access): Response | undefined {
  const host = context.req.header('host')?.toLowerCase();
  if (host === undefined || !hosts.has(host)) {
    return refuse(context, 403, 'other-host', 'this server is not the one that the address names');
  }
  const origin = context.req.header('origin');
  if (origin !== undefined && origin !== `http://${host}`) {
    return refuse(context, 403, 'other-origin', 'another site asks');
  }
  // A link from elsewhere may open the page; what the page asks it asks by itself.
  const site = context.req.header('sec-fetch-site');
  const isOurs = site === undefined || site === 'same-origin' || site === 'none';
  return isOurs || !isApi(context) ? undefined : refuse(context, 403, 'other-origin', 'another site asks');
}

function refuseStrangers(context: Context, access: Access): Response | undefined {
  const url = new URL(context.req.url);
  const given = url.searchParams.get('token');
  if (given !== null && !isApi(context) && context.req.method === 'GET') {
    return isToken(given, access) ? remember(context, url, access) : refuseStranger(context);
  }
  return isToken(getCookie(context, cookieName(access)) ?? '', access) ? undefined : refuseStranger(context);
}

/**
 * The address without the token, which should stay in no history. `Lax`, not `Strict`: a link that somebody opens out of a
 * chat or a ticket comes from another site and has to find the page; nothing that it could ask for by GET changes anything.
 * Browsers send a cookie to all ports of a host, so its name carries the port.
 */
function remember(context: Context, url: URL, access: Access): Response {
  setCookie(context, cookieName(access), access.token, { httpOnly: true, sameSite: 'Lax', path: '/' });
  url.searchParams.delete('token');
  // Absolute: a path that begins with two slashes would name another host.
  return context.redirect(`http://${context.req.header('host') ?? ''}${url.pathname}${url.search}`, 303);
}

function cookieName({ port }: Access): string {
  return `regsweep-${port}`;
}

/** In a time that does not tell how much of it was right. */
function isToken(given: string, { token }: Access): boolean {
  const sum = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(sum(given), sum(token));
}

function refuseStranger(context: Context): Response {
  return refuse(
    context,
    401,
    'no-token',
    'open the URL that regsweep serve printed: it has the token that lets you in',
  );
}

/** As JSON for whoever asks for data, else as a line of text. */
function refuse(context: Context, status: 400 | 401 | 403 | 404, code: string, message: string): Response {
  if (isApi(context)) return context.json({ code, message, hint: null } satisfies ServedError, status);
  return context.text(`${message}\n`, status);
}

export function isApi(context: Context): boolean {
  return context.req.path.startsWith('/api/');
}

/** For what changes something, or costs work: only our own page sends JSON, and says where it comes from. */
export function ownRequest(): MiddlewareHandler {
  return async (context, next) => {
    const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      const message = 'what is sent must be application/json';
      return context.json({ code: 'wrong-type', message, hint: null } satisfies ServedError, 415);
    }
    // That it is ours was seen before.
    if (context.req.header('origin') === undefined) {
      return refuse(context, 403, 'other-origin', 'a request that sends something must say its Origin');
    }
    await next();
    return undefined;
  };
}
