import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import { locateRegistry } from '../../src/scan/locate.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { asNobody } from '../support/nobody.ts';
import { writeRegistryConfig } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const VARIABLE = 'REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY';

function registry(): string {
  const tree = createTree(join(temporaryFolder('locate'), 'registry'));
  tree.push('app', '1.0', image({ layers: [layer('app')] }));
  return tree.root;
}

function configFile(text: string): string {
  const path = join(temporaryFolder('config'), 'config.yml');
  writeFileSync(path, text);
  return path;
}

describe('a folder', () => {
  it.each([
    '',
    'docker',
    'docker/registry',
    'docker/registry/v2',
    'docker/registry/v2/blobs',
    'docker/registry/v2/repositories',
  ])('that is the registry root and %j below it means that root', async (below) => {
    const root = registry();
    expect(await locateRegistry(join(root, below), {})).toEqual({
      root,
      base: join(root, LAYOUT_FOLDER),
      throughLink: false,
      elsewhere: { metadataDatabase: false, pullThrough: false },
    });
  });

  it('may end in a slash, or be a symbolic link to the root: the root is the real path', async () => {
    const root = registry();
    const link = join(root, '..', 'link');
    symlinkSync(root, link);
    expect((await locateRegistry(`${root}/`, {})).root).toBe(root);
    expect(await locateRegistry(link, {})).toMatchObject({ root, throughLink: false });
    expect(await locateRegistry(join(link, 'docker/registry'), {})).toMatchObject({ root, throughLink: false });
  });

  it('in which `docker` is a symbolic link is said to be so', async () => {
    const root = registry();
    const outer = temporaryFolder('outer');
    symlinkSync(join(root, 'docker'), join(outer, 'docker'));
    expect(await locateRegistry(outer, {})).toMatchObject({ root: outer, throughLink: true });
  });

  it('that may not be looked into is said to be so, whatever folder it stands in', async () => {
    const root = registry();
    chmodSync(join(root, 'docker'), 0);
    const found = asNobody(root, () => locateRegistry(root, {}));
    await expect(found).rejects.toMatchObject({
      code: 'root-unreadable',
      message: expect.stringContaining('(EACCES)') as string,
    });
    chmodSync(join(root, 'docker'), 0o700);
  });

  it('without blobs or repositories yet is a registry', async () => {
    const root = temporaryFolder('empty');
    mkdirSync(join(root, LAYOUT_FOLDER), { recursive: true });
    expect((await locateRegistry(root, {})).root).toBe(root);
  });

  it('does not heed the environment variable: it was named itself', async () => {
    const root = registry();
    expect((await locateRegistry(root, { [VARIABLE]: '/nowhere' })).root).toBe(root);
  });
});

describe('a config.yml', () => {
  it('leads to its rootdirectory', async () => {
    const root = registry();
    expect((await locateRegistry(writeRegistryConfig(root), {})).root).toBe(root);
    expect((await locateRegistry(configFile(`storage:\n  filesystem:\n    rootdirectory: ${root}\n`), {})).root).toBe(
      root,
    );
  });

  it('gives way to the environment variable, as in the registry', async () => {
    const root = registry();
    const other = registry();
    expect((await locateRegistry(writeRegistryConfig(root), { [VARIABLE]: other })).root).toBe(other);
    expect(
      (await locateRegistry(configFile('version: 0.1\nstorage:\n  filesystem:\n'), { [VARIABLE]: other })).root,
    ).toBe(other);
  });

  it('tells of a pull-through cache and of a metadata database', async () => {
    const storage = `storage: { filesystem: { rootdirectory: ${registry()} } }`;
    const elsewhereOf = async (text: string): Promise<unknown> =>
      (await locateRegistry(configFile(`${storage}\n${text}\n`), {})).elsewhere;
    expect(await elsewhereOf('')).toEqual({ metadataDatabase: false, pullThrough: false });
    expect(await elsewhereOf('proxy: { remoteurl: https://registry.example }')).toEqual({
      metadataDatabase: false,
      pullThrough: true,
    });
    expect(await elsewhereOf('database: { enabled: true }')).toEqual({ metadataDatabase: true, pullThrough: false });
    expect(await elsewhereOf('database: { enabled: false }')).toEqual({ metadataDatabase: false, pullThrough: false });
  });

  it('whose rootdirectory is no registry is told by that folder', async () => {
    const folder = temporaryFolder('no-registry');
    await expect(locateRegistry(writeRegistryConfig(folder), {})).rejects.toThrow(
      expect.objectContaining({ code: 'not-a-registry', message: expect.stringContaining(folder) as string }),
    );
  });
});

describe('a rootdirectory that is no registry on this machine', () => {
  it.each(['/nowhere/registry', temporaryFolder('no-registry')])(
    'is told with the file that names it',
    async (folder) => {
      const config = writeRegistryConfig(folder);
      await expect(locateRegistry(config, {})).rejects.toThrow(
        expect.objectContaining({
          code: 'not-a-registry',
          message: expect.stringContaining(`the rootdirectory that ${config} names`) as string,
          hint: expect.stringContaining('in a container') as string,
        }),
      );
    },
  );

  it('is told with the environment variable where that names it', async () => {
    await expect(locateRegistry(writeRegistryConfig(registry()), { [VARIABLE]: '/nowhere' })).rejects.toThrow(VARIABLE);
  });
});

describe('signs on the volume', () => {
  it('tell of a metadata database and of a pull-through cache', async () => {
    const root = registry();
    mkdirSync(join(root, 'docker/registry/lockfiles'));
    writeFileSync(join(root, 'docker/registry/lockfiles/database-in-use'), '');
    expect((await locateRegistry(root, {})).elsewhere).toEqual({ metadataDatabase: true, pullThrough: false });
    // May be empty or broken: that it is there says enough.
    writeFileSync(join(root, 'scheduler-state.json'), '');
    expect((await locateRegistry(root, {})).elsewhere).toEqual({ metadataDatabase: true, pullThrough: true });
  });
});

describe('what is no registry', () => {
  it('is refused, and says what was looked for', async () => {
    const folder = temporaryFolder('other');
    await expect(locateRegistry(folder, {})).rejects.toThrow(
      expect.objectContaining({
        code: 'not-a-registry',
        message: expect.stringContaining(LAYOUT_FOLDER) as string,
        hint: expect.stringContaining('config.yml') as string,
      }),
    );
  });

  it.each([
    ['a folder that is not there', (folder: string) => join(folder, 'nowhere')],
    ['a path through a file', (folder: string) => join(folder, 'config.yml/below')],
    ['a repository', (folder: string) => join(folder, 'registry/docker/registry/v2/repositories/app')],
    ['a text', (folder: string) => join(folder, 'notes.txt')],
    ['broken YAML', (folder: string) => join(folder, 'broken.yml')],
    ['a file of two megabytes', (folder: string) => join(folder, 'large.yml')],
  ])('%s', async (_what, path) => {
    const root = registry();
    const folder = join(root, '..');
    writeFileSync(join(folder, 'config.yml'), `storage: { filesystem: { rootdirectory: ${root} } }`);
    writeFileSync(join(folder, 'notes.txt'), 'just words');
    writeFileSync(join(folder, 'broken.yml'), 'storage: [');
    writeFileSync(join(folder, 'large.yml'), `# ${'x'.repeat(2_000_000)}`);
    await expect(locateRegistry(path(folder), {})).rejects.toThrow(expect.objectContaining({ code: 'not-a-registry' }));
  });
});
