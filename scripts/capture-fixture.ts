/**
 * Makes `fixtures/registry` anew: starts the real registry on an empty folder, pushes to it as clients do, and keeps the
 * tree that it wrote, with a list of times and empty folders beside it. Run with `npm run capture-fixture`;
 * needs Debian's `docker-registry` and `skopeo`.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { layer, seededBytes, type Layer } from '../test/support/content.ts';
import { FIXTURE_ROOT, FIXTURE_TIMES } from '../test/support/fixture.ts';
import { writeFixtureTimes } from '../test/support/fixture-times.ts';
import {
  artifact,
  attestation,
  buildkitCache,
  cosignSignature,
  cosignTag,
  image,
  index,
  rawContent,
  type IndexEntry,
  type Platform,
} from '../test/support/images.ts';
import { writeOciLayout } from '../test/support/oci-layout.ts';
import { skopeoCopy, startRegistry, type RunningRegistry } from '../test/support/real-registry.ts';
import { schema1Image } from '../test/support/schema1.ts';
import { removeTemporaryFolders, temporaryFolder } from '../test/support/temporary.ts';

const PLATFORMS: readonly Platform[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64', variant: 'v8' },
];

/** One image under two tags, and another image beside it: three tags, two revisions. */
async function pushTwoTags({ client }: RunningRegistry): Promise<void> {
  await client.push('app', '0.9', image({ name: 'app 0.9', layers: [layer('app/old', 600)] }));
  const app = image({ name: 'app', layers: [layer('app/base', 1800), layer('app/code', 900)] });
  await client.push('app', '1.0', app);
  await client.push('app', 'stable', app);
}

/** `latest` pushed five times: four revisions stay behind without a tag. */
async function pushOverwrittenLatest({ client }: RunningRegistry): Promise<void> {
  const base = layer('nightly/base', 1500);
  for (const build of [1, 2, 3, 4, 5]) {
    const layers = [base, layer(`nightly/build-${build}`, 600 + 100 * build)];
    await client.push('nightly', 'latest', image({ name: `nightly ${build}`, layers }));
  }
}

/** An OCI index with two platforms and BuildKit's attestations, and a Docker manifest list. */
async function pushMultiArch(registry: RunningRegistry): Promise<void> {
  const images = platformImages('oci', 'multi');
  const attested = index(images.flatMap((entry) => [entry, attestation(entry.manifest)]));
  const layout = temporaryFolder('layout');
  writeOciLayout(layout, '2.0', attested);
  await skopeoCopy(`oci:${layout}:2.0`, `docker://${registry.host}/multi:2.0`, { all: true });
  await registry.client.push('multi-docker', '2.0', index(platformImages('docker', 'list'), { format: 'docker' }));
}

function platformImages(format: 'docker' | 'oci', name: string): IndexEntry[] {
  return PLATFORMS.map((platform) => ({
    manifest: image({ name, format, platform, layers: [layer(`${name}/${platform.architecture}`, 700)] }),
    platform,
  }));
}

/** Three repositories over one base layer, which the second and third take over by a mount. */
async function pushSharedBase({ client }: RunningRegistry): Promise<void> {
  const base = layer('shop/base', 2600);
  await client.push('shop/api', '3.1', image({ name: 'shop api', layers: [base, layer('shop/api', 500)] }));
  for (const name of ['web', 'worker']) {
    await mount(client, `shop/${name}`, base, 'shop/api');
    await client.push(
      `shop/${name}`,
      '3.1',
      image({ name: `shop ${name}`, layers: [base, layer(`shop/${name}`, 400)] }),
    );
  }
}

async function mount(client: RunningRegistry['client'], to: string, one: Layer, from: string): Promise<void> {
  if (!(await client.mountBlob(to, one.digest, from))) throw new Error(`${from} would not give ${one.digest} to ${to}`);
}

/** A repository inside another; the outer one's image by skopeo, with what refers to it: an SBOM and a signature. */
async function pushNested(registry: RunningRegistry): Promise<void> {
  const { client, host } = registry;
  const app = image({ name: 'team app', format: 'oci', layers: [layer('team/app', 1200), layer('team/app/2', 300)] });
  const layout = temporaryFolder('layout');
  writeOciLayout(layout, '1.4.2', app);
  await skopeoCopy(`oci:${layout}:1.4.2`, `docker://${host}/team/app:1.4.2`);
  const sbom = rawContent('application/spdx+json', Buffer.from('{"spdxVersion":"SPDX-2.3","name":"team/app"}'));
  await client.push('team/app', undefined, artifact({ artifactType: sbom.mediaType, content: sbom, subject: app }));
  await client.push('team/app', cosignTag(app.digest, 'sig'), cosignSignature(app));
  await client.push('team/app/api', 'v1', image({ name: 'team app api', layers: [layer('team/app/api', 800)] }));
}

async function pushBuildCacheAndSchema1({ client }: RunningRegistry): Promise<void> {
  await client.push('team/cache', 'buildcache', buildkitCache([layer('cache/1', 900), layer('cache/2', 400)]));
  await client.push('attic', '2015', schema1Image('attic', '2015', [layer('attic/1', 500), layer('attic/2', 300)]));
}

/** The walk-through of the blog posts: an image is deleted through the API, and its blobs stay. */
async function deleteThroughApi({ client }: RunningRegistry): Promise<void> {
  const base = layer('retired/base', 700);
  const old = image({ name: 'retired 1', layers: [base, layer('retired/1', 2000)] });
  await client.push('retired', 'v1', old);
  await client.push('retired', 'v2', image({ name: 'retired 2', layers: [base, layer('retired/2', 350)] }));
  await client.deleteManifest('retired', old.digest);
}

/** A push that broke off: one layer arrived, the second did not, the manifest never came. */
async function cutOffPush({ client }: RunningRegistry): Promise<void> {
  await client.pushBlob('incoming', layer('incoming/1', 450).bytes);
  await client.cutOffUpload('incoming', seededBytes('incoming/2', 1300));
}

async function capture(): Promise<void> {
  const root = temporaryFolder('capture');
  const registry = await startRegistry(root, { schema1: true });
  try {
    await pushTwoTags(registry);
    await pushOverwrittenLatest(registry);
    await pushMultiArch(registry);
    await pushSharedBase(registry);
    await pushNested(registry);
    await pushBuildCacheAndSchema1(registry);
    await deleteThroughApi(registry);
    await cutOffPush(registry);
  } finally {
    await registry.stop();
  }
  rmSync(FIXTURE_ROOT, { recursive: true, force: true });
  mkdirSync(FIXTURE_ROOT, { recursive: true });
  cpSync(join(root, 'docker'), join(FIXTURE_ROOT, 'docker'), { recursive: true });
  writeFixtureTimes(root, FIXTURE_TIMES);
}

try {
  await capture();
} finally {
  removeTemporaryFolders();
}
