import { expect, test } from 'vitest';
import { parseKeepDigests } from '../../src/policy/keep-digests.ts';

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((letter) => `sha256:${letter.repeat(64)}`);

test('digests, bare and behind references, one or several a line', () => {
  const text = `# what runs
${A}
host:5000/team/app@${B}  # the app

docker-pullable://host/team/app:1.0@${C} docker://${A}\r
\tcontainerd://sha512:${'e'.repeat(128)}\t${D}`;
  expect(parseKeepDigests(text)).toEqual({
    digests: new Set([A, B, C, D, `sha512:${'e'.repeat(128)}`]),
    problems: [],
  });
});

test('nothing is nothing', () => {
  expect(parseKeepDigests('')).toEqual({ digests: new Set(), problems: [] });
  expect(parseKeepDigests('\uFEFF \n#\n')).toEqual({ digests: new Set(), problems: [] });
});

test('what names no digest is reported with its line, and the rest is kept', () => {
  const { digests, problems } = parseKeepDigests(
    `busybox:latest ${A}\nnginx\n\nhost/app@sha256:abc host/app@\n${A?.toUpperCase()}`,
  );
  expect(digests).toEqual(new Set([A]));
  expect(problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
    '1 busybox:latest names no digest: what a tag names may change, so only a digest says what is running',
    '2 nginx names no digest: what a tag names may change, so only a digest says what is running',
    '4 host/app@sha256:abc ends in no digest',
    '4 host/app@ ends in no digest',
    `5 ${A?.toUpperCase()} names no digest: what a tag names may change, so only a digest says what is running`,
  ]);
});
