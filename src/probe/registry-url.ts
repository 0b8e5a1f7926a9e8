/**
 * Asks running registries whether they take writes, without writing: a registry that is read-only lists GET and HEAD alone
 * where it would take pushes, and the question changes nothing (seen on 2.8.2 and 3.0.0; distribution,
 * `registry/handlers/app.go`, registers no other method in read-only mode). It must be this volume's registry that answers.
 */
import { AppError } from '../shared/errors.ts';
import type { Proof, Refusal } from '../shared/refusal.ts';
import { authorize } from './authorization.ts';
import { openKeyring, type Keyring } from './credentials.ts';
import { readStart } from './files.ts';
import { ask, type Answer, type Question } from './http.ts';
import type { TagOnDisk } from './newest-tags.ts';

export interface RegistryQuestion {
  /** As `parseRegistryUrl` gives them. */
  readonly urls: readonly URL[];
  /** `--registry-ca`: the path of a PEM file. */
  readonly ca?: string;
  /** The newest of the volume. */
  readonly tags: readonly TagOnDisk[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const MAX_CA_BYTES = 1024 * 1024;
const READ_ONLY = 'GET, HEAD';
/** Every registry of distribution says so, in every answer. */
const VERSION_HEADER = 'docker-distribution-api-version';
/** All that a tag may name: a form that is not asked for, 2.8 turns into another one, with another digest. */
const ACCEPT = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.artifact.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/json',
].join(', ');
const MAX_REDIRECTS = 3;
/** Where a volume has no tag: a name that is legal everywhere, and need not be there. */
const ANY_TAG = { repository: 'regsweep', tag: 'latest' };

/** What one question came to: an answer, or why there is none that could be judged. */
type Asked = { readonly what: string } & (
  | { readonly answer: Answer; readonly denied?: string }
  | { readonly answer: undefined; readonly failure: string; readonly redirected?: true }
);

export class RegistryProbe {
  private readonly keyring: Keyring;
  private readonly ca: string | undefined;
  /** The last `Authorization` that a question was answered with, by its URL. */
  private readonly authorizations = new Map<string, string>();

  /** Throws `usage` where the CA file cannot be read. */
  constructor(private readonly question: RegistryQuestion) {
    this.keyring = openKeyring(
      question.environment,
      question.urls.map(({ host }) => host),
    );
    this.ca = question.ca === undefined ? undefined : readCa(question.ca);
  }

  /** Asks every registry all that is to be known. Never throws for what a registry answers, or fails to answer. */
  async prove(): Promise<Proof> {
    const refusals: Refusal[] = [];
    const notes: string[] = [];
    for (const url of this.question.urls) {
      const found = [...(await this.refuseUnlessReadOnly(url)), ...(await this.refuseUnlessOurs(url))];
      refusals.push(...found);
      if (found.length === 0) {
        const tags = this.question.tags.length;
        notes.push(
          `the registry at ${shown(url)} is read-only (Allow: ${READ_ONLY}), and serves the newest ${tags === 1 ? 'tag' : `${tags} tags`} of this volume`,
        );
      }
    }
    return { refusals, warnings: [], notes };
  }

  /**
   * Asks once more whether the registries are read-only: two questions each. Throws `registry-writable` where one is not,
   * or can no longer be asked.
   */
  async again(): Promise<void> {
    for (const url of this.question.urls) {
      const [refusal] = await this.refuseUnlessListed(url);
      if (refusal === undefined) continue;
      const changed = refusal.code === 'registry-writable' ? 'takes writes now' : 'is no longer known to be read-only';
      throw new AppError(
        'registry-writable',
        `the registry at ${shown(url)} ${changed}: ${refusal.message}`,
        'what is left is for a later sweep: make the registry read-only again, and sweep again',
      );
    }
  }

