/** What happens around a sweep that something goes wrong with: whatever was pushed meanwhile is whole afterwards. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { blobData, blobFolder, layerLink } from '../../src/layout/paths.ts';
import { carryOut, type CarriedOut } from '../../src/pipeline/carry-out.ts';
import { prepareSweep, type SweepingPorts } from '../../src/pipeline/prepare-sweep.ts';
import { SweepTurn } from '../../src/pipeline/turn.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { brokenThings } from '../support/whole.ts';

const KEPT = image({ name: 'kept', layers: [layer('kept')] });
const PUSHED = image({ name: 'pushed', layers: [layer('pushed')] });

interface Site {
  readonly tree: Tree;
  readonly database: string;
  readonly warnings: string[];
  /** Sweeps it; `meanwhile` is done before each class, from 1. */
  readonly sweep: (meanwhile: (time: number) => void) => Promise<CarriedOut>;
}

/** Which class is about to begin. */
const BEFORE_BLOBS = 2;
const AFTER_BLOBS = 3;

/** A registry with an image that goes, and that is pushed again while it goes. */
function site(): Site {
  const tree = createTree(join(temporaryFolder('carried'), 'registry'));
  tree.push('app', 'latest', KEPT);
  for (const { bytes } of PUSHED.blobs) tree.linkLayer('app', tree.putBlob(bytes));
  mkdirSync(tree.path('repositories/empty'));
  const { root } = tree;
  const database = join(temporaryFolder('index'), 'kept', 'index.sqlite');
  const warnings: string[] = [];
  const ports: SweepingPorts = {
    environment: {},
    progress: noProgress,
    signal: new AbortController().signal,
    warn: (message) => warnings.push(message),
    now: () => Date.now(),
    ownPid: process.pid,
    others: () => ({ refusals: [], warnings: [], pids: [] }),
  };
  const sweep: Site['sweep'] = async (meanwhile) => {
    const turn = new SweepTurn(root, undefined, { host: 'here', pid: process.pid, startedAt: '2026-03-01T00:00:00Z' });
    const prepared = await prepareSweep(
      {
        index: {
          root,
          database,
          noScan: false,
          full: false,
          diskUsage: false,
          minAgeSeconds: 0,
          repositories: [],
        },
        apply: true,
        wish: { mode: 'revisions', uploadsOlderThanSeconds: undefined },
        shapedBy: {},
        quietSeconds: 0,
        limits: { maxDeletePercent: 100, acceptLostRepositories: false, tagsAreComplete: false },
        isBounded: false,
        proof: { registryUrls: [], registryStopped: true },
      },
      ports,
    );
    await prepared.opened.stored;
    let time = 0;
    const askAgain = async (): Promise<void> => {
      await Promise.resolve();
      meanwhile(++time);
    };
    const { proof } = prepared;
    if (proof === undefined) throw new TypeError('no proof was asked for');
    try {
      return await carryOut({ ...prepared, proof: { ...proof, askAgain } }, { trash: true }, turn, {
        ...ports,
        random: '00aa',
      });
    } finally {
      turn.release();
    }
  };
  return { tree, database, warnings, sweep };
}

/** The push of an image whose blobs are all there, and whose links were taken already. */
function pushAgain({ tree }: Site): void {
  for (const { digest } of PUSHED.blobs) {
    expect(existsSync(tree.path(blobData(digest)))).toBe(true);
    expect(existsSync(tree.path(layerLink('app', digest)))).toBe(false);
  }
  tree.putBlob(PUSHED.bytes);
  tree.revision('app', PUSHED.digest);
  tree.tag('app', 'again', PUSHED.digest);
}

test('what was pushed comes back', async () => {
  const registry = site();
  const { putBack } = await registry.sweep((time) => {
    if (time === BEFORE_BLOBS) pushAgain(registry);
  });
  expect(putBack.paths).toHaveLength(2 * PUSHED.blobs.length);
  expect(brokenThings(registry.tree.root)).toEqual([]);
});

test('so does a blob that a push has linked, and no manifest names yet', async () => {
  const registry = site();
  const [blob] = PUSHED.blobs;
  if (blob === undefined) throw new TypeError('an image without blobs');
  const { putBack } = await registry.sweep((time) => {
    if (time === BEFORE_BLOBS) registry.tree.linkLayer('app', blob.digest);
  });
  expect(putBack.paths).toEqual([blobFolder(blob.digest)]);
  expect(brokenThings(registry.tree.root)).toEqual([]);
});

test('what was pushed comes back though the sweep breaks off for a reason that nobody knows', async () => {
  const registry = site();
  const broken = registry.sweep((time) => {
    if (time === BEFORE_BLOBS) pushAgain(registry);
    if (time === AFTER_BLOBS) throw new TypeError('a fault of the program');
  });
  await expect(broken).rejects.toThrow('a fault of the program');
  expect(existsSync(registry.tree.path('repositories/empty'))).toBe(true);
  expect(brokenThings(registry.tree.root)).toEqual([]);
});

test('a volume that cannot be scanned afterwards is a failure, and not only a word', async () => {
  const registry = site();
  const { outcome, putBack } = await registry.sweep((time) => {
    if (time !== BEFORE_BLOBS) return;
    rmSync(dirname(registry.database), { recursive: true });
    writeFileSync(dirname(registry.database), 'no folder');
  });
  expect(outcome.actionsDone).toBeGreaterThan(0);
  expect(putBack.failed).toMatchObject([{ kind: 'folder', path: registry.tree.root }]);
  expect(registry.warnings.join('\n')).toContain('could not be scanned afterwards');
});
