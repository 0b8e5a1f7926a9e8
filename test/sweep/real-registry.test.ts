/** What the real registry serves after a sweep, and after it was taken back: the whole way, with the program as shipped. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { layer } from '../support/content.ts';
import { runBuilt } from '../support/built-program.ts';
import {
  artifact,
  attestation,
  cosignSignature,
  cosignTag,
  image,
  index,
  rawContent,
  type Pushable,
} from '../support/images.ts';
import { garbageCollect, hasRealRegistry, skopeoCopy, startRegistry } from '../support/real-registry.ts';
import type { RunningRegistry } from '../support/real-registry.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';

const BASE = layer('base', 4000);
const APP = [1, 2, 3].map((build) => image({ name: `app ${build}`, layers: [BASE, layer(`app/${build}`, 3000)] }));
const AMD = image({ name: 'amd', layers: [BASE, layer('amd', 2000)], format: 'oci' });
const ARM = image({
  name: 'arm',
  layers: [layer('arm', 2000)],
  format: 'oci',
  platform: { os: 'linux', architecture: 'arm64' },
});
const MULTI = index([{ manifest: AMD }, { manifest: ARM }, attestation(AMD)]);
const REFERRER = artifact({
  artifactType: 'application/spdx+json',
  content: rawContent('application/spdx+json', Buffer.from('{"spdxVersion": "SPDX-2.3"}')),
  subject: MULTI,
});
const NESTED = image({ name: 'nested', layers: [layer('nested', 900)] });
const DELETED = image({ name: 'deleted', layers: [BASE, layer('deleted', 5000)] });

interface Pushed {
  readonly repository: string;
  readonly reference: string;
  readonly image: Pushable;
}

function at<T>(list: readonly T[], place: number): T {
  const item = list[place];
  if (item === undefined) throw new RangeError(`nothing at ${place}`);
  return item;
}

const TAGGED: readonly Pushed[] = [
  { repository: 'team/app', reference: 'latest', image: at(APP, 2) },
  { repository: 'team/app', reference: 'stable', image: at(APP, 0) },
  { repository: 'team/multi', reference: '1.0', image: MULTI },
  { repository: 'team/app/api', reference: 'v1', image: NESTED },
];
const UNTAGGED: readonly Pushed[] = [
  { repository: 'team/app', reference: at(APP, 1).digest, image: at(APP, 1) },
  { repository: 'team/multi', reference: REFERRER.digest, image: REFERRER },
];

/** `latest` pushed three times, an index with its children, a referrer, nested names, and an image deleted by the API. */
async function fill({ client }: RunningRegistry): Promise<void> {
  for (const build of APP) await client.push('team/app', 'latest', build);
  await client.push('team/app', 'stable', at(APP, 0));
  await client.push('team/multi', '1.0', MULTI);
  await client.push('team/multi', undefined, REFERRER);
  await client.push('team/app/api', 'v1', NESTED);
  await client.push('gone', 'v1', DELETED);
  await client.deleteManifest('gone', DELETED.digest);
  await client.cutOffUpload('incoming', Buffer.alloc(2000));
}

const ALWAYS = ['--min-age', '0', '--uploads-older-than', '0', '--max-delete-percent', '100', '--yes', '--json'];

interface Done {
  readonly run: string;
  readonly skipped: readonly unknown[];
  readonly failed: readonly unknown[];
}

async function sweep(root: string, cache: string, ...options: readonly string[]): Promise<Done> {
  const { status, stdout, stderr } = await runBuilt(['sweep', root, '--apply', ...ALWAYS, ...options], cache);
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  const { done } = JSON.parse(stdout) as { readonly done: Done };
  expect(done).toMatchObject({ skipped: [], failed: [], dropped: 0, left: 0, stopped: null, putBack: [] });
  return done;
}

async function pullAll(registry: RunningRegistry, pushed: readonly Pushed[]): Promise<void> {
  for (const { repository, reference, image: wanted } of pushed) {
    await registry.client.pull(repository, reference, wanted);
  }
  for (const { repository, reference } of pushed.filter(({ reference: name }) => !name.includes(':'))) {
    const folder = join(temporaryFolder('pulled'), 'image');
    await skopeoCopy(`docker://${registry.host}/${repository}:${reference}`, `dir:${folder}`, { all: true });
  }
}

async function expectNothingLeft(root: string): Promise<void> {
  const left = await garbageCollect(root, { dryRun: true });
  expect(left.exitCode, left.stderr).toBe(0);
  expect(left.eligibleBlobs).toEqual([]);
}

async function catalogOf({ client }: RunningRegistry): Promise<unknown> {
  return JSON.parse((await client.request('GET', '/v2/_catalog')).bytes.toString()) as unknown;
}

