/** Completion as the scripts ask for it, and as real shells do it. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { askedFor } from '../../src/cli/completion/asked.ts';
import { describeCommands } from '../../src/cli/description.ts';
import { BUILT_PROGRAM } from '../support/built-program.ts';
import { layer } from '../support/content.ts';
import { copyFixture } from '../support/fixture.ts';
import { image } from '../support/images.ts';
import { areInstalled } from '../support/installed.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const APP_09 = 'sha256:1484221da9d849a9b2588a9097318fef48d4296421a0c52d28a29887767cdab2';
/** Nobody can push these, but whoever writes to the volume can make them. */
const HOSTILE = [
  '$(touch owned)',
  '`touch owned`',
  'a;touch owned',
  'a b',
  "it's",
  '\u001b[2J',
  '-rf',
  'a\nb',
  '~',
  '*',
];

let root: string;
let hostile: string;
let cache: string;
beforeAll(async () => {
  cache = temporaryFolder('cache');
  root = await copyFixture();
  const tree = createTree(join(temporaryFolder('hostile'), 'registry'));
  tree.push('app', '1.0', image({ layers: [layer('app')] }));
  for (const name of HOSTILE) {
    tree.push(`app/${name}`, '1.0', image({ layers: [layer('app')] }));
    tree.push('app', name, image({ layers: [layer('app')] }));
  }
  hostile = tree.root;
  for (const volume of [root, hostile]) expect((await runHere(['scan', volume], cache)).status).not.toBe(2);
});

