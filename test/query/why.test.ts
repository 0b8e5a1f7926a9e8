import { symlinkSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildRemoval } from '../../src/gc/removal.ts';
import { parseReferences, resolveRemoval } from '../../src/gc/removal-names.ts';
import { ownRoots } from '../../src/gc/own-roots.ts';
import { standardRoots } from '../../src/gc/roots.ts';
import { exclusiveOfSet } from '../../src/query/exclusive.ts';
import { layerLink, repositoryFolder, tagCurrentLink } from '../../src/layout/paths.ts';
import { WhyFinder, whyOf } from '../../src/query/why.ts';
import type { Why } from '../../src/report/model-why.ts';
import { digestBytes, layer } from '../support/content.ts';
import { image, index, type Image, type Pushable } from '../support/images.ts';
import { openedOf, type ReportWishes } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const OPTIONS = { mode: 'revisions', minAgeSeconds: 0, chains: 5 } as const;
type Opened = Awaited<ReturnType<typeof openedOf>>;

const BASE = layer('base', 2000);
const ONE = image({ name: 'one', layers: [BASE, layer('one')] });
const TWO = image({ name: 'two', layers: [BASE, layer('two')] });
const AMD = image({ name: 'amd', layers: [layer('amd')], format: 'oci' });
const ARM = image({ name: 'arm', layers: [layer('arm')], format: 'oci' });
const MULTI = index([
  { manifest: AMD, platform: { os: 'linux', architecture: 'amd64' } },
  { manifest: ARM, platform: { os: 'linux', architecture: 'arm64' } },
]);
const SIGNATURE = image({ name: 'signature', layers: [layer('signature')], format: 'oci', subject: ARM });
const UNTAGGED = image({ name: 'untagged', layers: [layer('untagged')] });
const LOOSE = Buffer.from('garbage');

function simpleTree(): Tree {
  const tree = createTree(temporaryFolder('why'));
  tree.push('team/app', '1.0', ONE);
  tree.push('team/app', '2.0', TWO);
  tree.push('team/app', 'stable', TWO);
  tree.push('team/app', undefined, UNTAGGED);
  tree.push('multi', 'latest', MULTI);
  tree.push('multi', undefined, SIGNATURE);
  tree.linkLayer('team/app', tree.putBlob(LOOSE));
  return tree;
}

let opened: Opened;
beforeAll(async () => {
  opened = await openedOf(simpleTree().root);
});

async function asked(tree: Tree, reference: string, mode: Why['mode'] = 'revisions', wishes: ReportWishes = {}) {
  const minAgeSeconds = wishes.minAge ?? 0;
  return whyOf(await openedOf(tree.root, wishes), reference, { ...OPTIONS, mode, minAgeSeconds });
}

const layerOf = (one: Image): string => one.layers.at(-1)?.digest ?? '';

describe('chains', () => {
  it('lead from the tag through the index and the platform to the layer', () => {
    const why = whyOf(opened, layerOf(ARM), OPTIONS);
    expect(why.chains).toEqual([
      [
        { kind: 'repository', repository: 'multi' },
        { kind: 'tag', repository: 'multi', tag: 'latest' },
        { kind: 'index', digest: MULTI.digest },
        { kind: 'manifest', digest: ARM.digest, platform: 'linux/arm64' },
        { kind: 'layer', digest: layerOf(ARM) },
      ],
    ]);
    expect(why).toMatchObject({ chainCount: 1, kept: true, held: null, present: true, goesUntagged: false });
    expect(why.because).toBe(
      `kept by tag multi:latest, through index ${MULTI.digest.slice(0, 19)}, manifest ${ARM.digest.slice(0, 19)} platform linux/arm64`,
    );
  });

  it('go to a referrer through its subject', () => {
    const why = whyOf(opened, layerOf(SIGNATURE), OPTIONS);
    expect(why.chains[0]?.map(({ kind }) => kind)).toEqual([
      'repository',
      'tag',
      'index',
      'manifest',
      'referrer',
      'layer',
    ]);
  });

  it('are all counted, and so many told as were asked for', () => {
    expect(whyOf(opened, BASE.digest, OPTIONS)).toMatchObject({ chainCount: 3 });
    const one = whyOf(opened, BASE.digest, { ...OPTIONS, chains: 1 });
    expect(one).toMatchObject({ chainCount: 3, chains: [expect.anything()], lastLinkedBy: [expect.anything()] });
    expect(one.because).toContain('and in 2 more ways as short');
  });

  it('begin with a revision where no tag names it, and say that --untagged lets it go', () => {
    const why = whyOf(opened, UNTAGGED.digest, OPTIONS);
    expect(why.chains[0]).toMatchObject([
      { kind: 'repository', repository: 'team/app' },
      { kind: 'revision', repository: 'team/app', digest: UNTAGGED.digest },
      { kind: 'manifest', digest: UNTAGGED.digest },
    ]);
    expect(why.goesUntagged).toBe(true);
    expect(why.because).toContain('sweep --untagged');
    const gone = whyOf(opened, UNTAGGED.digest, { ...OPTIONS, mode: 'untagged' });
    expect(gone).toMatchObject({ kept: false, chains: [], chainCount: 0, goesUntagged: null, dominators: [] });
    expect(gone.because).toContain('it goes with the next sweep --untagged');
  });
});