describe.skipIf(!hasRealRegistry()).each([
  ['revisions', [] as const, [...TAGGED, ...UNTAGGED]],
  ['untagged', ['--untagged'] as const, [...TAGGED, at(UNTAGGED, 1)]],
])('a sweep in mode %s', (mode, options, kept) => {
  it('leaves every kept image to be pulled whole, what went answers 404, and a restore gives it all back', async () => {
    const root = temporaryFolder('swept');
    const cache = temporaryFolder('cache');
    const writable = await startRegistry(root);
    onTestFinished(writable.stop);
    await fill(writable);
    await writable.stop();
    const before = snapshot(root, { times: true, modes: true });
    const whole = wholeOf(root);

    const readOnly = await startRegistry(root, { readonly: true });
    onTestFinished(readOnly.stop);
    const { run } = await sweep(root, cache, '--registry-url', readOnly.url, ...options);

    expect(lostBetween(whole, wholeOf(root))).toEqual([]);
    await pullAll(readOnly, kept);
    expect((await readOnly.client.headManifest('gone', DELETED.digest)).status).toBe(404);
    expect((await readOnly.client.headBlob('gone', at(DELETED.layers, 1).digest)).status).toBe(404);
    const gone = await readOnly.client.headManifest('team/app', at(APP, 1).digest);
    expect(gone.status).toBe(mode === 'untagged' ? 404 : 200);
    expect(await catalogOf(readOnly)).toEqual({ repositories: ['team/app', 'team/app/api', 'team/multi'] });
    await expectNothingLeft(root);
    await readOnly.stop();

    const restored = await runBuilt(['restore', root, run, '--registry-stopped', '--min-age', '0', '--json'], cache);
    expect(restored.status, restored.stdout + restored.stderr).toBe(0);
    expect(changedBelow(before, snapshot(root, { times: true, modes: true }))).toEqual([]);
    const again = await startRegistry(root);
    onTestFinished(again.stop);
    await pullAll(again, [...TAGGED, ...UNTAGGED]);
  });

  it('lets what was deleted be pushed and pulled again', async () => {
    const root = temporaryFolder('pushed-again');
    const cache = temporaryFolder('cache');
    const first = await startRegistry(root);
    onTestFinished(first.stop);
    await fill(first);
    await first.stop();
    const whole = wholeOf(root);
    await sweep(root, cache, '--registry-stopped', '--no-trash', ...options);
    expect(lostBetween(whole, wholeOf(root))).toEqual([]);
    const again = await startRegistry(root);
    onTestFinished(again.stop);
    await again.client.push('gone', 'v2', DELETED);
    await again.client.push('team/app', 'old', at(APP, 1));
    await pullAll(again, [
      ...TAGGED,
      { repository: 'gone', reference: 'v2', image: DELETED },
      { repository: 'team/app', reference: 'old', image: at(APP, 1) },
    ]);
  });
});

/** What changed of the layout: folders' own times change as their entries come and go. */
function changedBelow(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return changedPaths(before, after).filter((path) => {
    if (path.startsWith('.regsweep')) return false;
    const withoutTime = (line: string | undefined): string | undefined =>
      line?.startsWith('folder') === true ? line.replace(/ \d+$/, '') : line;
    return withoutTime(before.get(path)) !== withoutTime(after.get(path));
  });
}

describe.skipIf(!hasRealRegistry())('a sweep with --keep-last 2', () => {
  it('leaves the images that were pushed last, with their signatures, to be pulled; tags that went answer 404', async () => {
    const root = temporaryFolder('kept-last');
    const writable = await startRegistry(root);
    onTestFinished(writable.stop);
    const { client } = writable;
    for (const [place, build] of APP.entries()) await client.push('app', `v${place + 1}`, build);
    // Pushed again: it is the last by now, and its first tag is no other image.
    await client.push('app', 'stable', at(APP, 0));
    const signatures = APP.map((build) => ({ tag: cosignTag(build.digest), signature: cosignSignature(build) }));
    for (const { tag, signature } of signatures) await client.push('app', tag, signature);
    await client.push('multi', '1.0', MULTI);
    await client.push('multi', undefined, REFERRER);
    await writable.stop();
    const whole = wholeOf(root);

    const readOnly = await startRegistry(root, { readonly: true });
    onTestFinished(readOnly.stop);
    await sweep(root, temporaryFolder('cache'), '--registry-url', readOnly.url, '--keep-last', '2');

    const signatureOfGone = at(signatures, 1).tag;
    expect(lostBetween(whole, wholeOf(root), ['app:v2', `app:${signatureOfGone}`])).toEqual([]);
    for (const tag of ['v2', signatureOfGone])
      expect((await readOnly.client.headManifest('app', tag)).status).toBe(404);
    expect((await readOnly.client.headManifest('app', at(APP, 1).digest)).status).toBe(404);
    await pullAll(readOnly, [
      { repository: 'app', reference: 'v1', image: at(APP, 0) },
      { repository: 'app', reference: 'stable', image: at(APP, 0) },
      { repository: 'app', reference: 'v3', image: at(APP, 2) },
      { repository: 'app', reference: at(signatures, 2).tag, image: at(signatures, 2).signature },
      { repository: 'multi', reference: '1.0', image: MULTI },
      { repository: 'multi', reference: REFERRER.digest, image: REFERRER },
    ]);
    await expectNothingLeft(root);
  });
});

describe.skipIf(!hasRealRegistry())('the demonstration of the blog posts', () => {
  it('a volume that holds one deleted image comes down to almost nothing, as du sees it', async () => {
    const root = temporaryFolder('demonstration');
    const cache = temporaryFolder('cache');
    const large = image({ name: 'large', layers: [layer('large', 24_000_000), layer('small', 1000)] });
    const registry = await startRegistry(root);
    onTestFinished(registry.stop);
    await registry.client.push('demo/app', '1.0', large);
    await registry.client.deleteManifest('demo/app', large.digest);
    await registry.stop();
    expect(usedKilobytes(root)).toBeGreaterThan(20_000);
    await sweep(root, cache, '--registry-stopped', '--no-trash', '--state', temporaryFolder('state'));
    expect(usedKilobytes(root)).toBeLessThan(150);
  });
});

function usedKilobytes(root: string): number {
  return Number(execFileSync('du', ['-sk', root], { encoding: 'utf8' }).split('\t')[0]);
}
