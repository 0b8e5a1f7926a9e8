import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AsyncDisk } from '../../src/scan/async-disk.ts';
import { runAll, runLater, type Steps } from '../../src/scan/steps.ts';
import { Throttle } from '../../src/scan/throttle.ts';
import { Volume } from '../../src/scan/volume.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Which questions are waited for, by their number. */
type Due = (question: number) => boolean;

/** All questions wait until there is room for one, and then come one right behind the other. */
function contents(base: string, due: Due, names: readonly string[]): Promise<readonly string[]> {
  const throttle = new Throttle({ limit: 1, perSecond: undefined });
  let asked = 0;
  const disk = new AsyncDisk(new Volume(base), throttle, () => due(asked++));
  let makeRoom = (): void => undefined;
  throttle.enter(1, (leave) => (makeRoom = leave));
  function* contentOf(name: string): Steps<string> {
    const read = yield* disk.read(name, 4 * 1024 * 1024);
    if (read.ok) return read.content.toString('latin1');
    return 'errno' in read ? read.errno : 'missing';
  }
  return new Promise((resolve, reject) => {
    runLater(runAll(names, contentOf), resolve, reject);
    makeRoom();
  });
}

describe.each([
  ['waited for', () => true],
  ['answered later', () => false],
  ['answered later and waited for in turn', (question: number) => question % 2 === 1],
] as const)('questions that are %s', (_, due) => {
  it('each have an answer of their own, through symbolic links too', async () => {
    const base = temporaryFolder('disk');
    const names = Array.from({ length: 40 }, (_unused, place) => `${place % 2 === 0 ? 'link' : 'file'}${place}`);
    for (const name of names) {
      writeFileSync(join(base, `real-${name}`), `content of ${name}`);
      if (name.startsWith('link')) symlinkSync(`real-${name}`, join(base, name));
      else writeFileSync(join(base, name), `content of ${name}`);
    }
    expect(await contents(base, due, names)).toEqual(names.map((name) => `content of ${name}`));
  });

  it('tell what is missing, no file, too large, and read large files whole', async () => {
    const base = temporaryFolder('disk');
    mkdirSync(join(base, 'folder'));
    writeFileSync(join(base, 'huge'), '');
    truncateSync(join(base, 'huge'), 5 * 1024 * 1024);
    writeFileSync(join(base, 'large'), 'x'.repeat(1024 * 1024));
    const found = await contents(base, due, ['none', 'folder', 'huge', 'large', 'large']);
    expect(found.map((one) => (one.length > 20 ? one.length : one))).toEqual([
      'missing',
      'not-a-file',
      'too-large',
      1024 * 1024,
      1024 * 1024,
    ]);
  });
});
