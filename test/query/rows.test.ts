/** `--depth`: namespaces instead of repositories, each computed as a whole. */
import { beforeAll, describe, expect, it } from 'vitest';
import { repositoryRows } from '../../src/query/rows.ts';
import { NO_REPOSITORY, type RepositoryRow } from '../../src/report/model.ts';
import { layer, seededBytes } from '../support/content.ts';
import { image, type Image } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const BASE = layer('base', 5000);
const TEAM = layer('team', 3000);
const of = (name: string, ...layers: Parameters<typeof image>[0]['layers']): Image => image({ name, layers });

/** `base` is in all four, `team` in the two below it, and each has a config and a manifest of its own. */
const IMAGES: Readonly<Record<string, Image>> = {
  team: of('team', BASE),
  'team/api': of('api', BASE, TEAM),
  'team/web/ui': of('ui', BASE, TEAM),
  other: of('other', BASE),
};
const LOOSE = seededBytes('loose', 700);
const LINKED_BY_NOBODY = seededBytes('nobody', 900);

const sizeOf = (...images: readonly (Image | undefined)[]): number => {
  const blobs = new Map(
    images
      .flatMap((one) => (one === undefined ? [] : [one, ...one.blobs]))
      .map((one) => [one.digest, one.bytes.length]),
  );
  return [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
};

let opened: Awaited<ReturnType<typeof openedOf>>;
beforeAll(async () => {
  const tree = createTree(temporaryFolder('rows'));
  for (const [name, one] of Object.entries(IMAGES)) tree.push(name, '1.0', one);
  const loose = tree.putBlob(LOOSE);
  tree.linkLayer('team/api', loose);
  tree.linkLayer('team/web/ui', loose);
  tree.putBlob(LINKED_BY_NOBODY);
  opened = await openedOf(tree.root);
});

function rows(depth?: number): readonly RepositoryRow[] {
  const options = { mode: 'revisions', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: Date.now() } as const;
  return repositoryRows(opened, options, depth);
}

function row(name: string, depth?: number): RepositoryRow {
  const found = rows(depth).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no row is called ${name}`);
  return found;
}

describe('names are folded', () => {
  it.each([
    [undefined, ['other', 'team', 'team/api', 'team/web/ui']],
    [3, ['other', 'team', 'team/api', 'team/web/ui']],
    [2, ['other', 'team', 'team/api', 'team/web']],
    [1, ['other', 'team']],
  ])('to depth %s', (depth, names) => {
    expect(rows(depth).map(({ name }) => name)).toEqual([NO_REPOSITORY, ...names]);
  });
});

describe('a namespace', () => {
  it('has what its repositories have, together', () => {
    expect(row('team', 1)).toMatchObject({ tags: 3, revisions: 3, layerLinks: 2 + 3 + 3 + 2 });
    // A manifest, a config and its layers are a line each.
    expect(row('team', 1).references).toBe(3 + 4 + 4);
  });

  it('has bytes of its own: what its repositories share with each other counts once, and is exclusive to it', () => {
    const { team, other } = IMAGES;
    const all = [team, IMAGES['team/api'], IMAGES['team/web/ui']];
    const base = BASE.bytes.length;
    expect(row('team', 1)).toMatchObject({
      bytes: sizeOf(...all),
      sharedBytes: base,
      exclusiveBytes: sizeOf(...all) - base,
    });
    expect(row('team')).toMatchObject({ bytes: sizeOf(team), sharedBytes: base });
    const api = sizeOf(IMAGES['team/api']);
    const shared = base + TEAM.bytes.length;
    expect(row('team/api')).toMatchObject({ bytes: api, sharedBytes: shared, exclusiveBytes: api - shared });
    for (const depth of [undefined, 1])
      expect(row('other', depth)).toMatchObject({ bytes: sizeOf(other), sharedBytes: base });
  });

  it('is credited once with what two of its repositories link', () => {
    for (const name of ['team/api', 'team/web/ui']) expect(row(name).reclaimableBytes).toBe(LOOSE.length);
    expect(row('team', 1).reclaimableBytes).toBe(LOOSE.length);
    expect(row('other', 1).reclaimableBytes).toBe(0);
  });

  it('grows as its repositories do: what they share is no shrinking', () => {
    const options = { mode: 'revisions', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: 0 } as const;
    const grownSince = (less: number, depth: number): number | null | undefined => {
      const perRepository = rows()
        .filter(({ name }) => name !== NO_REPOSITORY)
        .map(({ name, bytes }) => ({ name, referencedBytes: name === 'team' ? bytes - less : bytes, taggedBytes: 0 }));
      const grown = repositoryRows({ ...opened, previous: { perRepository } }, options, depth);
      return grown.find(({ name }) => name === 'team')?.growthBytes;
    };
    expect([grownSince(0, 1), grownSince(300, 1), grownSince(300, 3)]).toEqual([0, 300, 300]);
  });

  it('does not take in what nobody links', () => {
    for (const depth of [undefined, 1, 2]) {
      expect(row(NO_REPOSITORY, depth)).toMatchObject({
        orphanedLayers: 1,
        orphanedBytes: LINKED_BY_NOBODY.length,
        reclaimableBytes: LINKED_BY_NOBODY.length,
        bytes: 0,
      });
    }
  });
});
