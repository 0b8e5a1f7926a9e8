import { describe, expect, it } from 'vitest';
import { groupCalls, parseLine, parseSummary } from '../../../scripts/bench/strace.ts';

describe('a line of strace', () => {
  it.each([
    [
      'a stat',
      '1795685234.078054 statx(AT_FDCWD</work>, "/r/docker", AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW, STATX_ALL, 0x7fff) = 0',
      { time: 1795685234.078054, kind: 'stat', path: '/r/docker' },
    ],
    [
      'a stat of what is not there',
      '1.000002 access("/r/scheduler-state.json", F_OK) = -1 ENOENT (No such file or directory)',
      { time: 1.000002, kind: 'stat', path: '/r/scheduler-state.json' },
    ],
    [
      'a folder that is opened',
      '2.5 openat(AT_FDCWD</work>, "/r/blobs", O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY) = 22</r/blobs>',
      { time: 2.5, kind: 'list', path: '/r/blobs' },
    ],
    [
      'a file that is opened',
      '2.5 openat(AT_FDCWD</work>, "/r/link", O_RDONLY|O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC) = 22</r/link>',
      { time: 2.5, kind: 'read', path: '/r/link' },
    ],
    [
      'an entry of an open folder',
      '2.5 newfstatat(5</r/a>, "b", 0x7f, AT_SYMLINK_NOFOLLOW) = 0',
      { time: 2.5, kind: 'stat', path: '/r/a/b' },
    ],
    [
      'the state of what is open',
      '2.5 newfstatat(22</r/link>, "", 0x7f, AT_EMPTY_PATH) = 0',
      { time: 2.5, kind: 'fstat', path: '/r/link' },
    ],
    ['the same by its old name', '2.5 fstat(22</r/link>, 0x7f) = 0', { time: 2.5, kind: 'fstat', path: '/r/link' }],
    [
      'a path of odd bytes, which strace writes in two ways',
      String.raw`2.5 statx(22</r/\303\251\74a\76b/f\"o\\ $'x>, "", AT_EMPTY_PATH, STATX_ALL, 0x7f) = 0`,
      { time: 2.5, kind: 'fstat', path: '/r/\u00c3\u00a9<a>b/f"o\\ $\'x' },
    ],
    [
      'a quoted path of odd bytes',
      String.raw`2.5 statx(AT_FDCWD</work>, "/r/\303\251<a>, \"b\"\n", AT_STATX_SYNC_AS_STAT, STATX_ALL, 0x7f) = 0`,
      { time: 2.5, kind: 'stat', path: '/r/\u00c3\u00a9<a>, "b"\n' },
    ],
  ])('%s', (_, line, call) => {
    expect(parseLine(line)).toEqual(call);
  });

  it.each([
    ['writes', '2.5 openat(AT_FDCWD</work>, "/r/index", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 22</r/index>'],
    ['is about a pipe', '2.5 newfstatat(1<pipe:[1845581]>, "", 0x7f, AT_EMPTY_PATH) = 0'],
    ['is a message', '2.5 +++ exited with 0 +++'],
    ['is empty', ''],
  ])('is no reading of a place where it %s', (_, line) => {
    expect(parseLine(line)).toBeUndefined();
  });
});

describe('the counts of strace', () => {
  const printed = [
    '% time     seconds  usecs/call     calls    errors syscall',
    '------ ----------- ----------- --------- --------- ------------------',
    ' 61.82  155.459774        1581     98300      7991 futex',
    '  5.90   14.836190          55    265270           getdents64',
    '  1.97    4.957697          16       496           newfstatat',
    '  1.97    4.957697          16         4           statx',
    '------ ----------- ----------- --------- --------- ------------------',
    '100.00  251.461357          91    364070      7991 total',
  ].join('\n');

  it('are read by name, with errors and without, and their sum is none of them', () => {
    const counts = { futex: 98_300, getdents64: 265_270, newfstatat: 496, statx: 4 };
    expect(Object.fromEntries(parseSummary(printed))).toEqual(counts);
    expect(() => parseSummary('strace: exec: No such file')).toThrow(/no table/);
  });

  it('are summed by what they are to a scan', () => {
    expect(Object.fromEntries(groupCalls(parseSummary(printed)))).toEqual({
      open: 0,
      stat: 500,
      'list (getdents)': 265_270,
      read: 0,
      close: 0,
      other: 98_300,
    });
  });
});
