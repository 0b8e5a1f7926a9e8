/** Blobs are listed while repositories are looked for: when the one fails, the failure of the other is not lost on anybody. */
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { REPOSITORIES } from '../../src/layout/paths.ts';
import { locateRegistry } from '../../src/scan/locate.ts';
import { scan } from '../../src/scan/scan.ts';
import { listFolder, Volume } from '../../src/scan/volume.ts';
import { AppError } from '../../src/shared/errors.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

it('a thread that fails after the search for repositories did is no unhandled rejection', async () => {
  const tree = createTree(join(temporaryFolder('failure'), 'registry'));
  tree.push('app', '1.0', image({ layers: [layer('app')] }));
  const registry = await locateRegistry(tree.root, {});
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const spy = vi.spyOn(Volume.prototype, 'list').mockImplementation(function (this: Volume, path) {
    if (path.startsWith(REPOSITORIES)) throw new RangeError('out of memory');
    return listFolder(this.absolute(path));
  });
  const run = vi.fn(() => Promise.reject(new AppError('scan-failed', 'a reading thread failed')));
  try {
    const pool = { width: 1, run, close: () => Promise.resolve() };
    const options = {
      diskUsage: false,
      youngSince: Infinity,
      trash: { runs: 0, bytes: 0, diskBytes: 0 },
      now: 0,
      onWalked: () => undefined,
      findCandidates: () => {
        throw new Error('nothing was walked');
      },
    };
    const ports = { pool, progress: noProgress, signal: new AbortController().signal };
    await expect(scan(registry, options, ports)).rejects.toThrow('out of memory');
    await new Promise((resume) => setTimeout(resume, 20));
  } finally {
    spy.mockRestore();
    process.off('unhandledRejection', unhandled);
  }
  expect(run).toHaveBeenCalled();
  expect(unhandled).not.toHaveBeenCalled();
});
