/**
 * A small client of the registry's HTTP API, enough to push, pull and delete in tests (OCI distribution-spec, "API";
 * distribution's `docs/spec/api.md`). A status that the spec does not promise is an error that quotes the answer.
 */
import { parseDigest, type Digest } from '../../src/layout/digest.ts';
import { digestBytes, type Content } from './content.ts';
import { MEDIA, type Pushable } from './images.ts';

export interface RegistryResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/** A push that has begun and not ended. */
export interface OpenUpload {
  readonly uuid: string;
  /** Where the next request of this push goes. */
  readonly location: string;
}

interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

const SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
const ACCEPT = [MEDIA.dockerManifest, MEDIA.dockerList, MEDIA.ociManifest, MEDIA.ociIndex, SCHEMA1].join(', ');

export class RegistryClient {
  readonly #base: string;

  /** `base` is the registry's address, `http://127.0.0.1:5000`. */
  constructor(base: string) {
    this.#base = base;
  }

  /** Any request; `path` begins with `/v2/`, or is a location that the registry gave. Every status is an answer. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<RegistryResponse> {
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: { ...options.headers },
      ...(options.body === undefined ? {} : { body: new Uint8Array(options.body) }),
    });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  /**
   * Pushes a blob in one piece. Under `sha512` the registry stores it by its sha256 all the same and writes layer links
   * for both.
   */
  async pushBlob(repository: string, bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): Promise<Digest> {
    const digest = digestBytes(bytes, algorithm);
    const { location } = await this.startUpload(repository);
    await this.#expect(201, 'PUT', withDigest(location, digest), {
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    return digest;
  }

  /** Takes over a blob of another repository without sending it; `false` if the registry did not want to. */
  async mountBlob(repository: string, digest: Digest, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const response = await this.request('POST', `/v2/${repository}/blobs/uploads/?${query.toString()}`);
    if (response.status === 201) return true;
    if (response.status !== 202) throw unexpected('POST', `mount of ${digest}`, response);
    await this.request('DELETE', header(response, 'location'));
    return false;
  }

  /** Begins a push of a blob, which stays open until somebody ends it. */
  async startUpload(repository: string): Promise<OpenUpload> {
    const response = await this.#expect(202, 'POST', `/v2/${repository}/blobs/uploads/`);
    return { uuid: header(response, 'docker-upload-uuid'), location: header(response, 'location') };
  }

  /** A push that is cut off: begun, sent `bytes`, and never heard of again. */
  async cutOffUpload(repository: string, bytes: Uint8Array): Promise<OpenUpload> {
    const upload = await this.startUpload(repository);
    const response = await this.#expect(202, 'PATCH', upload.location, {
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    return { uuid: upload.uuid, location: header(response, 'location') };
  }

  /** Puts a manifest under a tag or its digest; the digest is the registry's. */
  async pushManifest(repository: string, reference: string, mediaType: string, bytes: Uint8Array): Promise<Digest> {
    const response = await this.#expect(201, 'PUT', `/v2/${repository}/manifests/${reference}`, {
      headers: { 'content-type': mediaType },
      body: bytes,
    });
    const digest = parseDigest(header(response, 'docker-content-digest'));
    if (digest === undefined) throw unexpected('PUT', reference, response);
    return digest;
  }

  /** Pushes a manifest with everything below it. Without a tag it goes in by its digest, untagged. */
  async push(repository: string, tag: string | undefined, image: Pushable): Promise<void> {
    await this.#pushBelow(repository, image);
    await this.pushManifest(repository, tag ?? image.digest, image.mediaType, image.sent ?? image.bytes);
  }

  /** Wants `delete.enabled`. The revision's link goes, and every tag that names it now. */
  async deleteManifest(repository: string, digest: Digest): Promise<void> {
    await this.#expect(202, 'DELETE', `/v2/${repository}/manifests/${digest}`);
  }

  /** Wants `delete.enabled`. Only this repository's layer link goes. */
  async deleteBlob(repository: string, digest: Digest): Promise<void> {
    await this.#expect(202, 'DELETE', `/v2/${repository}/blobs/${digest}`);
  }

  async headManifest(repository: string, reference: string): Promise<RegistryResponse> {
    return this.request('HEAD', `/v2/${repository}/manifests/${reference}`, { headers: { accept: ACCEPT } });
  }

  async getManifest(repository: string, reference: string): Promise<RegistryResponse> {
    return this.request('GET', `/v2/${repository}/manifests/${reference}`, { headers: { accept: ACCEPT } });
  }

  async headBlob(repository: string, digest: Digest): Promise<RegistryResponse> {
    return this.request('HEAD', `/v2/${repository}/blobs/${digest}`);
  }

  async getBlob(repository: string, digest: Digest): Promise<RegistryResponse> {
    return this.request('GET', `/v2/${repository}/blobs/${digest}`);
  }

  /**
   * Gets `image` whole from the registry: its manifest under `reference`, its children by digest, its blobs, each
   * compared byte by byte. Throws at the first that is missing or other than it was. Not for schema 1, which the
   * registry signs anew.
   */
  async pull(repository: string, reference: string, image: Pushable): Promise<void> {
    same(await this.getManifest(repository, reference), image, `${repository}:${reference}`);
    for (const child of image.children) await this.pull(repository, child.digest, child);
    for (const blob of image.blobs) {
      same(await this.getBlob(repository, blob.digest), blob, `${repository}@${blob.digest}`);
    }
  }

  async #pushBelow(repository: string, image: Pushable): Promise<void> {
    for (const blob of image.blobs) {
      const known = await this.headBlob(repository, blob.digest);
      if (known.status !== 200) await this.pushBlob(repository, blob.bytes);
    }
    for (const child of image.children) await this.push(repository, undefined, child);
  }

  async #expect(status: number, method: string, path: string, options?: RequestOptions): Promise<RegistryResponse> {
    const response = await this.request(method, path, options);
    if (response.status !== status) throw unexpected(method, path, response);
    return response;
  }
}

function same(response: RegistryResponse, wanted: Content, what: string): void {
  if (response.status !== 200) throw unexpected('GET', what, response);
  if (!response.bytes.equals(wanted.bytes)) throw new Error(`${what}: the registry serves other bytes`);
}

function withDigest(location: string, digest: Digest): string {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  return url.toString();
}

function header(response: RegistryResponse, name: string): string {
  const value = response.headers.get(name);
  if (value === null) throw new Error(`the registry gave no ${name} header (status ${response.status})`);
  return value;
}

function unexpected(method: string, what: string, response: RegistryResponse): Error {
  return new Error(`${method} ${what}: status ${response.status}: ${response.bytes.toString('utf8').slice(0, 500)}`);
}
