/**
 * What `--pull-check` says of an image is what the real registry serves of it: damage by damage, the volume changed under one
 * registry (which has no cache), every tag and revision of `app` asked for, and all that it names fetched and hashed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDigest, type Digest } from '../../src/layout/digest.ts';
import { blobData, layerLink, tagCurrentLink } from '../../src/layout/paths.ts';
import { checkImage } from '../../src/pipeline/pull-check.ts';
import type { PullReference } from '../../src/scan/pull.ts';
import { digestBytes, layer } from '../support/content.ts';
import { DAMAGES, damage } from '../support/damage.ts';
import { at, victim, write } from '../support/damage-site.ts';
import { copyFixture } from '../support/fixture.ts';
import { copySmallVolume } from '../support/small-volume.ts';
import { image, index } from '../support/images.ts';
import { hasRealRegistry, skopeoCopy, startRegistry, type RunningRegistry } from '../support/real-registry.ts';
import type { RegistryClient } from '../support/registry-client.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

let whole: string;

beforeAll(async () => {
  whole = await copySmallVolume();
});

function replaceVolume(root: string, from: string): void {
  rmSync(join(root, 'docker'), { recursive: true, force: true });
  rmSync(join(dirname(root), 'elsewhere'), { recursive: true, force: true });
  execFileSync('cp', ['-a', join(from, 'docker'), root]);
}

interface Document {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly config?: { readonly digest?: string };
  readonly layers?: readonly { readonly digest?: string }[];
}

/** Whether a client gets all of an image from the registry, and each part is what its digest says. */
async function isServed(
  client: RegistryClient,
  repository: string,
  reference: string,
  digest?: string,
): Promise<boolean> {
  // Over a few documents 2.8 panics, and hangs up.
  const answer = await client.getManifest(repository, reference).catch(() => undefined);
  if (answer === undefined) return false;
  const wanted = digest ?? answer.headers.get('docker-content-digest');
  if (answer.status !== 200 || digestBytes(answer.bytes) !== wanted) return false;
  const document = JSON.parse(answer.bytes.toString('utf8')) as Document;
  for (const child of document.manifests ?? []) {
    if (!(await isServed(client, repository, child.digest, child.digest))) return false;
  }
  for (const blob of [...(document.config === undefined ? [] : [document.config]), ...(document.layers ?? [])]) {
    const named = parseDigest(blob.digest ?? '');
    if (named === undefined) return false;
    const got = await client.getBlob(repository, named);
    if (got.status !== 200 || digestBytes(got.bytes) !== named) return false;
  }
  return true;
}

/** The image that is hit, by tag and by digest, and what damage may plant. */
function references(): readonly PullReference[] {
  const tags = ['1.0', 'planted'].map((tag) => ({ repository: 'app', tag }));
  return [...tags, { repository: 'app', digest: victim(whole).digest }];
}

/** What concerns no image; and a FIFO, which hangs the registry, as what root may read all the same. */
const LEFT_OUT =
  /fifo|unreadable|stray|upload-|underscore|lost-and|^blobs-(?!empty|missing)|^tags-name|^symbolic-link-(?:loop|to-parent|dangling|repository-alias)|binary|garbage$/;

/** Registries of 2.8 still go by a manifest's link among the layers, 3.x does not: what works today and not tomorrow does not. */
const ONLY_BEFORE_3 = 'tag-names-revision-linked-as-layer';