  private async refuseUnlessReadOnly(url: URL): Promise<readonly Refusal[]> {
    const listed = await this.refuseUnlessListed(url);
    if (listed.length > 0) return listed;
    // A registry knows one method here. Whoever lists the same everywhere stands in front of it and answers for it.
    const { repository } = this.question.tags[0] ?? ANY_TAG;
    const asked = await this.put(url, 'OPTIONS', `v2/${repository}/tags/list`);
    if (asked.answer !== undefined && asked.denied === undefined && allowed(asked.answer) === READ_ONLY) {
      return [unproven(asked, 'a registry lists GET alone there: something in front of it answers for it')];
    }
    return [];
  }

  private async refuseUnlessListed(url: URL): Promise<readonly Refusal[]> {
    const { repository, tag } = this.question.tags[0] ?? ANY_TAG;
    for (const path of [`v2/${repository}/manifests/${tag}`, `v2/${repository}/blobs/uploads/`]) {
      const refusal = judgeOptions(await this.put(url, 'OPTIONS', path));
      if (refusal !== undefined) return [refusal];
    }
    return [];
  }

  private async refuseUnlessOurs(url: URL): Promise<readonly Refusal[]> {
    const { tags } = this.question;
    if (tags.length === 0) {
      return [
        {
          code: 'registry-unproven',
          message: `nothing shows that ${shown(url)} is the registry of this volume: the volume has no tag that could be asked for`,
          hint: 'stop the registry and give --registry-stopped',
        },
      ];
    }
    for (const { repository, tag, digest } of tags) {
      const asked = await this.put(url, 'HEAD', `v2/${repository}/manifests/${tag}`);
      const refusal = judgeDigest(asked, digest);
      if (refusal !== undefined) return [refusal];
    }
    return [];
  }

  /** Puts a question, with credentials where they are asked for, and follows redirects to the same place alone. */
  private async put(base: URL, method: 'OPTIONS' | 'HEAD', path: string): Promise<Asked> {
    let url = new URL(path, base);
    const what = `${method} ${shown(url)}`;
    const headers: Record<string, string> = method === 'HEAD' ? { accept: ACCEPT } : {};
    try {
      for (let redirects = 0; ; redirects++) {
        const { answer, denied } = await this.putAuthorized({ method, url, headers });
        const to = redirectOf(answer, url);
        if (to === undefined) return { what, answer, ...(denied === undefined ? {} : { denied }) };
        if (to.origin !== url.origin)
          return { what, answer: undefined, failure: `redirects elsewhere, to ${to.origin}`, redirected: true };
        if (redirects === MAX_REDIRECTS)
          return { what, answer: undefined, failure: 'redirects again and again', redirected: true };
        url = to;
      }
    } catch (error) {
      return {
        what,
        answer: undefined,
        failure: `failed: ${(error instanceof Error ? error.message : String(error)).trim()}`,
      };
    }
  }

  private async putAuthorized(question: Question): Promise<{ readonly answer: Answer; readonly denied?: string }> {
    const key = `${question.method} ${question.url.href}`;
    const known = this.authorizations.get(key);
    const first = await this.askWith(question, known);
    if (first.status !== 401) return { answer: first };
    this.authorizations.delete(key);
    const { url } = question;
    const asking = { url, keyring: this.keyring, ...(this.ca === undefined ? {} : { ca: this.ca }) };
    const given = await authorize(first.headers['www-authenticate'] ?? '', asking);
    if (!given.ok) return { answer: first, denied: [given.reason, ...this.keyring.remarks].join('; ') };
    const second = await this.askWith(question, given.header);
    if (second.status === 401) return { answer: second, denied: 'the credentials that were given are not good for it' };
    this.authorizations.set(key, given.header);
    return { answer: second };
  }

