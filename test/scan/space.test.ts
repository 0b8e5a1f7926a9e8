import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSpace, spaceOf } from '../../src/scan/space.ts';
import { temporaryFolder } from '../support/temporary.ts';

const UNKNOWN = { freeBytes: null, capacityBytes: null };

describe('the space of a file system', () => {
  it('is what df says', () => {
    const folder = temporaryFolder('space');
    const said = execFileSync('df', ['--block-size=1', '--output=size', folder], { encoding: 'utf8' });
    const { capacityBytes, freeBytes } = readSpace(folder);
    expect(capacityBytes).toBe(Number(said.split('\n')[1]));
    expect(freeBytes).toBeLessThanOrEqual(capacityBytes ?? 0);
    expect(freeBytes).toBeGreaterThan(0);
  });

  it('is not known of a folder that is not there', () => {
    expect(readSpace(join(temporaryFolder('space'), 'gone'))).toEqual(UNKNOWN);
  });

  it.each([
    ['nothing', { bsize: 0, blocks: 0, bavail: 0 }],
    ['no size of a block', { bsize: 0, blocks: 9, bavail: 9 }],
    ['less than nothing', { bsize: -1, blocks: -9, bavail: 1 }],
    ['more than numbers hold', { bsize: 4096, blocks: 2 ** 52, bavail: 2 ** 51 }],
    ['no number', { bsize: 4096, blocks: NaN, bavail: 1 }],
  ])('is not known where the system says %s', (_, said) => {
    expect(spaceOf(said)).toEqual(UNKNOWN);
  });

  it('has no free bytes that are more than there are', () => {
    expect(spaceOf({ bsize: 10, blocks: 5, bavail: 6 })).toEqual({ capacityBytes: 50, freeBytes: null });
    expect(spaceOf({ bsize: 10, blocks: 5, bavail: 2 ** 60 })).toEqual({ capacityBytes: 50, freeBytes: null });
  });

  it('has none left where only root may write', () => {
    expect(spaceOf({ bsize: 10, blocks: 5, bavail: -2 })).toEqual({ capacityBytes: 50, freeBytes: 0 });
  });
});
