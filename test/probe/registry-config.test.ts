import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proveByConfig, type ConfigProof } from '../../src/probe/registry-config.ts';
import { writeRegistryConfig } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

function registry(): string {
  return createTree(join(temporaryFolder('registry'), 'registry')).root;
}

function configFile(text: string): string {
  const path = join(temporaryFolder('config'), 'config.yml');
  writeFileSync(path, text);
  return path;
}

async function prove(
  path: string,
  root: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ConfigProof> {
  return proveByConfig({ path, root, environment });
}

test('one that says read-only proves the next start, and says that it proves no more', async () => {
  const root = registry();
  const path = writeRegistryConfig(root, { readonly: true });
  expect(await prove(path, root)).toEqual({
    refusals: [],
    warnings: [],
    notes: [
      `${path} says storage.maintenance.readonly.enabled: true: that proves only what the next start of the registry will do, so the volume has to be quiet, too`,
    ],
    elsewhere: { metadataDatabase: false, pullThrough: false },
  });
});

describe('one that does not say so is refused, with the line to write', () => {
  const root = registry();
  const storage = (below: string): string => `storage:\n  filesystem: {rootdirectory: ${root}}\n${below}`;
  test.each([
    ['nothing of maintenance', ''],
    ['maintenance without readonly', '  maintenance: {uploadpurging: {enabled: false}}\n'],
    ['readonly without a word', '  maintenance: {readonly: {}}\n'],
    ['false', '  maintenance: {readonly: {enabled: false}}\n'],
    ['a text', '  maintenance: {readonly: {enabled: "true"}}\n'],
    ['a word that some take for true', '  maintenance: {readonly: {enabled: yes}}\n'],
    ['another form', '  maintenance: readonly\n'],
  ])('%s', async (_what, below) => {
    const path = configFile(storage(below));
    // Variables here are not the registry's, and this one is ignored by it.
    const environment = { REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: 'true' };
    const proof = await prove(path, root, environment);
    expect(proof.refusals).toEqual([
      {
        code: 'registry-config',
        message: `${path} does not say storage.maintenance.readonly.enabled: true`,
        hint: 'write it there and restart the registry: REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED in its environment is ignored or makes it fail',
      },
    ]);
    expect(proof.notes).toEqual([]);
  });
});

test('one of another registry on this machine is refused', async () => {
  const [root, other] = [registry(), registry()];
  const path = writeRegistryConfig(other, { readonly: true });
  const { refusals } = await prove(path, root);
  expect(refusals.map(({ message }) => message)).toEqual([`${path} is of the registry at ${other}, not of ${root}`]);
});

test('one that names a path of a container is taken with a warning', async () => {
  const path = configFile(
    'storage: {filesystem: {rootdirectory: /nowhere/registry}, maintenance: {readonly: {enabled: true}}}',
  );
  const { refusals, warnings } = await prove(path, registry());
  expect(refusals).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('/nowhere/registry, where this machine has no registry')]);
});

test('one of a registry in a bucket is refused', async () => {
  const path = configFile('storage: {s3: {bucket: b}, maintenance: {readonly: {enabled: true}}}');
  expect((await prove(path, registry())).refusals[0]?.message).toContain('does not keep its data in a file system');
});

test('a variable that would go before the file is warned of', async () => {
  const root = registry();
  const path = writeRegistryConfig(root, { readonly: true });
  const { warnings } = await prove(path, root, { REGISTRY_STORAGE_MAINTENANCE_READONLY: '{"enabled":false}' });
  expect(warnings).toEqual([expect.stringContaining('is set here to {"enabled":false}')]);
});

test.each([
  ['true', 'database: {enabled: true}', { metadataDatabase: true, pullThrough: false }],
  ['prefer', 'database: {enabled: prefer}', { metadataDatabase: true, pullThrough: false }],
  ['false', 'database: {enabled: false}', { metadataDatabase: false, pullThrough: false }],
  ['a proxy', 'proxy: {remoteurl: "https://registry-1.docker.io"}', { metadataDatabase: false, pullThrough: true }],
])('where the truth is comes along: %s', async (_what, line, elsewhere) => {
  expect((await prove(configFile(`${line}\n`), registry())).elsewhere).toEqual(elsewhere);
});

test.each([
  ['is missing', () => '/nonexistent/config.yml', 'cannot be read (ENOENT)'],
  ['is a folder', () => temporaryFolder('folder'), "not a registry's config.yml"],
  ['is no YAML', () => configFile('a: [b'), "not a registry's config.yml"],
])('a file that %s is refused', async (_what, path, message) => {
  const { refusals, notes } = await prove(path(), registry());
  expect(refusals.map(({ code }) => code)).toEqual(['registry-config']);
  expect(refusals[0]?.message).toContain(message);
  expect(notes).toEqual([]);
});
