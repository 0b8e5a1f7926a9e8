/** The manual page, out of what the commands declare: `--help` and this say the same of the same options. */
import { describeCommands, type CommandDescription, type OptionDescription } from '../../src/cli/description.ts';
import { EXIT_MEANINGS } from '../../src/cli/exit-codes.ts';
import { VERSION } from '../../src/shared/version.ts';
import { bold, entry, escapeRoff, filled, italic, paragraph, section, subsection, verbatim } from './roff.ts';

const ABOUT = 'looks into a Docker registry volume, offline, and sweeps it in a maintenance window';

const DESCRIPTION = [
  'regsweep reads the volume of a registry that keeps its data in the layout of CNCF Distribution, straight from the disk: it needs no running registry, no API and no network. It says what a sweep would free and why, and, where it is told to and has proof that nobody writes, carries that out. What goes lies in a trash until it is purged, and can be restored.',
  "ROOT is the registry's rootdirectory (as /var/lib/registry), a folder inside it down to v2, or the path of the registry's config.yml. Without a command the report is made.",
  'Nothing that reads ever writes under ROOT. sweep, rm and repair only show what they would do until they are told --apply.',
] as const;

const FILES: readonly (readonly [string, string])[] = [
  ['ROOT/.regsweep/', 'lock, journals and trash of runs; --state names another folder'],
  [
    '$XDG_CACHE_HOME/regsweep/NAME-HASH.sqlite',
    'the index of a volume: derived data, which may be deleted; --db names another file. Without XDG_CACHE_HOME: ~/.cache',
  ],
  ['~/.docker/config.json', 'credentials for --registry-url, as docker login leaves them'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['XDG_CACHE_HOME', 'the folder of the index, see FILES'],
  [
    'REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY',
    'goes before what the config.yml that is ROOT says, as for the registry',
  ],
  ['REGSWEEP_REGISTRY_USER, REGSWEEP_REGISTRY_PASSWORD', 'credentials for --registry-url'],
  ['DOCKER_CONFIG', 'the folder of config.json with credentials for --registry-url; default: ~/.docker'],
  ['NO_COLOR, FORCE_COLOR, TERM', 'whether --color auto colours'],
  ['COLUMNS', 'the width of tables where the output is no terminal'],
  ['LC_ALL, LC_CTYPE, LANG', 'where none of them says UTF-8, bars are drawn in ASCII'],
];

/** `date`: as 2026-11-01, of what the page was built. */
export function manPage(date: string): string {
  const all = describeCommands();
  const commands = all.filter(({ name }) => !all.some((other) => other.name.startsWith(`${name} `)));
  const shared = sharedOptions(commands);
  const lines = [
    `.TH REGSWEEP 1 ${date} "regsweep ${VERSION}" "User Commands"`,
    ...section('Name'),
    ...filled(`regsweep - ${ABOUT}`),
    ...section('Synopsis'),
    `${bold('regsweep')} [${italic('COMMAND')}] ${italic('ROOT')} [${italic('OPTIONS')}]`,
    ...section('Description'),
    ...DESCRIPTION.flatMap(paragraph).slice(1),
    ...section('Commands'),
    ...commands.flatMap((command) => describedCommand(command, shared)),
    ...section('Options of several commands'),
    ...describedOptions([...shared.values()]),
    ...entry(`${bold('-h')}, ${bold('--help')}`, 'show what the command does, its options and examples'),
    ...entry(bold('--version'), 'show the version'),
    ...section('Exit status'),
    ...EXIT_MEANINGS.flatMap(([status, meaning]) => entry(bold(String(status)), meaning)),
    ...section('Environment'),
    ...ENVIRONMENT.flatMap(([names, meaning]) => entry(bold(names), meaning)),
    ...section('Files'),
    ...FILES.flatMap(([path, meaning]) => entry(italic(path), meaning)),
  ];
  return `${lines.join('\n')}\n`;
}

/** What tells an option from another of the same name. */
function keyOf({ name, describe, usual, choices }: OptionDescription): string {
  return JSON.stringify([name, describe, usual, choices]);
}

/** Those that more than one command has, in the same form, in the order in which they come first. */
function sharedOptions(commands: readonly CommandDescription[]): ReadonlyMap<string, OptionDescription> {
  const all = commands.flatMap(({ options }) => options);
  const keys = all.map(keyOf);
  return new Map(
    all.flatMap((option, at) => {
      const key = keys[at] ?? '';
      return keys.indexOf(key) === at && keys.includes(key, at + 1) ? [[key, option] as const] : [];
    }),
  );
}

function describedCommand(
  { name, isDefault, usage, describe, positionals, options, examples }: CommandDescription,
  shared: ReadonlyMap<string, OptionDescription>,
): readonly string[] {
  const own = options.filter((option) => !shared.has(keyOf(option)));
  const others = options.filter((option) => shared.has(keyOf(option)));
  const also = others.map((option) => `--${option.name}`).join(', ');
  return [
    ...subsection(`${escapeRoff(`regsweep ${name}`)} ${italic(wordsOf(usage))}`),
    ...filled(isDefault ? `${describe}; this is what is done without a command` : describe),
    ...positionals
      .filter(({ name: word }) => word !== 'root')
      .flatMap((given) => entry(italic(given.name.toUpperCase()), meaningOf(given))),
    ...own.flatMap((option) => entry(termOf(option), meaningOf(option))),
    ...(also === '' ? [] : paragraph(`Also, as below: ${also}.`)),
    ...examples.flatMap((example) => verbatim([`# ${example.describe}`, example.line])),
  ];
}

function describedOptions(options: readonly OptionDescription[]): readonly string[] {
  const groups = new Map<string, OptionDescription[]>();
  for (const option of options) groups.set(option.group ?? '', [...(groups.get(option.group ?? '') ?? []), option]);
  return [...groups].flatMap(([group, members]) => [
    ...subsection(escapeRoff(group.replace(/:$/, ''))),
    ...members.flatMap((option) => entry(termOf(option), meaningOf(option))),
  ]);
}

/** `<root> [run..]` as `ROOT [RUN...]`. */
function wordsOf(usage: string): string {
  return usage.replaceAll(/[<>]/g, '').replaceAll('..', '...').toUpperCase();
}

function termOf({ name, alias, isFlag, choices }: OptionDescription): string {
  const names = [...(alias === undefined ? [] : [bold(`-${alias}`)]), bold(`--${name}`)].join(', ');
  if (isFlag) return names;
  return `${names} ${choices.length > 0 ? choices.map(bold).join('|') : italic('VALUE')}`;
}

function meaningOf({ describe, usual }: OptionDescription): string {
  return usual === undefined || describe.includes('default:') ? describe : `${describe}; default: ${usual}`;
}
