/** Folders of the layout that lie on another disk: each of them may be given as ROOT. */
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateRegistry, nameRegistryRoot } from '../../src/scan/locate.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

function registry(): string {
  const tree = createTree(join(temporaryFolder('links'), 'registry'));
  tree.push('app', '1.0', image({ layers: [layer('app')] }));
  return tree.root;
}

/** Moves a folder to another place, and leaves a symbolic link to it. */
function moveAway(path: string, name: string): void {
  const elsewhere = join(temporaryFolder('disk'), name);
  renameSync(path, elsewhere);
  symlinkSync(elsewhere, path);
}

describe('a folder of the layout that is a symbolic link', () => {
  it.each([
    ['docker/registry/v2/blobs', 'pool', false],
    ['docker/registry/v2/repositories', 'names', false],
    ['docker/registry/v2', 'two', true],
    ['docker/registry', 'registry', true],
    ['docker', 'docker', true],
  ])('%s, given as ROOT, means the registry that it is in', async (below, name, throughLink) => {
    const root = registry();
    moveAway(join(root, below), name);
    expect(await locateRegistry(join(root, below), {})).toMatchObject({ root, throughLink });
    expect(await nameRegistryRoot(join(root, below), {})).toBe(root);
  });

  it('is found through a link to the registry root, too: the root is the real path', async () => {
    const root = registry();
    moveAway(join(root, 'docker/registry/v2/blobs'), 'pool');
    const link = join(temporaryFolder('link'), 'volume');
    symlinkSync(root, link);
    expect((await locateRegistry(join(link, 'docker/registry/v2/blobs'), {})).root).toBe(root);
  });
});

it('`..` behind a symbolic link leads where the disk says, not where the text does', async () => {
  const meant = registry();
  const other = registry();
  mkdirSync(join(meant, 'inside'));
  symlinkSync(join(meant, 'inside'), join(other, 'link'));
  expect((await locateRegistry(`${other}/link/..`, {})).root).toBe(meant);
});
