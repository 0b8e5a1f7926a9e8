import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Volume } from '../../src/scan/volume.ts';
import { temporaryFolder } from '../support/temporary.ts';

const FIRST = '0a'.repeat(32);
const SECOND = 'f0'.repeat(32);

/** A folder that holds folders of these names, and whatever `besides` puts there. */
function folderOf(names: readonly string[], besides: (path: string) => void = () => undefined): Volume {
  const base = temporaryFolder('digests');
  mkdirSync(join(base, 'sha256'));
  for (const name of names) mkdirSync(join(base, 'sha256', name));
  besides(join(base, 'sha256'));
  return new Volume(base);
}

describe('a folder of sha256 digests', () => {
  it('is taken as a whole, in order', () => {
    expect(folderOf([SECOND, FIRST]).listDigests('sha256')).toEqual({ ok: true, hex: FIRST + SECOND });
  });

  it('is taken as a whole where it is empty', () => {
    expect(folderOf([]).listDigests('sha256')).toEqual({ ok: true, hex: '' });
  });

  it.each([
    ['a capital digit', SECOND.toUpperCase()],
    ['a digit that is none', 'g0'.repeat(32)],
    ['a digit too few', SECOND.slice(1)],
    ['a digit too many', `${SECOND}0`],
  ])('is listed entry by entry where a name has %s', (_, name) => {
    const entries = [FIRST, name].sort().map((folder) => ({ name: folder, type: 'folder' }));
    expect(folderOf([FIRST, name]).listDigests('sha256')).toEqual({ ok: true, entries });
  });

  it.each([
    ['file', (path: string) => writeFileSync(path, '')],
    ['link', (path: string) => symlinkSync('..', path)],
  ])('is listed entry by entry where a %s has the name of a digest', (type, make) => {
    const listed = folderOf([FIRST], (path) => make(join(path, SECOND))).listDigests('sha256');
    expect(listed).toEqual({
      ok: true,
      entries: [
        { name: FIRST, type: 'folder' },
        { name: SECOND, type },
      ],
    });
  });

  it('that is not there is missing', () => {
    expect(folderOf([]).listDigests('sha384')).toEqual({ ok: false, missing: true });
  });
});
