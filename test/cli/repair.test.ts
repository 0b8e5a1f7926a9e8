/** `regsweep repair` as an operator runs it: shown, carried out, verified, and taken back. */
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { revisionFolder, revisionLink, tagCurrentLink, tagFolder } from '../../src/layout/paths.ts';
import type { RepairResult } from '../../src/report/model-repair.ts';
import type { Verification } from '../../src/report/model-verify.ts';
import { simple } from '../gc/volume.ts';
import { digestBytes } from '../support/content.ts';
import { OperatedVolume, STOPPED } from '../support/operated-volume.ts';
import { changedPaths } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { brokenThings } from '../support/whole.ts';

const NOWHERE = digestBytes(Buffer.from('nowhere'));
const [ONE, OTHER] = [simple('one'), simple('other')];
const APPLY = ['--apply', ...STOPPED];

/** A link with a line break, one that is missing, and a tag that leads nowhere. */
function damagedVolume(): OperatedVolume {
  const tree = createTree(`${temporaryFolder('repair')}/registry`);
  tree.push('app', 'v1', ONE);
  tree.push('app', 'v2', OTHER);
  tree.write(revisionLink('app', ONE.digest), `${ONE.digest}\n`);
  rmSync(tree.path(revisionFolder('app', OTHER.digest)), { recursive: true });
  tree.push('shop', 'v1', ONE);
  tree.write(tagCurrentLink('shop', 'gone'), NOWHERE);
  tree.age(100);
  return new OperatedVolume(tree.root);
}

async function repair(
  volume: OperatedVolume,
  ...argv: readonly string[]
): Promise<RepairResult & { readonly status: number | null }> {
  const { status, stdout, stderr } = await volume.run('repair', ...argv, '--json');
  if (stdout === '') throw new Error(`repair ended with ${status}: ${stderr}`);
  return { ...(JSON.parse(stdout) as RepairResult), status };
}

async function problemsOf(volume: OperatedVolume): Promise<readonly string[]> {
  const { stdout } = await volume.run('verify', '--json');
  return (JSON.parse(stdout) as Verification).problems.map(({ code }) => code);
}

describe('a dry run', () => {
  it('changes nothing, and says what would be mended, why, and what would not', async () => {
    const volume = damagedVolume();
    const before = volume.everything();
    const result = await repair(volume);
    expect(result).toMatchObject({ schema: 'regsweep.repair/1', status: 0, refusals: [], done: null });
    expect(result.plan).toMatchObject({ actions: 2, links: 2, folders: 0, tags: 0 });
    expect(result.plan.list.map(({ kind, path, reason }) => [kind, path, reason.code])).toEqual([
      ['write-link', revisionLink('app', OTHER.digest), 'not-linked'],
      ['write-link', revisionLink('app', ONE.digest), 'unusable'],
    ]);
    expect(result.left).toMatchObject([{ code: 'drop-dangling', path: tagCurrentLink('shop', 'gone'), tag: 'gone' }]);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('shows the same on a terminal, and the command that does it', async () => {
    const volume = damagedVolume();
    const { status, stdout } = await volume.run('repair');
    expect(status).toBe(0);
    expect(stdout).toMatch(/Would be mended\n.*\n\s+links written\s+2\n/);
    expect(stdout).toContain('a tag names this manifest, which is here');
    expect(stdout).toMatch(/Left as it is {2}1 thing\n {2}! push the image again, or repair --drop-dangling/);
    expect(stdout).toContain('--apply');
  });

  it('that would be refused says so', async () => {
    const volume = damagedVolume();
    const { status, refusals } = await repair(volume, '--apply');
    expect([status, refusals.map(({ code }) => code)]).toEqual([4, ['proof-missing']]);
  });
});

describe('carried out', () => {
  it('what was to be mended is wrong no more, and a second repair has nothing to do', async () => {
    const volume = damagedVolume();
    expect(await problemsOf(volume)).toEqual(['dangling-tag', 'link-malformed', 'manifest-missing', 'tag-not-linked']);
    const { status, done } = await repair(volume, ...APPLY, '--drop-dangling');
    expect([status, done]).toMatchObject([0, { actions: 3, inTrash: true, skipped: [], failed: [], putBack: [] }]);
    expect(await problemsOf(volume)).toEqual([]);
    expect(brokenThings(volume.root)).toEqual([]);
    const again = await repair(volume, ...APPLY, '--drop-dangling');
    expect([again.status, again.plan.actions, again.done?.run]).toEqual([0, 0, null]);
  });

  it('can be taken back, to the byte', async () => {
    const volume = damagedVolume();
    const before = volume.layout();
    const { done } = await repair(volume, ...APPLY, '--drop-dangling');
    const { runs } = await volume.json('runs');
    expect(runs).toMatchObject([{ run: done?.run, mode: 'repair', actions: 3, state: 'trash' }]);
    // A repair changes no time that a proof by words goes by: a restore need not wait.
    const restored = await volume.json('restore', done?.run ?? '', '--registry-stopped');
    expect(restored).toMatchObject({ status: 0, done: { restored: 3, kept: [], failed: [] } });
    expect(volume.changedSince(before)).toEqual([]);
  });

  it('and purged, it cannot', async () => {
    const volume = damagedVolume();
    const { done } = await repair(volume, ...APPLY);
    expect((await volume.run('purge', done?.run ?? '')).status).toBe(0);
    expect((await volume.run('restore', done?.run ?? '', ...STOPPED)).status).toBe(4);
    expect(await problemsOf(volume)).toEqual(['dangling-tag', 'manifest-missing']);
  });

  it('only in the repositories that are asked for', async () => {
    const volume = damagedVolume();
    const { plan } = await repair(volume, ...APPLY, '--drop-dangling', '--repo', 'shop');
    expect(plan.list.map(({ path }) => path)).toEqual([tagFolder('shop', 'gone')]);
    expect(await problemsOf(volume)).toEqual(['link-malformed', 'tag-not-linked']);
  });

  it('keeps the trash where --state says', async () => {
    const volume = damagedVolume();
    const before = volume.layout();
    const state = `${volume.root}-state`;
    const { done } = await repair(volume, ...APPLY, '--state', state);
    expect((await volume.run('restore', done?.run ?? '', '--state', state, ...STOPPED)).status).toBe(0);
    expect(volume.changedSince(before)).toEqual([]);
  });
});

it('refuses to drop most tags or revisions: blobs that are not mounted look like blobs that are gone', async () => {
  const volume = damagedVolume();
  const tree = volume.tree();
  rmSync(tree.path('blobs'), { recursive: true });
  const before = volume.layout();
  const { status, refusals } = await repair(volume, ...APPLY, '--drop-dangling');
  expect(status).toBe(4);
  expect(refusals.map(({ code }) => code)).toEqual(['max-delete-percent', 'max-delete-percent']);
  expect(volume.changedSince(before)).toEqual([]);
});

it.each([['--no-trash'], ['--max-bytes', '1G'], ['--untagged']])('has no %s', async (...argv) => {
  const volume = damagedVolume();
  const given = argv.filter((word): word is string => typeof word === 'string');
  expect((await volume.run('repair', ...given)).status).toBe(2);
});
