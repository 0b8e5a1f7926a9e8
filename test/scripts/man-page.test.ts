import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { manPage } from '../../scripts/man-page/page.ts';
import { escapeRoff, filled } from '../../scripts/man-page/roff.ts';
import { createProgram } from '../../src/cli/program.ts';
import { describeCommands } from '../../src/cli/description.ts';
import { EXIT_MEANINGS } from '../../src/cli/exit-codes.ts';
import { areInstalled } from '../support/installed.ts';
import { memoryContext } from '../support/memory-stream.ts';
import { temporaryFolder } from '../support/temporary.ts';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));
const CONTEXT = { ...memoryContext(), argv: [], endWith: () => undefined };
const PAGE = manPage('2026-11-01');

describe('the manual page', () => {
  test('lists every command and every option, as help spells them', async () => {
    for (const { name, options: declared } of describeCommands()) {
      expect(PAGE).toContain(escapeRoff(`regsweep ${name.split(' ')[0] ?? ''}`));
      const help = await createProgram(name.split(' '), CONTEXT).getHelp();
      const options = [...help.matchAll(/^(?: {6}| {2}-\w, )--([\w-]+)/gm)].map(([, option]) => option ?? '');
      const own = options.filter((option) => option !== 'help' && option !== 'version');
      expect(declared.map((option) => option.name).toSorted()).toEqual(own.toSorted());
      expect(options.filter((option) => !PAGE.includes(`\\fB${escapeRoff(`--${option}`)}\\fP`))).toEqual([]);
    }
  });

  test('lists every exit status', () => {
    for (const [status] of EXIT_MEANINGS) expect(PAGE).toContain(`\n\\fB${status}\\fP\n`);
  });

  test('names every variable of the environment that the program asks for', () => {
    const asked = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .flatMap((path) => [...readFileSync(join(SOURCES, path), 'utf8').matchAll(/environment\['([A-Z_]+)'\]/g)])
      .map(([, name]) => name ?? '');
    expect(asked).toContain('NO_COLOR');
    // Where a registry that runs has its config, and where somebody is at home, is no setting of ours.
    const ofOthers = ['HOME', 'REGISTRY_CONFIGURATION_PATH'];
    expect(asked.filter((name) => !ofOthers.includes(name) && !PAGE.includes(name))).toEqual([]);
  });

  test('is the one that the package ships', () => {
    const built = readFileSync(fileURLToPath(new URL('../../dist/man/regsweep.1', import.meta.url)), 'utf8');
    expect(built.replace(/\d{4}-\d\d-\d\d/, '2026-11-01')).toBe(PAGE);
  });

  test('is in a list: npm 11 links none of a package that names its page by itself', () => {
    const text = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
    expect((JSON.parse(text) as { man?: unknown }).man).toEqual(['dist/man/regsweep.1']);
  });

  test.skipIf(!areInstalled(['mandoc'], 'the check of the manual page'))('is in order, says mandoc', () => {
    const file = join(temporaryFolder('man'), 'regsweep.1');
    writeFileSync(file, PAGE);
    expect(execFileSync('mandoc', ['-Tlint', '-Wstyle', file], { encoding: 'utf8' })).toBe('');
    const shown = execFileSync('mandoc', ['-Tutf8', file], { encoding: 'utf8' }).replaceAll(/.\u0008/g, '');
    expect(shown).toContain('regsweep sweep ROOT\n');
    expect(shown).toContain("--fail-if 'reclaimable > 50G or damage > 0'\n");
    expect(shown).toContain('# shows what would go, and stops\n           regsweep sweep /var/lib/registry\n');
  });
});

describe('text in a manual page', () => {
  test.each([
    ['.so /etc/passwd', String.raw`\&.so /etc/passwd`],
    ["'br", String.raw`\(aqbr`],
    ['`~/x^2`', String.raw`\(ga\(ti/x\(ha2\(ga`],
    [String.raw`a\fBb --c`, String.raw`a\efBb \-\-c`],
  ])('%j is no request and no escape', (text, escaped) => expect(escapeRoff(text)).toBe(escaped));

  test('a line that is filled is none either, wherever it is broken', () => {
    const lines = filled(`${'x'.repeat(70)} and then .so`);
    expect(lines).toEqual([`${'x'.repeat(70)} and then`, String.raw`\&.so`]);
  });
});
