/** What images need, read as a client that pulls them would need it: with manifests that are what their digests say. */
import { parseDigest, type Digest } from '../layout/digest.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { MAX_MANIFEST_BYTES, type Reference } from '../manifest/model.ts';
import { parseManifest } from '../manifest/parse.ts';
import { fromByteString, type RegistryFiles } from '../shared/registry-files.ts';
import { blobComponents, linkComponents } from './digests.ts';
import { BLOBS, REPOSITORIES } from './repository.ts';

/** Longer than any link that is one. */
const LINK_LIMIT = 256;

export class Images {
  private readonly known = new Map<Digest, readonly Reference[] | undefined>();

  constructor(
    private readonly files: RegistryFiles,
    private readonly root: string,
  ) {}

  /** The names of a repository's tags, in the order of their bytes. */
  tags(repository: string): readonly string[] {
    const listed = this.files.list(`${this.root}${REPOSITORIES}/${repository}/_manifests/tags`, false);
    return listed.ok ? listed.entries.map(({ name }) => name).sort() : [];
  }

  /** What a tag names now, if its link is in order. */
  current(repository: string, tag: string): Digest | undefined {
    return this.link(`${REPOSITORIES}/${repository}/_manifests/tags/${tag}/current/link`);
  }

  /** The blob that a repository serves as this manifest. */
  manifestBehind(repository: string, digest: Digest): Digest | undefined {
    return this.linked(repository, '_manifests/revisions', digest);
  }

  /** The blob that a repository serves as this layer or config: another one, where the digest is an alias. */
  layerBehind(repository: string, digest: Digest): Digest | undefined {
    return this.linked(repository, '_layers', digest);
  }

  /** Where a repository's links of a kind stand: two names may mean the same folder. */
  place(repository: string, folder: '_manifests/revisions' | '_layers'): string {
    const path = `${this.root}${REPOSITORIES}/${repository}/${folder}`;
    return this.files.realPath(path) ?? path;
  }

  /** What a manifest references; `undefined` where it is not there, not what its digest says, or no manifest. */
  references(digest: Digest): readonly Reference[] | undefined {
    if (!this.known.has(digest)) this.known.set(digest, this.read(digest));
    return this.known.get(digest);
  }

  isStored(digest: Digest): boolean {
    const facts = this.files.facts(this.blob(digest));
    return facts.ok && facts.kind === 'file';
  }

  private read(digest: Digest): readonly Reference[] | undefined {
    const read = this.files.read(this.blob(digest), MAX_MANIFEST_BYTES);
    if (!read.ok || read.kind !== 'file' || !read.whole) return undefined;
    const bytes = Buffer.from(read.text, 'latin1');
    if (matchesDigest(bytes, digest) !== true) return undefined;
    const parsed = parseManifest(bytes);
    return parsed.ok ? parsed.manifest.references : undefined;
  }

  private linked(repository: string, folder: string, digest: Digest): Digest | undefined {
    const behind = this.link(`${REPOSITORIES}/${repository}/${folder}/${linkComponents(digest)}/link`);
    // A link of sha256 that says something else serves the wrong thing.
    return behind !== undefined && (behind === digest || !digest.startsWith('sha256:')) ? behind : undefined;
  }

  private link(path: string): Digest | undefined {
    const read = this.files.read(this.root + path, LINK_LIMIT);
    return read.ok && read.kind === 'file' && read.whole ? parseDigest(fromByteString(read.text)) : undefined;
  }

  private blob(digest: Digest): string {
    return `${this.root}${BLOBS}/${blobComponents(digest)}/data`;
  }
}