describe('what is asked for', () => {
  const hex = ONE.digest.slice('sha256:'.length);
  it.each([
    ['a digest', ONE.digest, null],
    ['the beginning of one', ONE.digest.slice(0, 20), null],
    ['its digits', hex, null],
    ['the first of them', hex.slice(0, 12), null],
    ['a tag', 'team/app:1.0', { kind: 'tag', repository: 'team/app', tag: '1.0', kept: true, because: null }],
    ['a revision', `team/app@${ONE.digest}`, { kind: 'revision', repository: 'team/app', kept: true, because: null }],
    ['a revision, cut short', `team/app@${hex.slice(0, 9)}`, { kind: 'revision', kept: true }],
  ])('%s', (_what, reference, as) => {
    const why = whyOf(opened, reference, OPTIONS);
    expect(why).toMatchObject({ digest: ONE.digest, reference });
    if (as === null) expect(why.asked).toBeNull();
    else expect(why.asked).toMatchObject(as);
  });

  it('a layer in a repository', () => {
    const why = whyOf(opened, `team/app@${BASE.digest}`, OPTIONS);
    expect(why).toMatchObject({ digest: BASE.digest, asked: { kind: 'layer-link', kept: true } });
  });

  it.each([
    ['a digest that nothing names', digestBytes(Buffer.from('nobody')), 'no-such-name', 'there is no sha256:'],
    ['a digest with other letters', 'sha256:zz', 'no-such-name', 'sha256:zz is no digest'],
    ['digits of none', 'ffffffffffffffffff', 'no-such-name', 'ffff'],
    ['digits of many', 'sha256:', 'no-such-name', 'no repository sha256'],
    ['a repository', 'team/app', 'usage', 'team/app is a whole repository'],
    ['no repository', 'nobody:1.0', 'no-such-name', 'nobody'],
    ['no tag', 'team/app:9', 'no-such-name', '9'],
    ['a digest of another repository', `multi@${ONE.digest}`, 'no-such-name', 'in that repository'],
  ])('%s: an error that names it', (_what, reference, code, named) => {
    const failure = { code, message: expect.stringContaining(named) as string };
    expect(() => whyOf(opened, reference, OPTIONS)).toThrow(expect.objectContaining(failure));
  });

  it('the beginning of several digests: an error that names some of them', async () => {
    const tree = createTree(temporaryFolder('many'));
    for (let number = 0; number < 40; number++) tree.linkLayer('a', tree.putBlob(Buffer.from(`${number}`)));
    const digests = Array.from({ length: 40 }, (_, number) => digestBytes(Buffer.from(`${number}`)));
    const first = digests.map((digest) => digest.charAt(7)).sort();
    const digit = first.find((one, place) => first[place + 1] === one) ?? '';
    const wanted = digests.filter((digest) => digest.charAt(7) === digit).sort();
    const failure = { code: 'ambiguous-name', message: expect.stringContaining(wanted[0] ?? '') as string };
    const index = await openedOf(tree.root);
    expect(() => whyOf(index, `sha256:${digit}`, OPTIONS)).toThrow(expect.objectContaining(failure));
  });

  it('a tag that names nothing: an error that says where to look', async () => {
    const tree = simpleTree();
    tree.write(tagCurrentLink('multi', 'broken'), '');
    await expect(asked(tree, 'multi:broken')).rejects.toThrow('tag broken names nothing');
  });

  it('a digest that stands for a blob is told as that', async () => {
    const tree = simpleTree();
    const sha512 = digestBytes(Buffer.from('other'), 'sha512');
    tree.linkLayer('team/app', sha512, BASE.digest);
    const why = await asked(tree, sha512);
    expect(why).toMatchObject({ digest: BASE.digest, asked: { kind: 'alias', digest: sha512, kept: null } });
    expect(why.linkCount).toBe(2);
  });
});