/** What the script for bash is told of a line: of what kind it is, and the words alone. */
async function answersTo(
  line: string,
  folder = cache,
): Promise<{ readonly kind: string; readonly words: readonly string[] }> {
  const { status, stdout, stderr } = await runHere(['completion', 'bash', `--line=regsweep ${line}`], folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [kind = '', ...lines] = stdout.trimEnd().split('\n');
  return { kind, words: lines.map((given) => given.split('\t')[0] ?? '') };
}

describe('what a line is completed with', () => {
  test.each([
    ['', 'words', ['report', 'rank', 'policy', 'completion']],
    ['re', 'words', ['report', 'repair', 'restore']],
    ['policy ', 'words', ['check', 'import']],
    ['policy check --', 'words', ['--format', '--help']],
    ['completion ', 'words', ['bash', 'zsh', 'fish']],
    ['rank ROOT --by o', 'words', ['orphaned-bytes', 'orphaned-layers']],
    ['rank ROOT --by=s', 'words', ['--by=size']],
    ['report ROOT --format ', 'words', ['table', 'json', 'csv', 'html']],
    ['report ROOT --no', 'words', ['--no-scan', '--no-progress']],
    ['report ROOT -', 'words', ['--untagged', '--keep-last']],
    ['ROOT --unt', 'words', ['--untagged']],
    ['', 'words', ['verify']],
    ['why ROOT a', 'open', ['app:', 'attic:']],
    ['why ROOT app:', 'words', ['app:0.9', 'app:1.0', 'app:stable']],
    ['why ROOT --chains 3 app:s', 'words', ['app:stable']],
    ['why --chains=3 ROOT app:s', 'words', ['app:stable']],
    ['why ROOT app@sha256:14', 'words', [`app@${APP_09}`]],
    ['ls ROOT shop/', 'open', ['shop/api', 'shop/web', 'shop/worker']],
    ['ls ROOT team/app', 'open', ['team/app', 'team/app/api', 'team/app:1.4.2']],
    ['rm ROOT retired nightly:', 'words', ['nightly:latest']],
    ['verify ROOT --pull-check retired:', 'words', ['retired:v2']],
    ['report ROOT --repo=sh', 'words', ['--repo=shop/api', '--repo=shop/web', '--repo=shop/worker']],
  ])('%j', async (line, kind, words) => {
    const answered = await answersTo(line.replace('ROOT', root));
    expect(answered.kind).toBe(kind);
    expect(answered.words).toEqual(expect.arrayContaining(words));
    const typed = /\S*$/.exec(line)?.[0] ?? '';
    expect(answered.words.filter((word) => !word.startsWith(typed))).toEqual([]);
  });

  test.each(['report ', '/var/', 'report --db ', 'report ROOT -o ', 'sweep ROOT --plan=', 'policy check '])(
    '%j: files, which are the business of the shell',
    async (line) => expect(await answersTo(line.replace('ROOT', root))).toEqual({ kind: 'files', words: [] }),
  );

  test('every option whose help speaks of a file or a folder is completed with files', () => {
    const commands = describeCommands();
    const wanted = commands.flatMap(({ name, options }) =>
      options
        .filter(
          ({ isFlag, choices, describe }) => !isFlag && choices.length === 0 && /\b(?:file|folder)\b/.test(describe),
        )
        .map((option) => `${name} --${option.name}`),
    );
    expect(wanted).toContain('sweep --state');
    const files = wanted.filter((line) => askedFor([...line.split(' '), ''], commands).kind === 'files');
    expect(files).toEqual(wanted);
  });

  test.each(['nothing ROOT more ', 'report ROOT ', 'rank ROOT --top ', 'policy nothing ', 'why ROOT no/such:'])(
    '%j: nothing',
    async (line) => expect(await answersTo(line.replace('ROOT', root))).toEqual({ kind: 'words', words: [] }),
  );

  test('an option that was given is not offered again, unless it may be', async () => {
    const { words } = await answersTo(`report ${root} --untagged --repo app --`);
    expect(words).not.toContain('--untagged');
    expect(words).toContain('--repo');
  });

  test('without an index there are no names, no message, and no scan', async () => {
    const empty = temporaryFolder('cache');
    expect(await answersTo(`why ${root} a`, empty)).toEqual({ kind: 'words', words: [] });
    expect(existsSync(join(empty, 'regsweep'))).toBe(false);
  });

  test('--db names another index, quoted or not, and ~ is the home', async () => {
    const home = join(temporaryFolder('home'), 'of me');
    mkdirSync(home);
    const database = join(home, 'index.sqlite');
    expect((await runHere(['scan', root, '--db', database], cache)).status).toBe(0);
    const empty = temporaryFolder('cache');
    for (const written of [`"${database}"`, `'${database}'`, database.replace(' ', '\\ ')]) {
      expect((await answersTo(`why ${root} --db ${written} app:s`, empty)).words).toEqual(['app:stable']);
    }
    const line = `--line=regsweep why ${root} --db ~/index.sqlite app:s`;
    const { stdout } = await runHere(['completion', 'bash', line], empty, { HOME: home });
    expect(stdout).toBe('words\napp:stable\n');
  });

  test('no more than 200 names', async () => {
    const tree = createTree(join(temporaryFolder('many'), 'registry'));
    for (let count = 0; count < 250; count++)
      mkdirSync(join(tree.root, `docker/registry/v2/repositories/r${count}/_layers`), { recursive: true });
    mkdirSync(join(tree.root, 'docker/registry/v2/blobs'), { recursive: true });
    await runHere(['scan', tree.root], cache);
    expect((await answersTo(`ls ${tree.root} r`)).words).toHaveLength(200);
  });

  test('a name that the registry would refuse is never given to a shell', async () => {
    const listed = await runHere(['ls', hostile, '--no-scan', '--json'], cache);
    expect(listed.stdout).toContain('$(touch owned)');
    expect(await answersTo(`ls ${hostile} a`)).toEqual({ kind: 'open', words: ['app', 'app:1.0'] });
    expect(await answersTo(`why ${hostile} app:`)).toEqual({ kind: 'words', words: ['app:1.0'] });
  });
});

/** A folder with `regsweep` in it: the shipped program as far as it completes, and otherwise what it was given, one line. */
function programs(): string {
  const folder = temporaryFolder('programs');
  const path = join(folder, 'regsweep');
  const script = `#!/bin/sh\nif [ "$1" = completion ]; then exec '${process.execPath}' '${BUILT_PROGRAM}' "$@"; fi\nprintf '<%s>\\n' "$*"\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return folder;
}

function surroundings(folder: string): Record<string, string> {
  return {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    XDG_CACHE_HOME: cache,
    HOME: folder,
    TERM: 'dumb',
    LC_ALL: 'C.UTF-8',
  };
}

/** Types into a shell on a terminal of its own, and gives what `regsweep` was called with by each line. */
async function typedInto(shell: string, folder: string, lines: readonly string[]): Promise<readonly string[]> {
  const child = spawn('script', ['-qec', shell, '/dev/null'], {
    cwd: folder,
    env: surroundings(folder),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await expect.poll(() => said, { timeout: 30_000 }).toContain('ready> ');
  child.stdin.write(`${lines.join('\n')}\nexit\n`);
  await new Promise((done) => child.on('close', done));
  return [...said.matchAll(/^<(.*)>\r?$/gm)].map(([, given]) => given ?? '');
}

const LINES = (volume: string): readonly string[] => [
  'regsweep his\t' + `${volume} --no-s\t`,
  `regsweep why ${volume} app:s\t`,
  `regsweep why ${volume} retir\t\t`,
  `regsweep rank ${volume} --by=orphaned-l\t`,
  `regsweep rank ${volume} --by='orphaned-l\t`,
  `regsweep rank ${volume} --by grow\t`,
  'regsweep report --db some\t',
];

const COMPLETED = (volume: string): readonly string[] => [
  `history ${volume} --no-scan`,
  `why ${volume} app:stable`,
  `why ${volume} retired:v2`,
  `rank ${volume} --by=orphaned-layers`,
  `rank ${volume} --by=orphaned-layers`,
  `rank ${volume} --by growth`,
  'report --db some-file',
];

describe.skipIf(!areInstalled(['script', 'zsh', 'fish'], 'tests of completion in shells'))('a real shell', () => {
  let folder: string;
  beforeAll(() => {
    folder = programs();
    writeFileSync(join(folder, 'some-file'), '');
    writeFileSync(join(folder, '.bashrc'), "PS1='ready> '\nsource <(regsweep completion bash)\n");
    const load = 'fpath=($HOME $fpath)\nautoload -U compinit\ncompinit -u -D\n';
    writeFileSync(join(folder, '.zshrc'), `PS1='ready> '\nunsetopt zle_bracketed_paste 2>/dev/null\n${load}`);
    const completion = execFileSync('regsweep', ['completion', 'zsh'], { env: surroundings(folder) });
    writeFileSync(join(folder, '_regsweep'), completion);
  });

  test.each(['bash -i', 'zsh -i'])(
    '%s completes commands, options, values, files and names of the index, and carries nothing out that it completes',
    async (shell) => {
      const erased = [
        `regsweep ls ${hostile} a\t\t\u0015`,
        'regsweep ls $(touch owned) a\t\u0015',
        'regsweep ls `touch owned` a\t\u0015',
      ];
      expect(await typedInto(shell, folder, [...erased, ...LINES(root)])).toEqual(COMPLETED(root));
      expect(existsSync(join(folder, 'owned'))).toBe(false);
    },
  );

  /** What fish offers for each of these lines. */
  function offeredByFish(lines: readonly string[]): readonly (readonly string[])[] {
    const script = 'regsweep completion fish | source; for line in $argv; complete -C $line; echo; end';
    const said = execFileSync('fish', ['--no-config', '-c', script, ...lines], {
      cwd: folder,
      env: surroundings(folder),
      encoding: 'utf8',
    });
    const offered = said.split('\n').map((given) => given.split('\t')[0] ?? '');
    return lines.map(() => offered.splice(0, offered.indexOf('') + 1).slice(0, -1));
  }

  test('fish offers the same, and carries nothing out', () => {
    const asked = {
      'regsweep his': ['history'],
      [`regsweep why ${root} app:s`]: ['app:stable'],
      [`regsweep rank ${root} --by=orphaned-l`]: ['--by=orphaned-layers'],
      'regsweep report --db some': ['some-file'],
      [`regsweep ls ${hostile} a`]: ['app', 'app:1.0'],
    };
    const hurting = ['regsweep ls $(touch owned) a', 'regsweep ls (touch owned) a'];
    const offered = offeredByFish([...hurting, ...Object.keys(asked)]);
    expect(offered.slice(hurting.length)).toEqual(Object.values(asked));
    expect(existsSync(join(folder, 'owned'))).toBe(false);
  });
});
