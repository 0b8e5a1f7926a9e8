/**
 * The trees in which the registry's own collector loses data or aborts, as 2.8.2 and 3.0.0 were seen to treat them. That of 2.8.2
 * runs here; for 3.x these observations are what its prediction is held against.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestHex, digestOf, type Digest } from '../../src/layout/digest.ts';
import {
  blobData,
  blobFolder,
  LAYERS,
  layerLink,
  repositoryFolder,
  revisionFolder,
  revisionLink,
  signatureLink,
  tagCurrentLink,
} from '../../src/layout/paths.ts';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { artifactManifest, buildkitCache, image, index, jsonContent } from '../support/images.ts';
import { comparedRun, predicted, type Predicted } from '../support/predicted-run.ts';
import { hasRealRegistry } from '../support/real-registry.ts';
import { schema1Image } from '../support/schema1.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { looseLayer, multiArch, pushBlobs, simple, sorted } from '../gc/volume.ts';

interface Expected {
  /** Part of the message; absent: it comes to its end. */
  readonly fails?: string;
  readonly blobs?: readonly string[];
  readonly revisions?: number;
  readonly layerLinks?: number;
  /** `repository:tag`. */
  readonly breaks?: readonly string[];
}

interface Row {
  readonly tree: string;
  readonly deleteUntagged?: true;
  readonly build: (tree: Tree) => { readonly two: Expected; readonly three: Expected };
}

const NOTHING: Expected = {};

function contentOf(one: { readonly blobs: readonly { readonly digest: Digest }[] }): readonly Digest[] {
  return one.blobs.map(({ digest }) => digest);
}