describe('what nothing keeps', () => {
  const loose = digestBytes(LOOSE);

  it('goes: since when, and who linked it', () => {
    const why = whyOf(opened, loose, OPTIONS);
    expect(why).toMatchObject({ kept: false, present: true, held: null, linkCount: 1 });
    expect(why.lastLinkedBy).toMatchObject([{ kind: 'layer-link', repository: 'team/app' }]);
    expect(why.because).toMatch(/nothing has touched it since \d{4}-.*; linked last by layer link of team\/app/);
  });

  it('is held while it is young, and it is said until when', async () => {
    const why = await asked(simpleTree(), loose, 'revisions', { minAge: 3600 });
    expect(why).toMatchObject({ kept: true, held: 'young', chains: [], chainCount: 0, dominators: [] });
    expect(Date.parse(why.youngUntil ?? '')).toBe(Date.parse(why.newestAt ?? '') + 3_600_000);
    expect(why.because).toContain(`too young to go until ${why.youngUntil ?? ''}`);
  });

  it('is held outside --repo', async () => {
    const why = await asked(simpleTree(), loose, 'revisions', { repo: ['multi'] });
    expect(why).toMatchObject({ kept: true, held: 'excluded', chainCount: 1, dominators: [] });
    expect(why.chains[0]).toMatchObject([
      { kind: 'repository', repository: 'team/app' },
      { kind: 'layer-link', repository: 'team/app', digest: loose },
      { kind: 'blob', digest: loose },
    ]);
    expect(why.because).toContain('repository team/app lies outside --repo');
  });

  it('is held by damage, in the repository that is named', async () => {
    const tree = simpleTree();
    tree.push('team/app', 'bad', image({ name: 'bad', layers: [] }));
    tree.write(`blobs/${image({ name: 'bad', layers: [] }).digest.replace(/^(sha256):(..)/, '$1/$2/$2')}/data`, '{');
    const why = await asked(tree, loose);
    expect(why).toMatchObject({ kept: true, held: 'damaged', chainCount: 1 });
    expect(why.because).toContain('repository team/app is damaged and loses nothing');
  });

  it('is held behind a symbolic link', async () => {
    const tree = simpleTree();
    const other = createTree(temporaryFolder('other'));
    other.linkLayer('elsewhere', tree.putBlob(Buffer.from('far')));
    symlinkSync(other.path(repositoryFolder('elsewhere')), tree.path(repositoryFolder('linked')));
    const why = await asked(tree, digestBytes(Buffer.from('far')));
    expect(why).toMatchObject({ kept: true, held: 'damaged' });
    expect(why.chains[0]?.[0]).toMatchObject({ repository: 'linked' });
  });

  it('is not on the volume, and who needs it', async () => {
    const tree = simpleTree();
    const absent = image({ name: 'absent', layers: [layer('absent')] });
    tree.push('sparse', 'latest', index([{ manifest: absent, sparse: true }]));
    const why = await asked(tree, absent.digest);
    expect(why).toMatchObject({ present: false, kept: true, linkCount: 0 });
    expect(why.because).toContain('it is not on the volume; tag sparse:latest, through index');
    tree.write(layerLink('sparse', absent.config.digest), absent.config.digest);
    const linked = await asked(tree, absent.config.digest);
    expect(linked).toMatchObject({ present: false, kept: false, linkCount: 1 });
    expect(linked.because).toBe('it is not on the volume; nothing that stays needs it');
  });
});

