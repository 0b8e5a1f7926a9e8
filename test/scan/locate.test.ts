import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import { locateRegistry } from '../../src/scan/locate.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
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
  ])('that is the registry root and %j below it means that root', (below) => {
    const root = registry();
    expect(locateRegistry(join(root, below), {})).toEqual({
      root,
      base: join(root, LAYOUT_FOLDER),
      throughLink: false,
      elsewhere: { metadataDatabase: false, pullThrough: false },
    });
  });

  it('may end in a slash, or be a symbolic link to the root: the root is the real path', () => {
    const root = registry();
    const link = join(root, '..', 'link');
    symlinkSync(root, link);
    expect(locateRegistry(`${root}/`, {}).root).toBe(root);
    expect(locateRegistry(link, {})).toMatchObject({ root, throughLink: false });
    expect(locateRegistry(join(link, 'docker/registry'), {})).toMatchObject({ root, throughLink: false });
  });

  it('in which `docker` is a symbolic link is said to be so', () => {
    const root = registry();
    const outer = temporaryFolder('outer');
    symlinkSync(join(root, 'docker'), join(outer, 'docker'));
    expect(locateRegistry(outer, {})).toMatchObject({ root: outer, throughLink: true });
  });

  it('without blobs or repositories yet is a registry', () => {
    const root = temporaryFolder('empty');
    mkdirSync(join(root, LAYOUT_FOLDER), { recursive: true });
    expect(locateRegistry(root, {}).root).toBe(root);
  });

  it('does not heed the environment variable: it was named itself', () => {
    const root = registry();
    expect(locateRegistry(root, { [VARIABLE]: '/nowhere' }).root).toBe(root);
  });
});

describe('a config.yml', () => {
  it('leads to its rootdirectory', () => {
    const root = registry();
    expect(locateRegistry(writeRegistryConfig(root), {}).root).toBe(root);
    expect(locateRegistry(configFile(`storage:\n  filesystem:\n    rootdirectory: ${root}\n`), {}).root).toBe(root);
  });

  it('gives way to the environment variable, as in the registry', () => {
    const root = registry();
    const other = registry();
    expect(locateRegistry(writeRegistryConfig(root), { [VARIABLE]: other }).root).toBe(other);
    expect(locateRegistry(configFile('version: 0.1\nstorage:\n  filesystem:\n'), { [VARIABLE]: other }).root).toBe(
      other,
    );
  });

  it('tells of a pull-through cache and of a metadata database', () => {
    const storage = `storage: { filesystem: { rootdirectory: ${registry()} } }`;
    const elsewhereOf = (text: string): unknown => locateRegistry(configFile(`${storage}\n${text}\n`), {}).elsewhere;
    expect(elsewhereOf('')).toEqual({ metadataDatabase: false, pullThrough: false });
    expect(elsewhereOf('proxy: { remoteurl: https://registry.example }')).toEqual({
      metadataDatabase: false,
      pullThrough: true,
    });
    expect(elsewhereOf('database: { enabled: true }')).toEqual({ metadataDatabase: true, pullThrough: false });
    expect(elsewhereOf('database: { enabled: false }')).toEqual({ metadataDatabase: false, pullThrough: false });
  });

  it('whose rootdirectory is no registry is told by that folder', () => {
    const folder = temporaryFolder('no-registry');
    expect(() => locateRegistry(writeRegistryConfig(folder), {})).toThrow(
      expect.objectContaining({ code: 'not-a-registry', message: expect.stringContaining(folder) as string }),
    );
  });
});

describe('signs on the volume', () => {
  it('tell of a metadata database and of a pull-through cache', () => {
    const root = registry();
    mkdirSync(join(root, 'docker/registry/lockfiles'));
    writeFileSync(join(root, 'docker/registry/lockfiles/database-in-use'), '');
    expect(locateRegistry(root, {}).elsewhere).toEqual({ metadataDatabase: true, pullThrough: false });
    // May be empty or broken: that it is there says enough.
    writeFileSync(join(root, 'scheduler-state.json'), '');
    expect(locateRegistry(root, {}).elsewhere).toEqual({ metadataDatabase: true, pullThrough: true });
  });
});

describe('what is no registry', () => {
  it('is refused, and says what was looked for', () => {
    const folder = temporaryFolder('other');
    expect(() => locateRegistry(folder, {})).toThrow(
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
  ])('%s', (_what, path) => {
    const root = registry();
    const folder = join(root, '..');
    writeFileSync(join(folder, 'config.yml'), `storage: { filesystem: { rootdirectory: ${root} } }`);
    writeFileSync(join(folder, 'notes.txt'), 'just words');
    writeFileSync(join(folder, 'broken.yml'), 'storage: [');
    writeFileSync(join(folder, 'large.yml'), `# ${'x'.repeat(2_000_000)}`);
    expect(() => locateRegistry(path(folder), {})).toThrow(expect.objectContaining({ code: 'not-a-registry' }));
  });
});
