import { nearestName } from '../shared/nearest.ts';
import { optionWords } from './argv.ts';
import type { CommandDescription } from './description.ts';

/** The options of a command as yargs has them, without dashes: names by name, and those that it made up by itself. */
export interface ParsedOptions {
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly newAliases: Readonly<Record<string, boolean>>;
}

/** What every command has, and declares nowhere. */
const OF_ALL = ['help', 'version'] as const;

/** The options that somebody may have meant by those that are not known, as `--keep-last`, in the order of the arguments. */
export function meantOptions(
  argv: readonly string[],
  parsed: ParsedOptions,
  commands: readonly CommandDescription[],
): readonly string[] {
  // yargs takes positionals for options, too, and `trash` where `no-trash` is declared; help shows neither.
  const shown = new Set<string>([...OF_ALL, ...commands.flatMap(({ options }) => options.map(({ name }) => name))]);
  const own = Object.keys(parsed.aliases).filter((name) => shown.has(name) && isDeclared(name, parsed));
  const meant = unknownOptions(argv, parsed).flatMap((name) => {
    const nearest = nearestName(name, own);
    return nearest === undefined ? [] : [`--${nearest}`];
  });
  return [...new Set(meant)];
}

/** Whose the options are that this command does not know and others do, as `--by belongs to rank`. */
export function optionsElsewhere(
  argv: readonly string[],
  parsed: ParsedOptions,
  commands: readonly CommandDescription[],
): readonly string[] {
  return [...new Set(unknownOptions(argv, parsed))].flatMap((name) => {
    const owners = commands.filter((command) => command.options.some((option) => option.name === name));
    return owners.length === 0 ? [] : [`--${name} belongs to ${owners.map((owner) => owner.name).join(', ')}`];
  });
}

/** By name, in the order of the arguments. */
function unknownOptions(argv: readonly string[], parsed: ParsedOptions): readonly string[] {
  const isKnown = (name: string): boolean =>
    Object.hasOwn(parsed.aliases, name) &&
    [name, ...(parsed.aliases[name] ?? [])].some((spelling) => isDeclared(spelling, parsed));
  return optionWords(argv)
    .map(({ name }) => name)
    .filter((name) => !isKnown(name) && !isKnown(name.replace(/^no-/, '')));
}

function isDeclared(name: string, { aliases, newAliases }: ParsedOptions): boolean {
  return Object.hasOwn(aliases, name) && !Object.hasOwn(newAliases, name);
}

/** What yargs says of arguments that it does not know, without the second spelling that it gives a name with dashes. */
export function withoutSecondSpellings(said: string): string {
  const list = /^Unknown arguments?: (.*)$/s.exec(said)?.[1]?.split(', ');
  if (list === undefined) return said;
  const second = new Set(list.filter((name) => name.includes('-')).map(camelCased));
  const names = list.filter((name) => !second.has(name));
  return `Unknown argument${names.length > 1 ? 's' : ''}: ${names.join(', ')}`;
}

function camelCased(name: string): string {
  return name.toLowerCase().replaceAll(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
}
