/** A plan file is read back as it was written, or refused. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanHeader } from '../../src/gc/plan-file.ts';
import type { WrittenAction } from '../../src/gc/plan-lines.ts';
import { planLines, readPlanLines, splitLines } from '../../src/gc/plan-file.ts';
import { planHeader, witnessesOf } from '../../src/gc/plan-header.ts';
import { actionsOf } from '../../src/gc/actions.ts';
import { AppError } from '../../src/shared/errors.ts';
import { belongsTo } from '../../src/inventory/witnesses.ts';
import { planOf, registries } from './random-plans.ts';

const FACTS = {
  mode: 'untagged',
  minAgeSeconds: 3600,
  options: { repo: ['team/**'], uploadsOlderThanSeconds: null },
  createdAt: 5,
} as const;

function written(header: PlanHeader, actions: Iterable<WrittenAction>): string {
  return [...planLines(header, actions)].join('');
}

function read(text: string | Uint8Array): { readonly header: unknown; readonly actions: readonly unknown[] } {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const { header, actions } = readPlanLines(splitLines([bytes]));
  return { header, actions: [...actions] };
}

function refusal(text: string | Uint8Array): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AppError && error.code === 'plan-invalid') return error.message;
    throw error;
  }
  return 'was read';
}

const HEADER: PlanHeader = {
  schema: 'regsweep.plan/1',
  root: '/srv/registry',
  createdAt: '2026-01-02T03:04:05.678Z',
  mode: 'revisions',
  minAgeSeconds: 0,
  options: {},
  witnesses: [],
};
const ACTION: WrittenAction = {
  kind: 'stray-temporary-file',
  batch: 1,
  path: 'blobs/sha256/ab/né\u2028/data.tmp',
  bytes: 3,
  diskBytes: 4096,
  expect: { bytes: 3, modifiedAt: null },
  reason: { code: 'stray', text: 'why' },
};
const FILE = written(HEADER, [ACTION, ACTION]);
/** With the right sum: only what is in it is wrong. */
const FORGED = (change: (line: Record<string, unknown>) => Record<string, unknown>): string =>
  written(HEADER, [change({ ...ACTION }) as unknown as WrittenAction]);

test('what is written is read back, action by action', () => {
  fc.assert(
    fc.property(registries, (registry) => {
      const { inventory, plan } = planOf(registry);
      const header = planHeader(inventory, plan, FACTS);
      const actions = [...actionsOf(inventory, plan, { mode: 'untagged', batch: 1 })];
      const told = actions.map((action): unknown => JSON.parse(JSON.stringify({ ...action, refersTo: undefined })));
      expect(read(written(header, actions))).toEqual({ header, actions: told });
      expect(belongsTo(witnessesOf(header), inventory)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('what a journal adds is read back', () => {
  const folder = { mode: 0o755, uid: 0, gid: 0, modifiedAt: '2026-01-02T03:04:05.678Z' };
  expect(read(written(HEADER, [{ ...ACTION, trash: 'trash/x', folder }])).actions).toEqual([
    { ...ACTION, trash: 'trash/x', folder },
  ]);
});

test('fields that a later version adds are no fault', () => {
  expect(read(FORGED((line) => ({ ...line, later: 1 }))).actions).toEqual([ACTION]);
});

describe('refused is', () => {
  test('a change of any byte', () => {
    const bytes = Buffer.from(FILE);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const changed = Buffer.from(bytes);
        changed[place] = ((changed[place] ?? 0) + by) % 256;
        expect(refusal(changed)).not.toBe('was read');
      }),
      { numRuns: 2000 },
    );
  });

  test('a byte too many or too few', () => {
    const bytes = Buffer.from(FILE);
    for (let place = 0; place < bytes.length; place++) {
      const without = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]);
      expect(refusal(without)).not.toBe('was read');
      const doubled = Buffer.concat([bytes.subarray(0, place + 1), bytes.subarray(place)]);
      expect(refusal(doubled)).not.toBe('was read');
      const spaced = Buffer.concat([bytes.subarray(0, place), Buffer.from(' '), bytes.subarray(place)]);
      expect(refusal(spaced)).not.toBe('was read');
    }
  });

  test('a file that was cut, at any place', () => {
    for (let length = 0; length < FILE.length; length++) {
      expect(refusal(Buffer.from(FILE).subarray(0, length))).not.toBe('was read');
    }
  });

  test.each([
    ['a line left out', [0, 1, 3], 'has 2 actions, and has 1'],
    ['a line too many', [0, 1, 2, 2, 3], 'has 2 actions, and has 3'],
    ['lines behind the last', [0, 1, 2, 3, 3], 'behind its last line'],
    ['no last line', [0, 1, 2], 'cut short'],
    ['no header', [1, 2, 3], 'regsweep.plan/1'],
  ])('%s', (_, places, why) => {
    const lines = FILE.split('\n');
    expect(refusal(places.map((place) => `${lines[place] ?? ''}\n`).join(''))).toContain(why);
  });

  test('another version, before anything else of it is read', () => {
    expect(refusal('{"schema":"regsweep.plan/2","new":true}\n')).toContain('regsweep.plan/1');
  });

  test.each<readonly [string, string, unknown]>([
    ['an unknown kind', 'kind', 'everything'],
    ['a negative size', 'bytes', -1],
    ['a size that is no integer', 'diskBytes', 0.5],
    ['no path', 'path', ''],
    ['no batch', 'batch', 0],
    ['an expectation that expects nothing', 'expect', {}],
    ['a time that is none', 'expect', { link: null, modifiedAt: 'yesterday' }],
  ])('an action with %s', (_, field, value) => {
    expect(refusal(FORGED((line) => ({ ...line, [field]: value })))).toContain('line 2');
  });

  test.each<readonly [string, unknown]>([
    ['uploadsOlderThanSeconds', 'never'],
    ['uploadsOlderThanSeconds', -1],
    ['repo', 'team/**'],
    ['repo', [1]],
    ['untagged', 'yes'],
    ['minAgeSeconds', null],
  ])('a header whose option %s is %j', (option, value) => {
    expect(refusal(written({ ...HEADER, options: { [option]: value } }, []))).toContain(`line 1: options.${option}`);
  });

  test('a line longer than any path makes it, without reading to its end', () => {
    const endless = function* (): Generator<Uint8Array> {
      for (;;) yield Buffer.alloc(64 * 1024, 'x');
    };
    expect(() => readPlanLines(splitLines(endless()))).toThrow('too long');
  });

  test('what is not UTF-8', () => {
    expect(refusal(Buffer.from([0xff, 0x0a]))).toContain('UTF-8');
  });
});

test('lines are the same wherever the pieces that they come in end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (size) => {
      const bytes = Buffer.from(FILE);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, place) =>
        bytes.subarray(place * size, (place + 1) * size),
      );
      expect([...splitLines(pieces)].join('')).toBe(FILE);
    }),
  );
});
