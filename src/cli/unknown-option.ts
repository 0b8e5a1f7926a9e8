import { nearestName } from '../shared/nearest.ts';
import type { CommandDescription } from './description.ts';

/** yargs takes these for options, too; nobody is told so. */
export const POSITIONAL_NAMES: ReadonlySet<string> = new Set(['root', 'file', 'reference', 'run', 'shell', 'sql']);

/** The options of a command as yargs has them, without dashes: names by name, and those that it made up by itself. */
interface Options {
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly newAliases: Readonly<Record<string, boolean>>;
}

/** The options that somebody may have meant by those that are not known, as `--keep-last`, in the order of the arguments. */
export function meantOptions(argv: readonly string[], { aliases, newAliases }: Options): readonly string[] {
  const isDeclared = (name: string): boolean => Object.hasOwn(aliases, name) && !Object.hasOwn(newAliases, name);
  // Of `trash` and `no-trash`, which is what `--help` shows, the first is there for yargs.
  const shown = Object.keys(aliases).filter(
    (name) => isDeclared(name) && !isDeclared(`no-${name}`) && !POSITIONAL_NAMES.has(name),
  );
  const meant = unknownOptions(argv, { aliases, newAliases }).flatMap((name) => {
    const nearest = nearestName(name, shown);
    return nearest === undefined ? [] : [`--${nearest}`];
  });
  return [...new Set(meant)];
}

/** Whose the options are that this command does not know and others do, as `--by belongs to rank`. */
export function optionsElsewhere(
  argv: readonly string[],
  options: Options,
  commands: readonly CommandDescription[],
): readonly string[] {
  return [...new Set(unknownOptions(argv, options))].flatMap((name) => {
    const owners = commands.filter((command) => command.options.some((option) => option.name === name));
    return owners.length === 0 ? [] : [`--${name} belongs to ${owners.map((owner) => owner.name).join(', ')}`];
  });
}

/** By name, in the order of the arguments. */
function unknownOptions(argv: readonly string[], { aliases, newAliases }: Options): readonly string[] {
  const isDeclared = (name: string): boolean => Object.hasOwn(aliases, name) && !Object.hasOwn(newAliases, name);
  const isKnown = (name: string): boolean =>
    Object.hasOwn(aliases, name) && [name, ...(aliases[name] ?? [])].some(isDeclared);
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).flatMap((argument) => {
    const name = /^--([^=]+)/.exec(argument)?.[1];
    return name === undefined || isKnown(name) || isKnown(name.replace(/^no-/, '')) ? [] : [name];
  });
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
