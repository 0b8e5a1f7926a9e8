/** What a policy does with what no tag names, with referrers, and with what must not be decided by it. */
import { describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/gc/actions.ts';
import { planIn } from '../../src/gc/plan-in.ts';
import type { ParsedAction } from '../../src/gc/plan-lines.ts';
import { selectFromFile } from '../../src/gc/select.ts';
import { tagCurrentLink } from '../../src/layout/paths.ts';
import type { Policy } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { layer } from '../support/content.ts';
import { cosignSignature, cosignTag, image, type Image } from '../support/images.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import { openedOf } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';
import { multiArch, simple, volumeWithGarbage } from './volume.ts';

const VIEW = { mode: 'policy', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: 0 } as const;

function policy(more: Partial<Policy> = {}): Policy {
  const keepTags: Policy['keepTags'] = [{ patterns: tagPatterns(['keep.*']), keepers: [{ kind: 'always' }] }];
  return policyOf({ repositories: ['app'], keepTags, ...more });
}

async function plannedBy(tree: Tree, by: Policy, minAgeSeconds = 0) {
  const { analysis } = await openedOf(tree.root, { request: { retention: retentionBy(by), minAgeSeconds } });
  const plan = planIn(analysis, 'policy', VIEW);
  const actions = [...actionsOf(analysis.inventory, plan, { mode: 'policy', batch: 1 })];
  const gone = (kind: string): readonly (string | undefined)[] =>
    actions.filter((action) => action.kind === kind).map(({ tag, digest }) => tag ?? digest);
  return { analysis, plan, actions, tags: gone('tag'), revisions: gone('revision'), blobs: gone('blob') };
}

describe('revisions that no tag names', () => {
  test('go, unless the policy keeps all of them or so many; an index counts once, with its images', async () => {
    const { tree } = volumeWithGarbage();
    const index = multiArch('index');
    tree.push('app', undefined, index);
    tree.push('app', 'keep', simple('kept'));
    const images = [index, ...index.children].map(({ digest }) => digest);
    expect([...(await plannedBy(tree, policy())).revisions].sort()).toEqual(images.sort());
    expect((await plannedBy(tree, policy({ keepUntagged: 'all' }))).revisions).toEqual([]);
    expect((await plannedBy(tree, policy({ keepUntagged: [{ kind: 'last', count: 1 }] }))).revisions).toEqual([]);
    expect((await plannedBy(tree, policy({ delaySeconds: 3600 }))).revisions).toEqual([]);
  });

  test('are counted by when they were created where that is the order; what does not say so stays, and does not count', async () => {
    const { tree } = volumeWithGarbage();
    const build = (name: string, created: string | null): Image =>
      image({ name, layers: [layer(name)], format: 'oci', created });
    // In the order of pushes, if anything, the older one would come first.
    const [newer, older] = [build('newer', '2025-02-01T00:00:00Z'), build('older', '2025-01-01T00:00:00Z')];
    for (const one of [newer, older, build('epoch', '1970-01-01T00:00:00Z'), build('silent', null)]) {
      tree.push('app', undefined, one);
    }
    tree.push('app', 'keep', build('kept', '2026-01-01T00:00:00Z'));
    const by = policy({ orderBy: 'created', keepUntagged: [{ kind: 'last', count: 1 }] });
    expect((await plannedBy(tree, by)).revisions).toEqual([older.digest]);
    const none = policy({ orderBy: 'created' });
    expect((await plannedBy(tree, none)).revisions).toHaveLength(4);
  });

  test('that a tag named go with it, whatever is kept of those that none named', async () => {
    const { tree } = volumeWithGarbage();
    const gone = simple('gone');
    tree.push('app', 'dev', gone);
    tree.push('app', 'keep', simple('kept'));
    const planned = await plannedBy(tree, policy({ keepUntagged: 'all', delaySeconds: 3600 }));
    expect(planned).toMatchObject({ tags: ['dev'], revisions: [gone.digest] });
  });
});

describe('referrers', () => {
  test('go with their subject or stay behind, as the policy says; those of what stays always stay', async () => {
    const { tree } = volumeWithGarbage();
    const [kept, gone] = [simple('kept'), simple('gone')];
    const [ofKept, ofGone] = [simple('of kept', 'oci', kept), simple('of gone', 'oci', gone)];
    tree.push('app', 'keep', kept);
    tree.push('app', 'dev', gone);
    for (const referrer of [ofKept, ofGone]) tree.push('app', undefined, referrer);
    const digests = [gone.digest, ofGone.digest].sort();
    expect([...(await plannedBy(tree, policy())).revisions].sort()).toEqual(digests);
    expect((await plannedBy(tree, policy({ deleteReferrers: false }))).revisions).toEqual([gone.digest]);
    expect((await plannedBy(tree, policy({ delaySeconds: 3600 }))).revisions).toEqual([]);
  });

  test('a signature of what another repository keeps stays, and one of what is not here', async () => {
    const { tree } = volumeWithGarbage();
    const [elsewhere, nowhere] = [simple('elsewhere'), simple('nowhere')];
    tree.push('other', 'v2', elsewhere);
    for (const of of [elsewhere, nowhere]) tree.push('app', cosignTag(of.digest), cosignSignature(of));
    expect((await plannedBy(tree, policy())).tags).toEqual([]);
  });

  test.each([
    ['the delay', { delaySeconds: 3600 }, 0],
    ['its age', {}, 3600],
  ])('that %s holds hold what they are about, in chains: both go later', async (_what, more, minAgeSeconds) => {
    const { tree } = volumeWithGarbage();
    const [gone, other] = [multiArch('gone'), simple('other')];
    const [child] = gone.children;
    if (child === undefined) throw new TypeError('an index without children');
    const signature = cosignSignature(child);
    tree.push('app', 'dev', gone);
    tree.push('app', 'dev2', other);
    tree.push('app', cosignTag(child.digest, 'sig'), signature);
    tree.age(48);
    tree.push('app', cosignTag(signature.digest, 'sig'), cosignSignature(signature));
    const now = await plannedBy(tree, policy(more), minAgeSeconds);
    expect(now).toMatchObject({ tags: ['dev2'], revisions: [other.digest] });
    tree.age(48);
    const later = await plannedBy(tree, policy(more), minAgeSeconds);
    expect(later.tags).toHaveLength(4);
    expect(later.tags.slice(0, 2)).toEqual(['dev', 'dev2']);
    expect((await plannedBy(tree, policy({ ...more, deleteReferrers: false }))).tags).toEqual(['dev', 'dev2']);
  });

  test('a plan file that leaves a tag out leaves its signature, too', async () => {
    const { tree } = volumeWithGarbage();
    const gone = simple('gone');
    tree.push('app', 'keep', simple('kept'));
    tree.push('app', 'dev', gone);
    tree.push('app', cosignTag(gone.digest), cosignSignature(gone));
    const { analysis, plan, actions, tags } = await plannedBy(tree, policy());
    expect(tags).toHaveLength(2);
    const named = actions
      .filter(({ tag }) => tag !== 'dev')
      .map((action) => JSON.parse(JSON.stringify(action)) as ParsedAction);
    const selected = selectFromFile(analysis.inventory, plan, named, analysis.policy?.graph);
    expect(selected.plan.tags).toHaveLength(0);
    expect(selected.plan.revisions).toHaveLength(0);
    expect(selected.skipped).toContainEqual(expect.objectContaining({ kind: 'tag' }));
  });
});

describe('a repository', () => {
  test('obeys the first policy that matches it, and loses no revision where none does', async () => {
    const { tree } = volumeWithGarbage();
    tree.push('app', 'dev', simple('dev'));
    tree.push('free', 'dev', simple('free'));
    tree.push('free', undefined, simple('untagged'));
    const strict = policy({ repositories: ['**', '!free', '!other'] });
    const retention = retentionBy(policy({ protect: tagPatterns(['dev']) }), strict);
    const { analysis } = await openedOf(tree.root, { request: { retention } });
    const { tags, revisions } = planIn(analysis, 'policy', VIEW);
    expect([tags.length, revisions.length]).toEqual([0, 0]);
  });

  test('in doubt because of a tag that cannot be read loses nothing, if a policy governs it', async () => {
    const { tree } = volumeWithGarbage();
    tree.push('app', 'dev', simple('dev'));
    tree.push('app', 'broken', simple('broken'));
    tree.write(tagCurrentLink('app', 'broken'), '');
    expect(await plannedBy(tree, policy())).toMatchObject({ tags: [], revisions: [] });
    expect((await plannedBy(tree, policy({ repositories: ['other'] }))).tags).toEqual(['v1']);
  });
});
