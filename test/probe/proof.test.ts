/** The proof that nobody writes, of all kinds together. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseRegistryUrl } from '../../src/probe/address.ts';
import { proveNobodyWrites, type GivenProof, type ProofRequest } from '../../src/probe/proof.ts';
import { volumeWithGarbage } from '../gc/volume.ts';
import { hasRealRegistry, startRegistry, writeRegistryConfig } from '../support/real-registry.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** A procfs with one harmless process in it. */
function quietMachine(): string {
  const proc = temporaryFolder('proc');
  mkdirSync(join(proc, '1'));
  return proc;
}

async function prove(root: string, request: Partial<ProofRequest>, proc = quietMachine()): Promise<GivenProof> {
  const { inventory } = await openedOf(root);
  const context = {
    inventory,
    quietSeconds: 3600,
    environment: { DOCKER_CONFIG: '/nonexistent' },
    proc,
    leftOut: [process.pid],
  };
  return proveNobodyWrites({ registryUrls: [], registryStopped: false, ...request }, context);
}

function codes({ refusals }: GivenProof): readonly string[] {
  return refusals.map(({ code }) => code);
}

function quietVolume(): string {
  const { tree } = volumeWithGarbage();
  tree.age(2);
  return tree.root;
}

test('no proof at all is missing', async () => {
  expect(codes(await prove(quietVolume(), {}))).toEqual(['proof-missing']);
});

test('a registry that is stopped is believed on a quiet volume, and there alone', async () => {
  const quiet = await prove(quietVolume(), { registryStopped: true });
  expect(codes(quiet)).toEqual([]);
  await quiet.askAgain();
  expect(codes(await prove(volumeWithGarbage().tree.root, { registryStopped: true }))).toEqual(['not-quiet']);
});

test.each([
  ['before the sweep begins', 0],
  ['while it goes on', 1],
])('a registry that is started %s is seen, and stops it', async (_when, asked) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const proc = quietMachine();
  const root = quietVolume();
  const stopped = await prove(root, { registryStopped: true }, proc);
  for (let time = 0; time < asked; time++) await stopped.askAgain();
  mkdirSync(join(proc, '7'));
  writeFileSync(join(proc, '7/cmdline'), ['registry', 'serve', writeRegistryConfig(root), ''].join('\0'));
  vi.advanceTimersByTime(10_000);
  await expect(stopped.askAgain()).rejects.toMatchObject({ code: 'registry-writable' });
});

test('a config is believed on a quiet volume, and there alone', async () => {
  const root = quietVolume();
  const registryConfig = writeRegistryConfig(root, { readonly: true });
  expect(codes(await prove(root, { registryConfig }))).toEqual([]);
  const young = volumeWithGarbage().tree.root;
  const proof = await prove(young, { registryConfig: writeRegistryConfig(young) });
  expect(codes(proof)).toEqual(['registry-config', 'not-quiet']);
});

describe.skipIf(!hasRealRegistry())('with a registry that runs', () => {
  test('words alone are refused, and its answer is believed', async () => {
    const root = quietVolume();
    const registryConfig = writeRegistryConfig(root, { readonly: true });
    const registry = await startRegistry(root, { readonly: true });
    try {
      const running = await prove(root, { registryConfig, registryStopped: true }, '/proc');
      expect(running.refusals.filter(({ message }) => message.includes(root)).map(({ code }) => code)).toEqual([
        'registry-running',
      ]);
      const asked = await prove(root, { registryUrls: [parseRegistryUrl(registry.url)], registryConfig }, '/proc');
      expect(codes(asked)).toEqual([]);
      expect(asked.notes).toHaveLength(2);
      await asked.askAgain();
      await registry.stop();
      await expect(asked.askAgain()).rejects.toMatchObject({ code: 'registry-writable' });
    } finally {
      await registry.stop();
    }
  });
});
