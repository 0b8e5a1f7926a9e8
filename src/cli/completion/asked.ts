/** What the word at the cursor may become, going by the words before it and by what commands declare. Pure. */
import type { CommandDescription, OptionDescription } from '../description.ts';

/** What may stand there, with what it means where that can be said. */
export interface Candidate {
  readonly word: string;
  readonly describe?: string;
}

/** How the names of a registry are written: `REPO`, `REPO:TAG` or `REPO@DIGEST`, or any of these. */
type NameForm = 'repository' | 'image' | 'any';

export type Asked =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  | { readonly kind: 'files' }
  | {
      readonly kind: 'names';
      readonly form: NameForm;
      /** What stands there so far. */
      readonly typed: string;
      /** What the shell has in the same word before it, as `--repo=`. */
      readonly before: string;
      /** As they stand in the line. */
      readonly root: string;
      readonly database?: string;
    };

/** The options and positionals whose values are paths. */
const PATHS: ReadonlySet<string> = new Set([
  'root',
  'file',
  'db',
  'state',
  'output',
  'policy',
  'compare',
  'plan',
  'keep-digests',
  'registry-ca',
  'registry-config',
]);

/** Those whose values are names of the registry. */
const NAMES: ReadonlyMap<string, NameForm> = new Map([
  ['repo', 'repository'],
  ['pull-check', 'image'],
  ['ref', 'any'],
]);

/** The command whose `reference` is no whole repository. */
const OF_IMAGES = 'why';

const NOTHING: Asked = { kind: 'words', words: [] };

/**
 * What is asked for by the words of a line after `regsweep`. The last one is the one at the cursor, empty where nothing stands
 * there yet.
 */
export function askedFor(words: readonly string[], commands: readonly CommandDescription[]): Asked {
  const current = words.at(-1) ?? '';
  const { command, rest, namesCommand } = commandOf(words.slice(0, -1), commands);
  if (command === undefined) return below(rest, current, commands);
  const line = readLine(rest, command);
  const value = /^(--[^=]+=)(.*)$/s.exec(current);
  if (value !== null) return valueOf(optionOf(value[1]?.slice(0, -1), command), value[2] ?? '', value[1] ?? '', line);
  if (line.open !== undefined) return valueOf(line.open, current, '', line);
  if (current.startsWith('-') && !line.isOver) return { kind: 'words', words: optionsOf(command, line, current) };
  const positional = command.positionals[line.given.length] ?? command.positionals.findLast(({ repeats }) => repeats);
  // What stands first may be a command, or ROOT of the one that is done without any.
  const first = namesCommand || rest.length > 0 ? [] : below([], current, commands).words;
  if (first.length > 0) return { kind: 'words', words: first };
  const asked = valueOf(positional, current, '', line);
  return asked.kind === 'names' && command.name === OF_IMAGES ? { ...asked, form: 'image' } : asked;
}

interface FoundCommand {
  /** Absent where a command is named that has others below it, and none of these. */
  readonly command?: CommandDescription;
  /** The words after it; without a command: those that name it. */
  readonly rest: readonly string[];
  readonly namesCommand: boolean;
}

function commandOf(words: readonly string[], commands: readonly CommandDescription[]): FoundCommand {
  const [first = '', second = ''] = words;
  const isAbove = commands.some(({ name }) => name.startsWith(`${first} `));
  const name = isAbove ? `${first} ${second}` : first;
  const named = commands.find((command) => command.name === name);
  if (named !== undefined) return { command: named, rest: words.slice(isAbove ? 2 : 1), namesCommand: true };
  if (isAbove) return { rest: words, namesCommand: true };
  const usual = commands.find(({ isDefault }) => isDefault);
  return { ...(usual === undefined ? {} : { command: usual }), rest: words, namesCommand: false };
}

/** The commands that may follow these words. */
function below(words: readonly string[], current: string, commands: readonly CommandDescription[]) {
  const depth = words.length;
  const found = new Map<string, Candidate>();
  for (const { name, describe } of commands) {
    const parts = name.split(' ');
    const word = parts[depth];
    if (word === undefined || !word.startsWith(current) || words.some((given, at) => parts[at] !== given)) continue;
    if (!found.has(word)) found.set(word, parts.length === depth + 1 ? { word, describe } : { word });
  }
  return { kind: 'words', words: [...found.values()] } as const;
}

/** What stands in a line before the cursor. */
interface Line {
  readonly given: readonly string[];
  /** By the names of the options; flags have no value. */
  readonly options: ReadonlyMap<string, string | undefined>;
  /** The option whose value comes next. */
  readonly open?: OptionDescription;
  /** `--` stands in it: no option follows. */
  readonly isOver: boolean;
}

function readLine(words: readonly string[], command: CommandDescription): Line {
  const given: string[] = [];
  const options = new Map<string, string | undefined>();
  let open: OptionDescription | undefined;
  let isOver = false;
  for (const word of words) {
    if (open !== undefined) {
      options.set(open.name, word);
      open = undefined;
    } else if (isOver || !word.startsWith('-')) given.push(word);
    else if (word === '--') isOver = true;
    else {
      const [name, ...value] = word.split('=');
      const option = optionOf(name, command);
      if (option === undefined) continue;
      options.set(option.name, value.length > 0 ? value.join('=') : undefined);
      if (value.length === 0 && !option.isFlag) open = option;
    }
  }
  return { given, options, isOver, ...(open === undefined ? {} : { open }) };
}

function optionOf(word: string | undefined, { options }: CommandDescription): OptionDescription | undefined {
  return options.find(({ name, alias }) => word === `--${name}` || (alias !== undefined && word === `-${alias}`));
}

function optionsOf({ options }: CommandDescription, line: Line, current: string): readonly Candidate[] {
  return [...options, HELP]
    .filter(({ name, repeats }) => repeats || !line.options.has(name))
    .map(({ name, describe }) => ({ word: `--${name}`, describe }))
    .filter(({ word }) => word.startsWith(current));
}

const HELP = { name: 'help', describe: 'what the command does, and its options', repeats: false } as const;

function valueOf(option: OptionDescription | undefined, typed: string, before: string, line: Line): Asked {
  if (option === undefined) return NOTHING;
  const { choices, name } = option;
  if (choices.length > 0) {
    const words = choices.filter((choice) => choice.startsWith(typed)).map((choice) => ({ word: before + choice }));
    return { kind: 'words', words };
  }
  if (PATHS.has(name)) return { kind: 'files' };
  const form = NAMES.get(name);
  const [root] = line.given;
  if (form === undefined || root === undefined) return NOTHING;
  const database = line.options.get('db');
  return { kind: 'names', form, typed, before, root, ...(database === undefined ? {} : { database }) };
}
