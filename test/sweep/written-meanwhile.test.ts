/** Against all advice: a registry that takes pushes while a sweep runs beside it (design, Safety 10). */
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BUILT_PROGRAM } from '../support/built-program.ts';
import { layer } from '../support/content.ts';
import { image, index, type Image, type Pushable } from '../support/images.ts';
import { hasRealRegistry, startRegistry, type RunningRegistry } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { wholeOf } from '../support/whole.ts';

const SHARED = [1, 2, 3, 4].map((base) => layer(`shared/${base}`, 60_000));

function build(name: string): Image {
  return image({ name, layers: [...SHARED, layer(name, 4000)] });
}

interface Pushed {
  readonly tag: string;
  readonly image: Pushable;
}

/** Pushes one image after the other, some anew that the sweep is about to take, until it is told to end. */
async function pushLoop({ client }: RunningRegistry, until: { ended: boolean }): Promise<readonly Pushed[]> {
  const pushed: Pushed[] = [];
  for (let round = 0; !until.ended; round++) {
    const name = `doomed/${round % 40}`;
    const one = build(name);
    const pushable = round % 5 === 0 ? index([{ manifest: one }, { manifest: build(`new/${round}`) }]) : one;
    try {
      await client.push('app', `tag-${round}`, pushable);
      pushed.push({ tag: `tag-${round}`, image: pushable });
    } catch {
      // A push may fail: a blob that it was told of went. It may not be broken and said to have worked.
    }
  }
  return pushed;
}

/** In a process namespace of its own, as in a container: there the guard sees no registry, and believes what it is told. */
async function sweepUnseeing(
  root: string,
  cache: string,
): Promise<{ readonly exitCode?: number; readonly all: string }> {
  const lie = ['--registry-stopped', '--min-age', '0', '--max-delete-percent', '100', '--yes', '--json'];
  // Manifests that were deleted have no link, and of so small a volume they are a good share.
  lie.push('--accept-lost-repositories');
  const program = [process.execPath, BUILT_PROGRAM, 'sweep', root, '--apply', ...lie];
  const environment = { PATH: process.env['PATH'], XDG_CACHE_HOME: cache };
  return execa('unshare', ['--pid', '--fork', '--mount-proc', ...program], {
    env: environment,
    extendEnv: false,
    reject: false,
    all: true,
  });
}

describe.skipIf(!hasRealRegistry())('a push loop beside a sweep with trash', () => {
  it('leaves every image whole whose push had worked', async () => {
    const root = temporaryFolder('written');
    const cache = temporaryFolder('cache');
    const registry = await startRegistry(root);
    onTestFinished(registry.stop);
    for (let doomed = 0; doomed < 40; doomed++) {
      const one = build(`doomed/${doomed}`);
      await registry.client.push('app', 'latest', one);
      await registry.client.deleteManifest('app', one.digest);
    }
    const until = { ended: false };
    const loop = pushLoop(registry, until);
    const { exitCode, all } = await sweepUnseeing(root, cache);
    until.ended = true;
    const pushed = await loop;
    expect(exitCode, all).toBe(0);
    expect(pushed.length).toBeGreaterThan(0);
    for (const { tag, image: wanted } of pushed) await registry.client.pull('app', tag, wanted);
    expect([...wholeOf(root).dangling]).toEqual([]);
  });
});
