import { beforeAll, describe, expect, test } from 'vitest';
import { parseReferences, resolveRemoval } from '../../src/gc/removal-names.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { digestBytes } from '../support/content.ts';
import { openedOf } from '../support/report-of.ts';
import { scanFacts } from '../support/scan-facts.ts';
import { simple, volumeWithGarbage } from './volume.ts';

const HEX = 'a'.repeat(64);

test('a reference is a tag, a revision, a repository or a glob of them', () => {
  expect(parseReferences(['a/b:v1', `a@sha256:${HEX}`, 'a@abc', 'a/b', 'a/**'])).toMatchObject([
    { kind: 'tag', repository: 'a/b', tag: 'v1' },
    { kind: 'digest', repository: 'a', digest: `sha256:${HEX}` },
    { kind: 'digest', repository: 'a', digest: 'abc' },
    { kind: 'repository', repository: 'a/b' },
    { kind: 'repositories', glob: 'a/**' },
  ]);
});

test.each([
  ['nothing', ''],
  ['a name that the registry refuses', 'Upper'],
  ['a path', '../etc'],
  ['a tag out of the grammar', 'app:.v1'],
  ['a registry before the name', 'host:5000/app'],
  ['a digest with no digit', 'app@sha256:'],
  ['a digest in capitals', `app@sha256:${HEX.toUpperCase()}`],
  ['a tag and a digest', `app:v1@sha256:${HEX}`],
  ['a glob of tags', 'app:v*'],
  ['what a glob leaves out', '!app'],
])('%s is none: a usage error that shows the forms', (_what, text) => {
  const failure = { code: 'usage', hint: expect.stringContaining('REPO:TAG, REPO@DIGEST') as string };
  expect(() => parseReferences([text])).toThrow(expect.objectContaining(failure));
});

describe('what is named', () => {
  let inventory: Inventory;
  beforeAll(async () => {
    const { tree } = volumeWithGarbage();
    tree.push('team/app', 'stable', simple('one'));
    tree.push('team/app', '1.0', simple('two'));
    ({ inventory } = await openedOf(tree.root));
  });

  const resolve = (...texts: readonly string[]): ReturnType<typeof resolveRemoval> =>
    resolveRemoval(inventory, parseReferences(texts));

  test('are rows, each once', () => {
    const { tags, revisions, repositories } = resolve(
      'team/app:1.0',
      'team/app:1.0',
      `team/app@${simple('one').digest.slice(0, 20)}`,
      'oth*',
    );
    const of = (flags: Uint8Array): number[] => [...flags.keys()].filter((row) => flags[row] === 1);
    expect(of(tags).map((row) => inventory.tags.name[row])).toEqual(['1.0']);
    expect(of(revisions).map((row) => inventory.digests.digest(inventory.revisions.digest[row] ?? -1))).toEqual([
      simple('one').digest,
    ]);
    expect(of(repositories).map((row) => inventory.repositories[row]?.name)).toEqual(['other']);
  });

  test.each([
    ['team/ap', 'no-such-name', 'there is no repository team/ap', 'did you mean team/app?'],
    ['team', 'no-such-name', 'there is no repository team', '"team/**" names all below it'],
    ['team/app:satble', 'no-such-name', 'there is no tag satble', 'did you mean stable?'],
    ['team/app@0', 'no-such-name', 'there is no revision 0', 'regsweep ls ROOT REPO'],
    ['nobody/**', 'no-such-name', 'nobody/**: it matches no repository', 'regsweep ls ROOT'],
  ])('%s is not there: what was meant', (text, code, message, hint) => {
    const failure = { code, message: expect.stringContaining(message) as string };
    expect(() => resolve(text)).toThrow(expect.objectContaining(failure));
    expect(() => resolve(text)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) as string }));
  });

  test('of several that are not there, all are told', () => {
    expect(() => resolve('team/app:a', 'team/app:1.0', 'nobody')).toThrow(/team\/app:a: .*; nobody: /);
  });
});

describe('thousands of names at once', () => {
  const REPOSITORIES = 3000;
  const TAGS = 3000;
  const ASKED = 2000;
  const builder = new InventoryBuilder();
  const id = (text: string): number => builder.digests.intern(digestBytes(Buffer.from(text)));
  for (let number = 0; number < REPOSITORIES; number++) {
    const parts = { deletable: true, hasManifests: true, hasLayers: true, hasUploads: false };
    builder.repository({ name: `team/application-${number}`, ...parts });
  }
  for (let number = 0; number < TAGS; number++) {
    builder.revision(0, id(`image ${number}`), { time: 0, diskBytes: 0, flags: 0 });
    builder.tag(0, id(`image ${number}`), { name: `release-1.0.${number}`, time: 0, flags: 0 });
  }
  const inventory = builder.build(scanFacts());
  const many = (name: (number: number) => string) => Array.from({ length: ASKED }, (_, number) => name(number));
  const repository = 'team/application-0';

  test.each([
    ['tags that are gone', many((number) => `${repository}:release-1.x.${number}`)],
    ['repositories that are gone', many((number) => `team/applicatiom-${number}`)],
    ['revisions', many((number) => `${repository}@${digestBytes(Buffer.from(`image ${number}`))}`)],
    ['tags', many((number) => `${repository}:release-1.0.${number}`)],
    ['repositories', many((number) => `team/application-${number}`)],
  ])('are found, or not, as fast as they are read: %s', (_what, texts) => {
    for (const mayBeGone of [false, true]) {
      const before = process.cpuUsage();
      try {
        resolveRemoval(
          inventory,
          parseReferences(texts).map((reference) => ({ ...reference, mayBeGone })),
        );
      } catch (error) {
        expect(error).toMatchObject({ code: 'no-such-name' });
      }
      // Milliseconds; to compare each with all that there is takes many seconds.
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
    }
  });
});
