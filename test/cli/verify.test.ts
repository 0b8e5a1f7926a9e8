/** `regsweep verify` as a program: its exit status, its forms of output, and what it refuses. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { blobData, layerLink, tagFolder } from '../../src/layout/paths.ts';
import type { PullCheck, Verification } from '../../src/report/model-verify.ts';
import { runBuilt } from '../support/built-program.ts';
import { damage } from '../support/damage.ts';
import { at, victim, write } from '../support/damage-site.ts';
import { copyFixture } from '../support/fixture.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

let cache: string;
let root: string;
let sound: string;

beforeAll(async () => {
  sound = await copyFixture();
});

beforeEach(() => {
  cache = temporaryFolder('cache');
});

async function damagedBy(name: string): Promise<string> {
  root = await copyFixture();
  damage(name).inflict(root);
  return root;
}

function json(stdout: string): Verification {
  return JSON.parse(stdout) as Verification;
}

describe('the exit status', () => {
  it('is 0 where all is well, and where there are only warnings', async () => {
    expect(await runHere(['verify', sound], cache)).toMatchObject({ status: 0, stderr: '' });
    const { status, stdout } = await runHere(['verify', await damagedBy('layer-link-to-nowhere')], cache);
    expect(status).toBe(0);
    expect(stdout).toContain('dangling-layer-link');
  });

  it('is 3 where there is damage', async () => {
    const { status, stdout, stderr } = await runHere(['verify', await damagedBy('layer-blob-missing')], cache);
    expect(status).toBe(3);
    expect(stdout).toContain('layer-missing');
    expect(stdout).toContain('cannot be pulled: app:1.0, app:stable');
    expect(stderr).toContain('damage was found');
  });

  it('is 5 where hashing is ended early, and 3 where there is damage, too', async () => {
    const ended = await runHere(['verify', sound, '--data', '--max-duration', '0s', '--json'], cache);
    expect(ended.status).toBe(5);
    expect(json(ended.stdout).checked.data).toMatchObject({ finished: false, hashed: { blobs: 0 } });
    const damaged = await damagedBy('layer-blob-missing');
    expect((await runHere(['verify', damaged, '--data', '--max-duration', '0s'], cache)).status).toBe(3);
  });
});

describe('the result', () => {
  test('as JSON is a document of the contract', async () => {
    const damaged = await damagedBy('layer-blob-empty');
    const { stdout } = await runHere(['verify', damaged, '--data', '--json'], cache);
    const result = json(stdout);
    expect(result).toMatchObject({ schema: 'regsweep.verify/1', registry: { root: damaged }, damaged: true });
    expect(result.problems.map(({ code }) => code)).toEqual(['blob-digest-mismatch', 'size-mismatch']);
    expect(result.checked.data).toMatchObject({ subset: 'all', finished: true, neverVerified: 1 });
    expect(result.codes.every(({ meaning, advice }) => meaning !== '' && advice !== '')).toBe(true);
  });

  test('is the same for the same volume, save times', async () => {
    const damaged = await damagedBy('blobs-missing');
    const outputs: string[] = [];
    for (let run = 0; run < 2; run++) {
      const { stdout } = await runHere(['verify', damaged, '--json'], temporaryFolder('cache'));
      outputs.push(stdout.replace(/"scannedAt": ".*"/, ''));
    }
    expect(outputs[0]).toBe(outputs[1]);
  });

  test('goes to a file', async () => {
    const file = join(temporaryFolder('output'), 'verify.json');
    const { status, stdout } = await runHere(['verify', sound, '--json', '-o', file], cache);
    expect([status, stdout]).toEqual([0, '']);
    expect(json(readFileSync(file, 'utf8')).problems).toEqual([]);
  });

  test('says nothing on stderr where it is told to be quiet', async () => {
    const { stderr } = await runHere(['verify', await damagedBy('layer-blob-missing'), '--quiet'], cache);
    expect(stderr).toBe('');
  });

  test('shows no character of a name that a terminal would obey', async () => {
    const damaged = await damagedBy('repository-name-with-control-characters');
    const { stdout } = await runHere(['verify', damaged], cache);
    write(damaged, `${tagFolder('multi', '\u001b[2J\u202e')}/current/link`, '');
    const more = await runHere(['verify', damaged], cache);
    for (const text of [stdout, more.stdout]) expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(more.stdout).toContain(String.raw`\x1b[2J\u202e`);
  });
});

describe('whether an image can be pulled', () => {
  it('is the exit status, and on a screen', async () => {
    const whole = await runHere(['verify', sound, '--pull-check', 'app:1.0'], cache);
    expect(whole.status).toBe(0);
    expect(whole.stdout).toContain('app:1.0  can be pulled');
    const damaged = await damagedBy('layer-link-missing');
    const broken = await runHere(['verify', damaged, '--pull-check', 'app:1.0'], cache);
    expect(broken.status).toBe(3);
    expect(broken.stdout).toContain('app:1.0  cannot be pulled');
    expect(broken.stdout).toContain(layerLink('app', victim(sound).layer));
  });

  it('of an index is said for each platform', async () => {
    const { stdout, status } = await runHere(['verify', sound, '--pull-check', 'multi:2.0', '--json'], cache);
    const { pull } = JSON.parse(stdout) as PullCheck;
    expect(status).toBe(0);
    expect(pull.manifests.length).toBeGreaterThan(2);
    expect(pull.manifests.every(({ works }) => works)).toBe(true);
  });

  it('with --data goes by the content of its layers', async () => {
    const copy = await copyFixture();
    const path = at(copy, blobData(victim(copy).layer));
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
    writeFileSync(path, bytes);
    expect((await runHere(['verify', copy, '--pull-check', 'app:1.0'], cache)).status).toBe(0);
    const { status, stdout } = await runHere(['verify', copy, '--pull-check', 'app:1.0', '--data'], cache);
    expect(status).toBe(3);
    expect(stdout).toContain('blob-digest-mismatch');
  });
});

describe('refused', () => {
  it.each([
    [['--data-subset', '0%'], '0%'],
    [['--data-subset', '101%'], '101%'],
    [['--data-subset', '8/7'], '8/7'],
    [['--data-subset', '0/7'], '0/7'],
    [['--data-subset', 'some'], 'some'],
    [['--max-duration', '5m'], '--data'],
    [['--data', '--max-duration', '5'], 'not a duration'],
    [['--pull-check', 'app'], 'names no image'],
    [['--pull-check', 'app@sha256:12'], 'names no image'],
    [['--pull-check', 'app:1.0', '--data-subset', '5%'], '--pull-check'],
    [['--format', 'csv'], '"csv" is none of table, json'],
    [['--no-scan'], 'Unknown argument'],
  ])('%j: status 2, and why', async (more, why) => {
    const { status, stdout, stderr } = await runHere(['verify', sound, ...more], cache);
    expect(stderr).toContain(why);
    expect([status, stdout]).toEqual([2, '']);
  });
});

describe('the shipped program', () => {
  it('hashes in threads, and remembers it', async () => {
    const copy = await copyFixture();
    const first = await runBuilt(['verify', copy, '--data', '--json', '--concurrency', '2'], cache);
    expect(first.status).toBe(0);
    expect(json(first.stdout).checked.data).toMatchObject({ finished: true, neverVerified: 0 });
    rmSync(at(copy, blobData(victim(copy).layer)));
    const second = await runBuilt(['verify', copy, '--data-subset', '1/2', '--json'], cache);
    expect(second.status).toBe(3);
    expect(json(second.stdout).checked.data).toMatchObject({ subset: '1/2', neverVerified: 0 });
  });
});