const ROWS: readonly Row[] = [
  {
    tree: 'a tagged image in a repository without _layers',
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      rmSync(tree.path(`${repositoryFolder('app')}/${LAYERS}`), { recursive: true });
      // Without layer links nobody can pull it already: it is no whole image.
      return {
        two: { blobs: [one.digest, ...contentOf(one)] },
        three: { fails: `Path not found: /docker/registry/v2/repositories/app/_layers` },
      };
    },
  },
  {
    tree: 'a layer that is referenced by its sha512 through an alias link',
    build: (tree) => {
      const one = layer('by-sha512');
      const alias = digestBytes(one.bytes, 'sha512');
      const named = image({ layers: [{ ...one, digest: alias }] });
      tree.push('app', 'v1', { ...named, blobs: [named.config] });
      tree.putBlob(one.bytes);
      tree.linkLayer('app', one.digest);
      tree.linkLayer('app', alias, one.digest);
      const gone = { blobs: [one.digest], breaks: ['app:v1'] };
      return { two: gone, three: { ...gone, layerLinks: 1, fails: `failed to delete layer link ${one.digest}` } };
    },
  },
  {
    tree: 'a tagged index whose children are untagged, -m',
    deleteUntagged: true,
    build: (tree) => {
      const top = multiArch('app');
      tree.push('app', 'v1', top);
      return {
        two: { revisions: 2, blobs: top.children.flatMap(contentOf), breaks: ['app:v1'] },
        three: NOTHING,
      };
    },
  },
  {
    tree: 'a nested index, -m',
    deleteUntagged: true,
    build: (tree) => {
      const deep = multiArch('deep');
      const inner = index([{ manifest: deep }]);
      tree.push('app', 'v1', index([{ manifest: inner }]));
      return {
        two: {
          revisions: 4,
          blobs: [deep.digest, ...deep.children.flatMap((child) => [child.digest, ...contentOf(child)])],
          breaks: ['app:v1'],
        },
        three: NOTHING,
      };
    },
  },
  {
    tree: 'an index child without a revision link',
    build: (tree) => {
      const top = multiArch('app');
      pushBlobs(tree, 'app', top, 'with');
      tree.push('app', 'v1', { ...top, children: [] });
      const blobs = top.children.flatMap(contentOf);
      return { two: { blobs }, three: { blobs, layerLinks: blobs.length } };
    },
  },
  {
    tree: 'the same, but complete in another repository, -m',
    deleteUntagged: true,
    build: (tree) => {
      const top = multiArch('app');
      tree.push('a', 'v1', { ...top, children: [] });
      mkdirSync(tree.path(`${repositoryFolder('a')}/${LAYERS}`));
      tree.push('b', 'v1', top);
      const blobs = top.children.flatMap(contentOf);
      return {
        two: { revisions: 2, blobs, breaks: ['b:v1'] },
        three: { blobs, layerLinks: blobs.length, breaks: ['b:v1'] },
      };
    },
  },
  {
    tree: 'an untagged manifest whose subject is tagged, -m',
    deleteUntagged: true,
    build: (tree) => {
      const subject = simple('app', 'oci');
      const referrer = simple('referrer', 'oci', subject);
      tree.push('app', 'v1', subject);
      tree.push('app', undefined, referrer);
      const gone = { revisions: 1, blobs: [referrer.digest, ...contentOf(referrer)] };
      return { two: gone, three: { ...gone, layerLinks: 2 } };
    },
  },
  {
    tree: 'a tagged referrer whose subject is untagged, -m',
    deleteUntagged: true,
    build: (tree) => {
      const subject = simple('app', 'oci');
      tree.push('app', undefined, subject);
      tree.push('app', 'signature', simple('referrer', 'oci', subject));
      const gone = { revisions: 1, blobs: [subject.digest, ...contentOf(subject)] };
      return { two: gone, three: { ...gone, layerLinks: 2 } };
    },
  },
  {
    tree: 'revisions without a folder of tags, -m',
    deleteUntagged: true,
    build: (tree) => {
      const one = simple('app');
      tree.push('app', undefined, one);
      return {
        two: { fails: 'failed to retrieve tags unknown repository name=app' },
        three: { blobs: [one.digest, ...contentOf(one)], layerLinks: 2 },
      };
    },
  },
  {
    tree: 'a tag that names a revision without a link',
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      rmSync(tree.path(revisionFolder('app', one.digest)), { recursive: true });
      const blobs = [one.digest, ...contentOf(one)];
      return { two: { blobs }, three: { blobs, layerLinks: 2 } };
    },
  },
  {
    tree: 'a revision link whose manifest is missing',
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      rmSync(tree.path(blobFolder(one.digest)), { recursive: true });
      return { two: { blobs: contentOf(one) }, three: { blobs: contentOf(one), layerLinks: 2 } };
    },
  },
  ...['', 'newline'].map((kind): Row => ({
    tree: `a revision link that is ${kind === '' ? 'empty' : 'followed by a newline'}`,
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      tree.write(revisionLink('app', one.digest), kind === '' ? '' : `${one.digest}\n`);
      const fails = kind === '' ? 'invalid checksum digest format' : 'invalid checksum digest length';
      return { two: { fails }, three: { fails } };
    },
  })),
  ...([false, true] as const).map((deleteUntagged): Row => ({
    tree: `a current link that is empty${deleteUntagged ? ', -m' : ''}`,
    ...(deleteUntagged ? { deleteUntagged } : {}),
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      tree.write(tagCurrentLink('app', 'v1'), '');
      const ends = deleteUntagged
        ? { fails: `failed to retrieve tags for digest ${one.digest}: invalid checksum` }
        : {};
      return { two: ends, three: ends };
    },
  })),
  {
    tree: 'a layer link that is empty',
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      tree.write(layerLink('app', one.config.digest), '');
      return { two: NOTHING, three: { fails: 'invalid checksum digest format' } };
    },
  },
  {
    tree: 'a manifest of no bytes',
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      tree.write(blobData(one.digest), '');
      const fails = `failed to retrieve manifest for digest ${one.digest}: unexpected end of JSON input`;
      return { two: { fails }, three: { fails } };
    },
  },
  {
    tree: 'a manifest of an unknown media type',
    build: (tree) => {
      const strange = jsonContent('x', { schemaVersion: 2, mediaType: 'application/vnd.example.thing.v9+json' });
      tree.push('app', 'v1', { ...strange, blobs: [], children: [] });
      tree.linkLayer('app', tree.putBlob(seededBytes('layer', 99)));
      const fails = 'unrecognized manifest content type application/vnd.example.thing.v9+json';
      return { two: { fails }, three: { fails } };
    },
  },
  {
    tree: 'an OCI artifact manifest',
    build: (tree) => {
      const bytes = seededBytes('bill of materials', 99);
      const blob = { mediaType: 'application/spdx+json', bytes, digest: digestBytes(bytes) };
      tree.push('app', 'v1', artifactManifest({ artifactType: 'application/spdx+json', blobs: [blob] }));
      return { two: { fails: 'schema version 0' }, three: { fails: 'schema version 0' } };
    },
  },
  {
    tree: 'schema 1 with a signature',
    build: (tree) => {
      const one = schema1Image('app', 'v1', [layer('lower'), layer('upper')]);
      tree.push('app', 'v1', one);
      const signature = tree.putBlob(seededBytes('signature', 99));
      tree.write(signatureLink('app', one.digest, signature), signature);
      return { two: { blobs: [signature] }, three: { fails: 'failed to retrieve manifest' } };
    },
  },
  {
    tree: "BuildKit's cache, an index of layers, tagged, -m",
    deleteUntagged: true,
    build: (tree) => {
      tree.push('cache', 'main', buildkitCache([layer('step-1'), layer('step-2')]));
      return { two: NOTHING, three: NOTHING };
    },
  },
  {
    tree: 'junk among the blobs',
    build: (tree) => {
      tree.write('blobs/sha256/zz/zzz/data', 'junk');
      const fails = 'error enumerating blobs: filesystem: invalid checksum digest length';
      return { two: { fails }, three: { fails } };
    },
  },
  {
    tree: 'a blob of another algorithm',
    build: (tree) => {
      const blake3 = digestOf('blake3', digestHex(digestBytes(Buffer.from('blake3'))));
      if (blake3 === undefined) throw new Error('not a digest');
      tree.write(blobData(blake3), 'unknown algorithm');
      const fails = 'error enumerating blobs: filesystem: unsupported digest algorithm';
      return { two: { fails }, three: { fails } };
    },
  },
  {
    tree: 'a blob folder without data, and a stray temporary file',
    build: (tree) => {
      const empty = digestBytes(Buffer.from('empty'));
      mkdirSync(tree.path(blobFolder(empty)), { recursive: true });
      tree.write(`${blobFolder(empty)}/data.6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11.tmp`, 'half');
      return { two: NOTHING, three: NOTHING };
    },
  },
  ...['Upper (copy)', '.snapshot/hourly'].map((name): Row => ({
    tree: `a repository named ${name}`,
    build: (tree) => {
      tree.push(name, 'v1', simple('app'));
      const fails = `failed to parse repo name ${name}: invalid reference format`;
      return { two: { fails }, three: { fails } };
    },
  })),
  {
    tree: 'repositories with only uploads or only layer links',
    build: (tree) => {
      tree.upload('pushing', { uuid: '6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11', startedAt: new Date() });
      const loose = looseLayer(tree, 'layers', 'loose');
      return { two: { blobs: [loose] }, three: { blobs: [loose] } };
    },
  },
  {
    tree: 'links that earlier runs left dangling',
    build: (tree) => {
      const nowhere = digestBytes(Buffer.from('nowhere'));
      const one = simple('app');
      tree.push('app', 'v1', one);
      tree.linkLayer('app', nowhere);
      tree.revision('app', nowhere);
      tree.tag('app', 'v1', one.digest, { history: [nowhere] });
      return { two: NOTHING, three: NOTHING };
    },
  },
  {
    tree: 'a stale layer link to a blob that another repository uses',
    build: (tree) => {
      const [first, last] = [simple('first'), simple('last')];
      tree.push('a', 'v1', first);
      tree.push('b', 'v1', last);
      // What `a` marked is marked when `b` comes; what `b` marks is not yet when `a` does.
      tree.linkLayer('b', first.config.digest);
      tree.linkLayer('a', last.config.digest);
      return { two: NOTHING, three: { layerLinks: 1 } };
    },
  },
  {
    tree: 'a file whose name begins with _ among the repositories',
    build: (tree) => {
      const one = simple('app');
      tree.push('app', 'v1', one);
      tree.write('repositories/_file', 'junk');
      return { two: { blobs: [one.digest, ...contentOf(one)], breaks: ['app:v1'] }, three: NOTHING };
    },
  },
  {
    tree: 'the folder of repositories of a mount that is lost',
    build: (tree) => {
      const one = simple('app');
      for (const { bytes } of [one, ...one.blobs]) tree.putBlob(bytes);
      const blobs = [one.digest, ...contentOf(one)];
      return { two: { blobs }, three: { blobs } };
    },
  },
];

