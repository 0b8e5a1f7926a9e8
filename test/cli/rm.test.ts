/** `regsweep rm`: just what is named, and what hangs on nothing else. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layer } from '../support/content.ts';
import { image, index } from '../support/images.ts';
import { APPLY, codesOf, OperatedVolume, operatedVolume, STOPPED } from '../support/operated-volume.ts';
import { changedPaths } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';

const BASE = layer('base', 2000);
const APP = image({ name: 'app', layers: [BASE, layer('app', 1000)], format: 'oci' });
const OTHER = image({ name: 'other', layers: [BASE, layer('other', 1000)], format: 'oci' });
const MULTI = index([{ manifest: APP }, { manifest: OTHER }]);

/** `a/app` with two tags of one image and one of another, `a/app/nested`, and `b` with an index. */
function filled(): OperatedVolume {
  const volume = new OperatedVolume(temporaryFolder('rm'));
  const tree = volume.tree();
  tree.push('a/app', 'one', APP);
  tree.push('a/app', 'two', APP);
  tree.push('a/app', 'other', OTHER);
  tree.push('a/app/nested', 'v1', image({ name: 'nested', layers: [layer('nested')] }));
  tree.push('b', 'multi', MULTI);
  return volume;
}

function stands(volume: OperatedVolume, path: string): boolean {
  return existsSync(volume.tree().path(path));
}

const revision = (digest: string): string => `_manifests/revisions/${digest.replace(':', '/')}/link`;

describe('a tag', () => {
  it('of two that name one digest: the other stays whole, though a young volume it is', async () => {
    const volume = filled();
    const before = volume.layout();
    const done = await volume.carriedOut('rm', 'a/app:one');
    expect(done).toMatchObject({ actions: 1, failed: [], skipped: [] });
    expect(volume.changedSince(before).every((path) => path.startsWith('repositories/a/app/_manifests/tags/one'))).toBe(
      true,
    );
    expect(stands(volume, `repositories/a/app/_manifests/tags/two/current/link`)).toBe(true);
    expect(stands(volume, `repositories/a/app/${revision(APP.digest)}`)).toBe(true);
  });

  it('the last that names a digest takes its revision and links, not the blobs that another repository needs', async () => {
    const volume = filled();
    const kept = wholeOf(volume.root);
    await volume.carriedOut('rm', 'a/app:one', 'a/app:two');
    expect(stands(volume, `repositories/a/app/${revision(APP.digest)}`)).toBe(false);
    const lost = lostBetween(kept, wholeOf(volume.root));
    expect(lost.every((what) => what.includes('a/app'))).toBe(true);
    expect(stands(volume, `repositories/b/${revision(APP.digest)}`)).toBe(true);
    expect(stands(volume, `blobs/sha256/${APP.digest.slice(7, 9)}/${APP.digest.slice(7)}/data`)).toBe(true);
  });

  it('is only shown without --apply', async () => {
    const volume = filled();
    const before = volume.everything();
    expect(await volume.json('rm', 'a/app:one')).toMatchObject({
      status: 0,
      mode: 'rm',
      plan: { actions: 1 },
      done: null,
    });
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });
});

describe('a digest', () => {
  it('that a kept index needs is refused, naming the index, and nothing changes', async () => {
    const volume = filled();
    const before = volume.everything();
    const refused = await volume.json('rm', `b@${APP.digest}`, ...APPLY);
    expect(refused.status).toBe(4);
    expect(codesOf(refused)).toEqual(['needed-by-index']);
    expect(refused.refusals[0]?.message).toContain(MULTI.digest);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('with the index that needs it goes', async () => {
    const volume = filled();
    const done = await volume.carriedOut('rm', `b@${APP.digest}`, 'b:multi');
    expect(done.failed).toEqual([]);
    expect(stands(volume, `repositories/b/${revision(APP.digest)}`)).toBe(false);
    expect(stands(volume, `repositories/a/app/${revision(APP.digest)}`)).toBe(true);
  });
});

describe('a repository', () => {
  it('goes alone, and what is nested in it stays', async () => {
    const volume = filled();
    const done = await volume.carriedOut('rm', 'a/app');
    expect(done.failed).toEqual([]);
    expect(stands(volume, 'repositories/a/app/_manifests')).toBe(false);
    expect(stands(volume, 'repositories/a/app/_layers')).toBe(false);
    expect(stands(volume, 'repositories/a/app/nested/_manifests/tags/v1/current/link')).toBe(true);
  });

  it('with /** goes with all that is nested in it', async () => {
    const volume = filled();
    await volume.carriedOut('rm', 'a/**');
    expect(stands(volume, 'repositories/a')).toBe(false);
    expect(stands(volume, 'repositories/b/_manifests/tags/multi/current/link')).toBe(true);
  });
});

describe('what is not there', () => {
  it.each([
    ['b/mulit', 1, /no repository/],
    ['a/ap', 1, /did you mean a\/app\?/],
    ['a/app:othre', 1, /did you mean other\?/],
    [`a/app@sha256:${'0'.repeat(64)}`, 1, /0{12}/],
    ['A/../B', 2, /A\/\.\.\/B/],
    ['a/app:', 2, /a\/app:/],
  ])('%s ends with %i, and nothing changes', async (reference, expected, said) => {
    const volume = filled();
    const before = volume.everything();
    const { status, stdout, stderr } = await volume.run('rm', reference, 'a/app:one', ...APPLY);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
    expect(stderr).toMatch(said);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });
});

it.each(['a/app:one', 'a/app', `b@${MULTI.digest}`, '**'])('rm %s tells what goes on disk', async (reference) => {
  const { plan } = await filled().json('rm', reference);
  expect(plan.total.diskBytes).toBeGreaterThan(0);
});

it.each([[['team/app:latest']], [['team/app']], [['team/**', 'left/over']]])(
  'rm %s, and restore gives it all back',
  async (references) => {
    const volume = operatedVolume();
    const before = volume.layout();
    const { run } = await volume.carriedOut('rm', ...references);
    expect(volume.changedSince(before)).not.toEqual([]);
    expect(await volume.json('restore', run, ...STOPPED)).toMatchObject({
      status: 0,
      done: { failed: [], leftOut: [], kept: [] },
    });
    expect(volume.changedSince(before)).toEqual([]);
  },
);
