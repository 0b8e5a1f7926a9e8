import { expect, test } from 'vitest';
import { mayMean, parseKeepDigests } from '../../src/policy/keep-digests.ts';

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((letter) => `sha256:${letter.repeat(64)}`);

test('digests, bare and behind references, one or several a line', () => {
  const text = `# what runs
${A}
host:5000/team/app@${B}  # the app

docker-pullable://host/team/app:1.0@${C} docker://${A}\r
\tcontainerd://sha512:${'e'.repeat(128)}\t${D}`;
  expect(parseKeepDigests(text)).toEqual({
    digests: new Set([A, B, C, D, `sha512:${'e'.repeat(128)}`]),
    tagged: [],
    problems: [],
  });
});

test('images by their tags, without the registry; no tag is latest', () => {
  const text = 'host:5000/team/app:1.4 reg.example/app docker://localhost/a/b:x team/app:2 nginx';
  expect(parseKeepDigests(text)).toEqual({
    digests: new Set(),
    tagged: [
      { path: 'team/app', tag: '1.4' },
      { path: 'app', tag: 'latest' },
      { path: 'a/b', tag: 'x' },
      { path: 'team/app', tag: '2' },
      { path: 'nginx', tag: 'latest' },
    ],
    problems: [],
  });
});

test.each([
  ['team/app', 'team/app', true],
  ['proxy/team/app', 'team/app', true],
  ['nginx', 'library/nginx', true],
  ['app', 'my-app', false],
  ['team/app', 'team/app/api', false],
])('an image %s may be of the repository %s: %s', (path, repository, may) => {
  const [reference] = parseKeepDigests(path).tagged;
  expect(reference !== undefined && mayMean(reference, repository)).toBe(may);
});

test('nothing is nothing', () => {
  expect(parseKeepDigests('')).toEqual({ digests: new Set(), tagged: [], problems: [] });
  expect(parseKeepDigests('\uFEFF \n#\n')).toEqual({ digests: new Set(), tagged: [], problems: [] });
});

test('what names no image is reported with its line, and the rest is kept', () => {
  const { digests, tagged, problems } = parseKeepDigests(
    `${A} a1b2c3d4e5f6\n\nhost/app@sha256:abc host/app@\n${A?.toUpperCase()}\nNGINX app:1.4`,
  );
  expect(digests).toEqual(new Set([A]));
  expect(tagged).toEqual([{ path: 'app', tag: '1.4' }]);
  expect(problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
    '1 a1b2c3d4e5f6 is no digest and no image reference',
    '3 host/app@sha256:abc is no digest and no image reference',
    '3 host/app@ is no digest and no image reference',
    `4 ${A?.toUpperCase()} is no digest and no image reference`,
    '5 NGINX is no digest and no image reference',
  ]);
});
