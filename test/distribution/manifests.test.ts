/** What the registry takes a document for. Each message was seen from 2.8.2, which random documents were given besides. */
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/distribution/dialect.ts';
import { GoError, GoPanic } from '../../src/distribution/go-error.ts';
import { referencesOf } from '../../src/distribution/manifests.ts';

const BOTH: readonly Dialect[] = ['distribution-2.8', 'distribution-3'];
const PATH = '/docker/registry/v2/blobs/data';

function read(text: string, dialect: Dialect = 'distribution-2.8'): readonly string[] | string {
  try {
    return referencesOf(Buffer.from(text, 'utf8').toString('latin1'), PATH, dialect);
  } catch (error) {
    if (error instanceof GoError) return error.message;
    if (error instanceof GoPanic) return `panic: ${error.message}`;
    throw error;
  }
}

describe.each(BOTH)('%s', (dialect) => {
  it.each([
    [
      'an image without a media type',
      '{"schemaVersion":2,"config":{"digest":"c"},"layers":[{"digest":"l"}]}',
      ['c', 'l'],
    ],
    ['an index without a media type', '{"schemaVersion":2,"manifests":[{"digest":"m"}]}', ['m']],
    ['an empty index, which is one', '{"schemaVersion":2,"manifests":[],"config":{"digest":"c"}}', []],
    ['manifests that are null: an image', '{"schemaVersion":2,"manifests":null,"config":{"digest":"c"}}', ['c']],
    ['nothing but a version: an image whose config has an empty digest', '{"schemaVersion":2}', ['']],
    ['names in other letters', '{"SchemaVersion":2,"LAYERS":[{"Digest":"l"}]}', ['', 'l']],
    ['a name in letters that fold to others', '{"ſchemaVersion":2,"layers":[]}', ['']],
    ['null, which changes nothing', '{"schemaVersion":2,"schemaVersion":null,"config":null}', ['']],
    [
      'a name twice: the second over the first',
      '{"schemaVersion":2,"config":{"digest":"a"},"config":{"size":1}}',
      ['a'],
    ],
    [
      'a list twice: entries of the second over those of the first',
      '{"schemaVersion":2,"layers":[{"digest":"a"},{"digest":"b"}],"layers":[{"size":1}]}',
      ['', 'a'],
    ],
    ['an escaped name and value', '{"schema\\u0056ersion":2,"config":{"digest":"\\u0061\\n"}}', ['a\n']],
    ['a type that nobody looks at', '{"schemaVersion":2,"subject":5,"blobs":{}}', ['']],
  ])('takes %s', (_, text, references) => {
    expect(read(text, dialect)).toEqual(references);
  });

  it.each([
    ['', 'unexpected end of JSON input'],
    ['null', 'unrecognized manifest schema version 0'],
    ['[]', 'json: cannot unmarshal array into Go value of type'],
    ['{"schemaVersion":3}', 'unrecognized manifest schema version 3'],
    ['{"schemaVersion":2.5}', 'json: cannot unmarshal number 2.5 into Go struct field'],
    [
      '{"schemaVersion":99999999999999999999}',
      'json: cannot unmarshal number 99999999999999999999 into Go struct field',
    ],
    ['{"schemaVersion":2,"mediaType":"x"}', 'errors verifying manifest: unrecognized manifest content type x'],
    [
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[{"size":"1"}]}',
      'json: cannot unmarshal string into Go struct field Descriptor.layers.size of type int64',
    ],
    [
      '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":7}',
      'json: cannot unmarshal number into Go struct field Manifest.config of type',
    ],
    ['{"schemaVersion":2,"manifests":"none"}', 'panic: interface conversion: distribution.Manifest is nil, not *'],
  ])('says of %s what the registry says', (text, message) => {
    expect(read(text, dialect)).toContain(message);
  });
});

describe('what only one of them knows', () => {
  it('is schema 1 for 2.8', () => {
    const text = '{"schemaVersion":1,"fsLayers":[{"blobSum":"a"},{}]}';
    expect(read(text, 'distribution-2.8')).toEqual(['a', '']);
    expect(read(text, 'distribution-3')).toBe('unrecognized manifest schema version 1');
  });

  it('is the embedded data of a descriptor for 3.x', () => {
    const text = '{"schemaVersion":2,"config":{"digest":"c","data":"%"}}';
    expect(read(text, 'distribution-2.8')).toEqual(['c']);
    expect(read(text, 'distribution-3')).toContain('illegal base64 data at input byte 0');
  });
});
