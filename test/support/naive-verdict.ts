/** Which deletions the design allows in a registry, judged one by one: what a sweep took, it must have been free to take. */
import { digestIn, type NaiveRegistry, type NaiveRepository } from './naive-registry.ts';

/** Of each path the line that `snapshot` has for it, with its time. */
type State = ReadonlyMap<string, string>;

export type NaiveMode = 'revisions' | 'untagged';

const WEEK_MS = 7 * 24 * 3_600_000;
const UUID_FILE = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;
const IN_REPOSITORY = /^repositories\/(.+?)\/(_manifests|_layers|_uploads)(?:\/(.*))?$/;
const BLOB = /^blobs\/(\w+)\/(\w\w)\/(\w+)\/data$/;
const LINK = /^(?:_manifests\/tags\/([^/]+)\/index|_manifests\/(revisions)|_layers)\/(\w+)\/(\w+)\/link$/;
const FOLDERS = ['_manifests', '_manifests/tags', '_manifests/revisions', '_layers'];

export class NaiveVerdict {
  private readonly registry: NaiveRegistry;
  private readonly mode: NaiveMode;
  /** Repositories of which nothing may go. */
  private readonly held: ReadonlySet<NaiveRepository>;
  private readonly marked = new Set<string>();

  constructor(registry: NaiveRegistry, mode: NaiveMode) {
    this.registry = registry;
    this.mode = mode;
    this.held = new Set(registry.repositories.filter((one) => !one.mayLose || this.isInDoubt(one)));
    this.mark(
      registry.repositories.flatMap((one) => (this.held.has(one) ? everythingOf(one) : this.rootsOf(one))),
      this.marked,
    );
  }

  /**
   * Why what went between two snapshots of `docker/registry/v2` (with times) had to stay, and what else changed, a line
   * each; what was free to go has none.
   */
  unjustified(before: State, after: State): readonly string[] {
    const changed = [...after].filter(([path, line]) => before.get(path) !== line && !isFolder(line));
    const removed = [...before.keys()].filter((path) => !after.has(path));
    return [
      ...changed.map(([path, line]) => `${path}: is ${line} and was ${before.get(path) ?? 'not there'}`),
      ...removed.flatMap((path) => {
        const reason = this.reasonToStay(path, before, after);
        return reason === undefined ? [] : [`${path}: ${reason}`];
      }),
    ];
  }

  /** Blobs, by their paths, that stand there still and that nothing needs: where nothing is damaged, none is left. */
  leftOver(after: State): readonly string[] {
    const data = [...after.keys()].filter((path) => path.startsWith('blobs/') && path.endsWith('/data'));
    return data
      .filter((path) => this.reasonToStay(path, after, after) === undefined)
      .map((path) => `was left: ${path}`);
  }

  /**
   * Why a blob is kept that a collector takes which looks at revisions alone and follows neither indexes nor subjects:
   * something that needs it is a part of a kept index, or is about a kept image. `undefined` where it is for neither.
   */
  whyKept(digest: string): 'part of a kept index' | 'about a kept image' | undefined {
    const kept = [...this.marked].map((one) => ({ digest: one, manifest: this.registry.manifest(one) }));
    const needs = kept.filter(({ digest: one, manifest }) => {
      return typeof manifest === 'object' && (one === digest || manifest.blobs.includes(digest));
    });
    const isPart = needs.some(({ digest: one }) =>
      kept.some(({ manifest }) => typeof manifest === 'object' && manifest.children.includes(one)),
    );
    if (isPart) return 'part of a kept index';
    return needs.some(({ digest: one }) => this.isReferrer(one)) ? 'about a kept image' : undefined;
  }

  private reasonToStay(path: string, before: State, after: State): string | undefined {
    const line = before.get(path) ?? '';
    const [, name, top = '', below = ''] = IN_REPOSITORY.exec(path) ?? [];
    if (name === undefined)
      return path.startsWith('blobs/') ? this.reasonOfBlob(path, line) : reasonOfOther(path, line);
    const repository = this.registry.repositories.find((one) => one.name === name);
    if (repository?.mayLose !== true) return 'its repository may not lose anything';
    if (top === '_uploads') return reasonOfUpload(path, before);
    const own = `repositories/${name}/`;
    if (FOLDERS.includes(path.slice(own.length))) {
      const kept = [...after].find(([one, its]) => !isFolder(its) && IN_REPOSITORY.exec(one)?.[1] === name);
      return kept === undefined ? undefined : `its repository keeps ${kept[0]}`;
    }
    return this.reasonOfLink(repository, `${top}/${below}`, line);
  }

  private reasonOfBlob(path: string, line: string): string | undefined {
    const [, algorithm = '', prefix, hex = ''] = BLOB.exec(path) ?? [];
    if (hex === '' || !line.startsWith('file ')) return reasonOfOther(path, line);
    const digest = digestIn(`${algorithm}:${hex}`);
    if (digest === undefined || !hex.startsWith(prefix ?? ' ')) return 'is no blob';
    return this.marked.has(digest) ? 'is needed' : undefined;
  }

  private reasonOfLink(repository: NaiveRepository, path: string, line: string): string | undefined {
    const [, tag, revisions, algorithm = '', hex = ''] = LINK.exec(path) ?? [];
    const digest = line.startsWith('file ') ? digestIn(`${algorithm}:${hex}`) : undefined;
    if (digest === undefined) return reasonOfOther(path, line);
    if (this.held.has(repository)) return 'its repository is in doubt';
    if (tag !== undefined) return this.reasonOfHistory(repository, tag, digest);
    const links = revisions === undefined ? repository.layers : repository.revisions;
    const digests = links.find((link) => link.digests[0] === digest)?.digests ?? [digest];
    const { manifests, blobs } = this.keptIn(repository);
    if (digests.some((one) => manifests.has(one))) return 'is a kept manifest';
    return revisions === undefined && digests.some((one) => blobs.has(one)) ? 'is a needed layer' : undefined;
  }

