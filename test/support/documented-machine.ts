/** A copy of the fixture as the pages of the documentation speak of it, and a shell in which their commands are run. */
import { execa } from 'execa';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILT_PROGRAM } from './built-program.ts';
import type { DocumentedCommand } from './documented-commands.ts';
import { copyListed, readFixtureTimes } from './fixture-times.ts';
import { FIXTURE_ROOT, FIXTURE_TIMES } from './fixture.ts';

export const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** The registry root of the pages. */
const ROOT = '/var/lib/registry';
const DAY_MS = 86_400_000;
/** The run that a page means by RUN: the newest. */
const NEWEST_RUN = `$(regsweep runs "$ROOT" --json | node -p 'JSON.parse(fs.readFileSync(0)).runs.at(-1).run')`;

export interface DocumentedMachine {
  readonly run: (
    documented: DocumentedCommand,
  ) => Promise<{ status: number | undefined; output: string; errors: string }>;
  readonly remove: () => void;
}

/**
 * A folder with a registry and a place to work. Its path is as long as the one in the pages, for lines break where paths end:
 * so it lies in `/tmp`, whatever the place for temporary files is.
 */
export async function documentedMachine(): Promise<DocumentedMachine> {
  const folder = mkdtempSync('/tmp/');
  const root = join(folder, 'regis');
  if (root.length !== ROOT.length) throw new Error(`${root} is not as long as ${ROOT}`);
  const { folders, files } = readFixtureTimes(FIXTURE_TIMES);
  await copyListed(FIXTURE_ROOT, root, { folders: aged(folders), files: aged(files) });
  ageUploads(root, Object.keys(files));
  const [bin, work] = [join(folder, 'bin'), join(folder, 'work')];
  mkdirSync(bin);
  writeFileSync(join(bin, 'regsweep'), `#!/bin/sh\nexec "${process.execPath}" "${BUILT_PROGRAM}" "$@"\n`, {
    mode: 0o755,
  });
  mkdirSync(work);
  for (const name of readdirSync(join(DOCS, 'examples'))) {
    writeFileSync(join(work, name), readFileSync(join(DOCS, 'examples', name), 'utf8').replaceAll(ROOT, root));
  }
  const environment = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    LC_ALL: 'C.UTF-8',
    COLUMNS: '100',
    ROOT: root,
  };
  return {
    run: async ({ command }) => {
      const typed = command.replaceAll(ROOT, root).replaceAll(/\bRUN\b/g, NEWEST_RUN);
      const options = { cwd: work, env: environment, extendEnv: false, reject: false, stdin: 'ignore' } as const;
      const { exitCode, stdout, stderr } = await execa('bash', ['-c', typed], options);
      return { status: exitCode, output: asDocumented(stdout, root), errors: stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Thirty days old, whenever the page is tried. */
function aged(listed: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const then = new Date(Date.now() - 30 * DAY_MS).toISOString();
  return Object.fromEntries(Object.keys(listed).map((path) => [path, then]));
}

/** An upload says itself when it began. */
function ageUploads(root: string, files: readonly string[]): void {
  const then = new Date(Date.now() - 30 * DAY_MS);
  for (const path of files.filter((file) => file.endsWith('/startedat'))) {
    writeFileSync(join(root, path), then.toISOString().replace(/\.\d+Z$/, 'Z'));
    utimesSync(join(root, path), then, then);
  }
}

/** What is another each time is given a value of its own: the time, how long it took, the name of a run. */
function asDocumented(text: string, root: string): string {
  return text
    .replaceAll(root, ROOT)
    .replaceAll(/\d{4}-\d\d-\d\d/g, '2026-11-26')
    .replaceAll(/\d\d:\d\d:\d\d/g, '03:30:00')
    .replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{4}/g, '20261126T033000Z-0000')
    .replaceAll(/in \d+\.\d+ s\b/g, 'in 0.10 s')
    .replaceAll(/[^\S\n]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}