describe.skipIf(!hasRealRegistry())('whether a pull would work', () => {
  let registry: RunningRegistry;

  beforeAll(async () => {
    const root = join(temporaryFolder('pull'), 'registry');
    registry = await startRegistry(root);
  });

  afterAll(() => registry.stop());

  it.each(DAMAGES.filter(({ name }) => !LEFT_OUT.test(name)))(
    'is what the registry serves: $name',
    async ({ name, inflict }) => {
      const { root, client } = registry;
      replaceVolume(root, whole);
      inflict(root);
      for (const wanted of references()) {
        const reference = wanted.tag ?? wanted.digest;
        const served = await isServed(client, wanted.repository, reference);
        const said = checkImage(root, wanted, false);
        const isLegacy = name === ONLY_BEFORE_3 && served && !said.works;
        if (isLegacy) expect(said.manifests[0]?.problems[0]?.message).toContain('registries before 3.0');
        else expect([reference, said.works]).toEqual([reference, served]);
      }
    },
  );

  it('is what skopeo finds, whole and without a layer', async () => {
    const { root, host } = registry;
    const copy = (): Promise<void> =>
      skopeoCopy(`docker://${host}/app:1.0`, `dir:${join(temporaryFolder('skopeo'), 'image')}`);
    replaceVolume(root, whole);
    await copy();
    expect(checkImage(root, { repository: 'app', tag: '1.0' }, true).works).toBe(true);
    damage('layer-link-missing').inflict(root);
    await expect(copy()).rejects.toThrow();
    expect(checkImage(root, { repository: 'app', tag: '1.0' }, true).works).toBe(false);
  });
});

describe('of an index', () => {
  const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
  const images = platforms.map((platform) =>
    image({ name: platform.architecture, layers: [layer(platform.architecture)], platform }),
  );
  const both = index(
    images.map((manifest, place) => ({ manifest, platform: platforms[place] ?? { os: '', architecture: '' } })),
  );

  it('each platform is told of by itself', () => {
    const tree = createTree(join(temporaryFolder('multi'), 'registry'));
    tree.push('multi', 'latest', both);
    const check = () => checkImage(tree.root, { repository: 'multi', tag: 'latest' }, false);
    expect(check()).toMatchObject({ works: true, digest: both.digest });
    const lost = images[1]?.layers[0]?.digest ?? both.digest;
    rmSync(at(tree.root, layerLink('multi', lost)));
    const pull = check();
    expect(pull.works).toBe(false);
    expect(pull.manifests.map(({ platform, works }) => [platform, works])).toEqual([
      [null, true],
      ['linux/amd64', true],
      ['linux/arm64', false],
    ]);
    expect(pull.manifests[2]?.problems).toMatchObject([
      { code: 'layer-not-linked', repository: 'multi', digest: lost },
    ]);
  });
});

describe('by the content of layers', () => {
  it('a bit that flipped is seen with data alone', async () => {
    const root = await copyFixture();
    const path = at(root, blobData(victim(root).layer));
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    writeFileSync(path, bytes);
    const wanted = { repository: 'app', tag: '1.0' };
    expect(checkImage(root, wanted, false)).toMatchObject({ works: true, hashedBytes: null });
    const pull = checkImage(root, wanted, true);
    expect(pull.works).toBe(false);
    expect(pull.manifests.flatMap(({ problems }) => problems)).toMatchObject([{ code: 'blob-digest-mismatch' }]);
  });
});

describe('by its name', () => {
  it.each([
    [{ repository: '../../secret', tag: 'x' }, 'repository-name-invalid'],
    [{ repository: 'App', tag: '1.0' }, 'repository-name-invalid'],
    [{ repository: 'app', tag: '../1.0' }, 'tag-name-invalid'],
    [{ repository: 'app', tag: 'no-such-tag' }, 'tag-without-current'],
    [{ repository: 'no-such', tag: '1.0' }, 'tag-without-current'],
    [{ repository: 'app', digest: `sha256:${'0'.repeat(64)}` as Digest }, 'manifest-missing'],
  ])('%j cannot be pulled: %s', (wanted, code) => {
    const { works, problems, manifests } = checkImage(whole, wanted, false);
    expect(works).toBe(false);
    expect([...problems, ...manifests.flatMap((manifest) => manifest.problems)]).toMatchObject([{ code }]);
  });

  it('a tag is read anew each time: nothing of it is remembered', async () => {
    const root = await copyFixture();
    expect(checkImage(root, { repository: 'app', tag: '1.0' }, false).works).toBe(true);
    write(root, tagCurrentLink('app', '1.0'), '');
    expect(checkImage(root, { repository: 'app', tag: '1.0' }, false).problems).toMatchObject([{ code: 'link-empty' }]);
  });
});