  private reasonOfHistory(repository: NaiveRepository, tag: string, digest: string): string | undefined {
    if (repository.tags.some(({ name, current }) => name === tag && current === digest)) return 'is what the tag names';
    const isLinked = repository.revisions.some(({ digests }) => digests[0] === digest);
    return isLinked && this.keptIn(repository).manifests.has(digest) ? 'is the history of a kept revision' : undefined;
  }

  /** What the roots of a repository that is in no doubt lead to. */
  private keptIn(repository: NaiveRepository): { readonly manifests: Set<string>; readonly blobs: Set<string> } {
    const known = this.kept.get(repository);
    if (known !== undefined) return known;
    const referrers = repository.revisions.flatMap(({ digests }) => digests).filter((one) => this.isReferrer(one));
    const manifests = new Set<string>();
    const blobs = new Set<string>();
    for (const digest of this.closure([...this.rootsOf(repository), ...referrers])) {
      manifests.add(digest);
      const manifest = this.registry.manifest(digest);
      if (typeof manifest === 'object') for (const one of manifest.blobs) blobs.add(one);
    }
    for (const one of [...blobs]) {
      const twin = this.registry.aliases.get(one);
      if (twin !== undefined) blobs.add(twin);
    }
    this.kept.set(repository, { manifests, blobs });
    return { manifests, blobs };
  }

  private readonly kept = new Map<NaiveRepository, { readonly manifests: Set<string>; readonly blobs: Set<string> }>();

  private isReferrer(digest: string): boolean {
    const manifest = this.registry.manifest(digest);
    return typeof manifest === 'object' && manifest.subject !== undefined && this.marked.has(manifest.subject);
  }

  private rootsOf(repository: NaiveRepository): readonly string[] {
    const named = repository.tags.flatMap(({ current }) => (current === undefined ? [] : [current]));
    return this.mode === 'untagged' ? named : [...named, ...repository.revisions.flatMap(({ digests }) => digests)];
  }

  private isInDoubt(repository: NaiveRepository): boolean {
    if (this.mode === 'untagged' && repository.tags.some(({ isUncertain }) => isUncertain)) return true;
    const roots = this.rootsOf(repository);
    if (roots.some((digest) => typeof this.registry.manifest(digest) === 'string')) return true;
    return this.closure(roots).some((digest) => {
      const manifest = this.registry.manifest(digest);
      return typeof manifest === 'object' && manifest.children.some((child) => this.registry.manifest(child) === 'bad');
    });
  }

  /** These manifests, and those below them. */
  private closure(roots: readonly string[]): readonly string[] {
    const found = new Set(roots);
    for (const digest of found) {
      const manifest = this.registry.manifest(digest);
      if (typeof manifest === 'object') for (const one of [...manifest.children, ...manifest.perhaps]) found.add(one);
    }
    return [...found];
  }

  private mark(roots: readonly string[], marked: Set<string>): void {
    const revisions = this.registry.repositories.flatMap((one) => one.revisions.flatMap(({ digests }) => digests));
    let next = roots;
    while (next.length > 0) {
      for (const digest of this.closure(next)) {
        marked.add(digest);
        const manifest = this.registry.manifest(digest);
        if (typeof manifest === 'object') for (const one of manifest.blobs) marked.add(one);
      }
      for (const digest of [...marked]) {
        const twin = this.registry.aliases.get(digest);
        if (twin !== undefined) marked.add(twin);
      }
      next = revisions.filter((one) => !marked.has(one) && this.isReferrer(one));
    }
  }
}

/** Of a repository that loses nothing all is a root. */
function everythingOf({ revisions, layers, tags }: NaiveRepository): readonly string[] {
  const links = [...revisions, ...layers, ...tags.flatMap(({ history }) => history)];
  const named = tags.flatMap(({ current }) => (current === undefined ? [] : [current]));
  return [...links.flatMap(({ digests }) => digests), ...named];
}

/** A folder may go once it is empty, but for a tag's and the two stores; a file may if it was to be renamed to what it is not. */
function reasonOfOther(path: string, line: string): string | undefined {
  if (['blobs', 'repositories', ''].includes(path)) return 'is the layout itself';
  if (/(^|\/)_manifests\/tags\/[^/]+(\/current(\/link)?)?$/.test(path)) return 'is a tag';
  if (!/\/(data|link)$/.test(path) && isFolder(line)) return undefined;
  return line.startsWith('file ') && UUID_FILE.test(path) ? undefined : 'is nothing that a registry wrote';
}

/** An upload goes whole, and only where nothing in it is younger than a week. */
function reasonOfUpload(path: string, before: State): string | undefined {
  const [, upload] = /^(.*\/_uploads\/[^/]+)/.exec(path) ?? [];
  if (upload === undefined) return undefined;
  const files = [...before].filter(([one, line]) => one.startsWith(`${upload}/`) && line.startsWith('file '));
  const young = files.find(([, line]) => Number(line.slice(line.lastIndexOf(' '))) / 1e6 > Date.now() - WEEK_MS);
  return young === undefined ? undefined : `${young[0]} is young`;
}

function isFolder(line: string): boolean {
  return line.startsWith('folder');
}