function summary({ ending, gone, broken }: Predicted): Expected & { readonly fails: string } {
  return {
    fails: ending.kind === 'done' ? '' : ending.message,
    blobs: sorted(gone.blobs.map(({ digest }) => digest)),
    revisions: gone.revisions.length,
    layerLinks: gone.layerLinks.length,
    breaks: broken.map(({ repository, tag }) => `${repository}:${tag}`),
  };
}

function whole({ fails, blobs = [], revisions = 0, layerLinks = 0, breaks = [] }: Expected): object {
  const message: unknown = fails === undefined ? '' : expect.stringContaining(fails);
  return { fails: message, blobs: sorted(blobs), revisions, layerLinks, breaks };
}

function emptyTree(): Tree {
  return createTree(join(temporaryFolder('table'), 'registry'));
}

describe.each(ROWS)('$tree', ({ deleteUntagged = false, build }) => {
  it('is treated by 3.x as it was seen', () => {
    const tree = emptyTree();
    const { three } = build(tree);
    expect(summary(predicted(tree.root, { deleteUntagged, dialect: 'distribution-3' }))).toEqual(whole(three));
  });

  it('is treated by 2.8 as it was seen', () => {
    const tree = emptyTree();
    const { two } = build(tree);
    expect(summary(predicted(tree.root, { deleteUntagged }))).toEqual(whole(two));
  });
});

/** The independent check knows nothing of aliases. */
const REAL_ROWS = ROWS.filter(({ tree }) => !tree.includes('sha512'));

describe.skipIf(!hasRealRegistry())('the real collector of 2.8', () => {
  it.each(REAL_ROWS)('does the same to $tree', async ({ deleteUntagged = false, build }) => {
    const tree = emptyTree();
    build(tree);
    expect((await comparedRun(tree.root, { deleteUntagged })).differences).toEqual([]);
  });
});
