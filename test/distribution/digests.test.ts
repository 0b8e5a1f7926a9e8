import { describe, expect, it } from 'vitest';
import { digestFault, digestOfDataPath } from '../../src/distribution/digests.ts';
import { repositoryNameFault } from '../../src/distribution/names.ts';

const HEX = 'ab'.repeat(32);

describe('a digest in a link', () => {
  it.each([
    [`sha256:${HEX}`, undefined],
    [`sha512:${HEX}${HEX}`, undefined],
    ['', 'invalid checksum digest format'],
    ['sha256:', 'invalid checksum digest format'],
    [`:${HEX}`, 'invalid checksum digest format'],
    [`sha256:${HEX}\n`, 'invalid checksum digest length'],
    [`sha256:${HEX.toUpperCase()}`, 'invalid checksum digest format'],
    [`md5:${HEX}`, 'unsupported digest algorithm'],
    ['md5:a b', 'invalid checksum digest format'],
  ])('%j', (text, fault) => {
    expect(digestFault(text)).toBe(fault);
  });
});

describe('a digest by the path of its data', () => {
  const below = (path: string): string => digestOfDataPath(`/docker/registry/v2/blobs/${path}/data`);

  it('is told by the folder above, or the one above the first two digits', () => {
    expect(below(`sha256/ab/${HEX}`)).toBe(`sha256:${HEX}`);
    expect(below(`sha256/${HEX}`)).toBe(`sha256:${HEX}`);
    expect(below(`deep/sha256/ab/${HEX}`)).toBe(`sha256:${HEX}`);
  });

  it.each([
    [`sha256/00/${HEX}`, 'unsupported digest algorithm'],
    ['sha256/zz/zzz', 'invalid checksum digest length'],
    ['sha256/x', 'slice bounds out of range [:2] with length 1'],
  ])('%s is none', (path, message) => {
    expect(() => below(path)).toThrow(message);
  });
});

describe("a repository's name", () => {
  it.each(['a', 'team/app_x/b--c', 'a__b', 'Host.Example/app', 'a'.repeat(255)])('%s', (name) => {
    expect(repositoryNameFault(name, 'distribution-2.8')).toBeUndefined();
    expect(repositoryNameFault(name, 'distribution-3')).toBeUndefined();
  });

  it.each(['Upper', 'x (copy)', '.hidden', '_layers', 'a//b', 'a/B', 'a-', 'a___b'])('%s is none', (name) => {
    expect(repositoryNameFault(name, 'distribution-2.8')).toBe('invalid reference format');
    expect(repositoryNameFault(name, 'distribution-3')).toBe('invalid reference format');
  });

  it('is measured whole by 2.8, and behind its host by 3.x', () => {
    const name = `host/${'a'.repeat(252)}`;
    expect(repositoryNameFault(name, 'distribution-2.8')).toBe('repository name must not be more than 255 characters');
    expect(repositoryNameFault(name, 'distribution-3')).toBeUndefined();
  });
});