/** The bytes of blobs that `rm` frees. */
function freedBy({ inventory, analysis }: Opened, ...references: readonly string[]): number {
  const removal = resolveRemoval(inventory, parseReferences(references));
  const { plan, refusals } = buildRemoval(inventory, analysis.graph, removal);
  expect(refusals).toEqual([]);
  return [...plan.blobs].reduce((sum, id) => sum + (inventory.blobs.bytes[id] ?? 0), 0);
}

describe('what alone keeps it', () => {
  it.each([
    ['a tag of an image that shares a layer', layerOf(ONE), 'team/app:1.0', 'tag'],
    ['a tag of an index, with its platforms and their signatures', layerOf(ARM), 'multi:latest', 'tag'],
    ['a revision with two tags', layerOf(TWO), `team/app@${TWO.digest}`, 'revision'],
    ['a revision without one', layerOf(UNTAGGED), `team/app@${UNTAGGED.digest}`, 'revision'],
  ])('frees what rm of it frees: %s', (_what, digest, reference, kind) => {
    const { dominators } = whyOf(opened, digest, OPTIONS);
    const nearest = dominators.findLast((one) => one.kind === 'tag' || one.kind === 'revision');
    expect(nearest?.kind).toBe(kind);
    expect(nearest?.exclusiveBytes).toBe(freedBy(opened, reference));
    const [repository] = reference.split(/[:@]/);
    expect(dominators[0]).toMatchObject({ kind: 'repository', repository });
    expect(dominators[0]?.exclusiveBytes).toBeGreaterThanOrEqual(nearest?.exclusiveBytes ?? Infinity);
  });

  it('a repository frees what rm of it frees', () => {
    const [repository] = whyOf(opened, MULTI.digest, OPTIONS).dominators;
    expect(repository?.exclusiveBytes).toBe(freedBy(opened, 'multi'));
  });

  it('is no tag where a child of an index has one of its own', async () => {
    const tree = simpleTree();
    tree.tag('multi', 'arm', ARM.digest);
    const index = await openedOf(tree.root);
    const why = whyOf(index, layerOf(ARM), OPTIONS);
    expect(why.dominators.map(({ kind }) => kind)).toEqual(['repository', 'manifest']);
    const [, , , amd] = whyOf(index, layerOf(AMD), OPTIONS).dominators;
    expect(amd).toMatchObject({ kind: 'manifest', digest: AMD.digest });
    const tag = whyOf(index, MULTI.digest, OPTIONS).dominators.at(-1);
    expect(tag).toMatchObject({ kind: 'tag', tag: 'latest', exclusiveBytes: freedBy(index, 'multi:latest') });
  });

  it('is nothing where two repositories need it', async () => {
    const tree = simpleTree();
    tree.push('zoo', 'latest', ONE);
    const why = await asked(tree, layerOf(ONE));
    expect(why.dominators).toEqual([
      { kind: 'manifest', digest: ONE.digest, exclusiveBytes: expect.any(Number) as number },
    ]);
  });
});

describe('several roots at once', () => {
  it.each([
    ['two tags of one image', ['team/app:2.0', 'team/app:stable']],
    ['one of them', ['team/app:2.0']],
    ['all tags that share a layer', ['team/app:1.0', 'team/app:2.0', 'team/app:stable']],
    ['tags of two repositories', ['team/app:1.0', 'multi:latest']],
    ['a tag and a revision', ['team/app:1.0', `team/app@${TWO.digest}`]],
  ])('free together what rm of them frees: %s', (_what, references) => {
    const { inventory, analysis } = opened;
    const removal = resolveRemoval(inventory, parseReferences(references));
    const rows = (flags: Uint8Array): readonly number[] => [...flags.keys()].filter((row) => flags[row] === 1);
    const { bytes } = exclusiveOfSet(
      inventory,
      analysis.graph,
      ownRoots(inventory, analysis.graph, standardRoots(inventory, 'revisions')),
      { tags: rows(removal.tags), revisions: rows(removal.revisions) },
    );
    expect(bytes).toBe(freedBy(opened, ...references));
    expect(bytes > 0).toBe(references.length > 1);
  });
});

it('a finder answers each question as if it were the first', () => {
  const finder = new WhyFinder(opened, OPTIONS);
  const all: readonly Pushable[] = [ONE, TWO, MULTI, SIGNATURE];
  for (const { digest } of [...all, ...all]) expect(finder.of(digest)).toEqual(whyOf(opened, digest, OPTIONS));
});
