/** When an image was created, out of documents that may say anything. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createdOfAnnotations, createdOfConfig, createdOfHistory } from '../../src/manifest/created.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { layer } from '../support/content.ts';
import { artifact, image, index, rawContent } from '../support/images.ts';
import { schema1Image } from '../support/schema1.ts';
import { bytesOf } from './documents.ts';

const ANNOTATION = 'org.opencontainers.image.created';

function ofConfig(created: unknown): number {
  return createdOfConfig(bytesOf({ architecture: 'amd64', created }));
}

/** What the parser says that a document says of itself. */
function stated(bytes: Uint8Array): number | undefined {
  const parsed = parseManifest(bytes);
  return parsed.ok ? parsed.manifest.created : NaN;
}

describe('a config', () => {
  test.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
    ['2024-02-29T23:59:59-11:30', '2024-03-01T11:29:59.000Z'],
    // Said, though no image is as old: who orders by it has to say so.
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['1980-01-01T00:00:01Z', '1980-01-01T00:00:01.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('says %s', (text, expected) => {
    expect(new Date(ofConfig(text)).toISOString()).toBe(expected);
  });

  test.each([
    ['2026-01-02'],
    ['2026-01-02T03:04:05'],
    ['2026-01-02 03:04:05Z'],
    ['2026-01-02t03:04:05z'],
    ['2026-02-31T00:00:00Z'],
    ['2025-02-29T00:00:00Z'],
    ['2026-13-01T00:00:00Z'],
    ['2026-01-00T00:00:00Z'],
    ['2026-01-02T24:00:00Z'],
    ['2026-01-02T03:04:60Z'],
    ['2026-01-02T03:04:05.Z'],
    ['2026-01-02T03:04:05+24:00'],
    ['+002026-01-02T03:04:05Z'],
    ['12026-01-02T03:04:05Z'],
    [' 2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05Z\n'],
    [`2026-01-02T03:04:05.${'1'.repeat(1_000_000)}Z`],
    ['Fri, 02 Jan 2026 03:04:05 GMT'],
    [''],
    [1_767_323_045],
    [null],
    [['2026-01-02T03:04:05Z']],
    [undefined],
  ])('does not say it by %j', (created) => {
    expect(ofConfig(created)).toBeNaN();
  });

  test.each([
    ['is empty', ''],
    ['is no JSON', 'created: 2026-01-02T03:04:05Z'],
    ['ends early', '{"created":"2026-01-02T03:04:05Z"'],
    ['is a list', '["2026-01-02T03:04:05Z"]'],
    ['is null', 'null'],
    ['is deep', '{"created":'.repeat(100_000)],
    ['says it elsewhere', '{"config":{"created":"2026-01-02T03:04:05Z"}}'],
  ])('that %s says nothing', (_, text) => {
    expect(createdOfConfig(Buffer.from(text))).toBeNaN();
  });

  test('says every time that there is, to the millisecond', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(ofConfig(date.toISOString())).toBe(date.getTime());
      }),
    );
  });

  test('whatever its bytes are, it says a time that can be printed, or none', () => {
    const hostile = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .oneof(
          fc.string(),
          fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/),
          fc.jsonValue(),
        )
        .map((created) => bytesOf({ created })),
    );
    fc.assert(
      fc.property(hostile, (bytes) => {
        const time = createdOfConfig(bytes);
        if (!Number.isNaN(time)) expect(new Date(time).toISOString()).toMatch(/^(\d{4}|[+-]\d{6})-/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('annotations and history', () => {
  test('say it in their own place alone, whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(createdOfAnnotations(value)).toBeNaN();
        expect(createdOfHistory(value)).toBeNaN();
        expect(
          createdOfHistory([{ v1Compatibility: value }, { v1Compatibility: '{"created":"2026-01-02T03:04:05Z"}' }]),
        ).toBeNaN();
      }),
    );
  });
});

describe('a manifest says of itself', () => {
  const annotations = { [ANNOTATION]: '2026-01-02T03:04:05Z' };
  const time = Date.parse('2026-01-02T03:04:05Z');
  const one = image({ name: 'one', layers: [layer('one')], format: 'oci', annotations });

  test('its annotation, an image and an index', () => {
    expect(stated(one.bytes)).toBe(time);
    expect(stated(index([{ manifest: one }], { annotations }).bytes)).toBe(time);
  });

  test('of schema 1 what its newest layer says', () => {
    expect(stated(schema1Image('app', 'v1', [layer('one'), layer('two')]).bytes)).toBe(
      Date.parse('2015-01-02T03:04:05Z'),
    );
  });

  test('nothing without an annotation, by a label, by one of an entry, or where nobody knows what it is', () => {
    const plain = image({ name: 'plain', layers: [layer('one')] });
    expect(stated(plain.bytes)).toBeUndefined();
    expect(stated(index([{ manifest: plain, annotations }]).bytes)).toBeUndefined();
    expect(
      stated(artifact({ artifactType: 'text/x', content: rawContent('text/x', Buffer.from('x')) }).bytes),
    ).toBeUndefined();
    expect(stated(bytesOf({ mediaType: 'application/vnd.example.new+json', annotations }))).toBeUndefined();
  });
});