  private askWith(question: Question, authorization: string | undefined): Promise<Answer> {
    const headers = { ...question.headers, ...(authorization === undefined ? {} : { authorization }) };
    return ask({ ...question, headers, ...(this.ca === undefined ? {} : { ca: this.ca }) });
  }
}

function readCa(path: string): string {
  try {
    return readStart(path, MAX_CA_BYTES);
  } catch (cause) {
    throw new AppError(
      'usage',
      `--registry-ca: ${path} cannot be read`,
      'it wants the path of a certificate in PEM, which can be read',
      { cause },
    );
  }
}

function redirectOf(answer: Answer, from: URL): URL | undefined {
  const { location } = answer.headers;
  if (answer.status < 300 || answer.status > 399 || location === undefined) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

/** The methods of `Allow` in one spelling; `undefined` where there is none. */
function allowed(answer: Answer): string | undefined {
  const { allow } = answer.headers;
  if (allow === undefined) return undefined;
  const methods = allow.split(',').map((method) => method.trim().toUpperCase());
  return [...new Set(methods)]
    .filter((method) => method !== '')
    .sort()
    .join(', ');
}

function judgeOptions(asked: Asked): Refusal | undefined {
  if (asked.answer === undefined || asked.denied !== undefined) return unproven(asked);
  const { answer } = asked;
  const list = allowed(answer);
  if (list === undefined) return unproven(asked, 'it says nothing of what may be done there');
  if (/\b(?:POST|PUT|PATCH|DELETE)\b/.test(list)) {
    return {
      code: 'registry-writable',
      message: `${asked.what} answered Allow: ${list}: it takes writes`,
      hint: 'set storage.maintenance.readonly.enabled: true in its config.yml and restart it; environment variables for it are ignored or make it fail, except REGISTRY_STORAGE_MAINTENANCE_READONLY={"enabled":true}',
    };
  }
  if (answer.status !== 200 && answer.status !== 204) return unproven(asked);
  if (list !== READ_ONLY) return unproven(asked, `a registry that is read-only lists ${READ_ONLY}`);
  if (!(answer.headers[VERSION_HEADER]?.includes('registry/2.0') ?? false) || isHtml(answer)) {
    return unproven(asked, 'it was not a registry that answered');
  }
  return undefined;
}

function judgeDigest(asked: Asked, digest: string): Refusal | undefined {
  if (asked.answer === undefined || asked.denied !== undefined) return unproven(asked);
  const { status, headers } = asked.answer;
  const given = headers['docker-content-digest'];
  if (status === 200 && given === digest) return undefined;
  if (status !== 404 && (status !== 200 || given === undefined)) return unproven(asked);
  const has = status === 404 ? 'does not know it' : `says ${String(given)}`;
  return {
    code: 'registry-other',
    message: `${asked.what} ${has}, and on this volume it is ${digest}: that is the registry of another volume`,
    hint: 'give the --registry-url of the registry that keeps its data here',
  };
}

function isHtml(answer: Answer): boolean {
  return answer.headers['content-type']?.includes('html') ?? false;
}

function unproven(asked: Asked, why?: string): Refusal {
  const said = asked.answer === undefined ? asked.failure : `answered ${describe(asked.answer)}`;
  const reasons = [asked.answer === undefined ? undefined : asked.denied, why].filter((reason) => reason !== undefined);
  return {
    code: 'registry-unproven',
    message: [`${asked.what} ${said}, which proves nothing`, ...reasons].join(': '),
    hint: hintFor(asked),
  };
}

function hintFor(asked: Asked): string {
  if (asked.answer === undefined && asked.redirected !== true) {
    return 'see that it runs, and that the URL is its own (http:// or https://, the host, the port); or stop it and give --registry-stopped';
  }
  return asked.answer?.status === 401 || asked.answer?.status === 403
    ? 'give credentials as REGSWEEP_REGISTRY_USER and REGSWEEP_REGISTRY_PASSWORD, or as auths in the docker config file'
    : 'ask the registry itself and not what stands before it, or stop it and give --registry-stopped';
}

function describe(answer: Answer): string {
  const list = answer.headers.allow;
  return [String(answer.status), ...(list === undefined ? [] : [`(Allow: ${list.slice(0, 200)})`])].join(' ');
}

/** Without a query, which could hold anything. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
