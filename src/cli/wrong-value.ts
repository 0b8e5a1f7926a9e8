import { AppError } from '../shared/errors.ts';
import { nearestName } from '../shared/nearest.ts';
import { optionWords } from './argv.ts';
import type { CommandDescription } from './description.ts';

/** What an option was given that is none of its choices. */
export interface WrongChoice {
  readonly message: string;
  readonly nearest?: string;
}

/** Reads what yargs says of a value that is no choice (`validation.js`, `limitedChoices`); `undefined` for any other message. */
export function wrongChoice(said: string, commands: readonly CommandDescription[]): WrongChoice | undefined {
  const [, name, given, list] = /Argument: (\S+), Given: "(.*?)", Choices: (.*)$/s.exec(said) ?? [];
  if (name === undefined || given === undefined || list === undefined) return undefined;
  const choices = [...list.matchAll(/"([^"]*)"/g)].map(([, choice]) => choice ?? '');
  const isPositional = commands.some(({ positionals }) => positionals.some((positional) => positional.name === name));
  const shown = isPositional ? name.toUpperCase() : `--${name}`;
  const nearest = nearestName(given, choices);
  return {
    message: `${shown}: "${given}" is none of ${choices.join(', ')}`,
    ...(nearest === undefined ? {} : { nearest }),
  };
}

/**
 * Refuses, as `usage`, a flag that was given a word: yargs takes all but `true` for false, and so `--untagged=yes` for nothing
 * at all, and of `--no-trash=true` it knows nothing either.
 */
export function refuseValuesOfFlags(argv: readonly string[], given: Readonly<Record<string, unknown>>): void {
  for (const { name, value } of optionWords(argv)) {
    if (value === undefined || typeof given[name] !== 'boolean') continue;
    if (!name.startsWith('no-') && /^(?:true|false)$/.test(value)) continue;
    throw new AppError(
      'usage',
      `--${name} takes no value, and was given "${value}"`,
      `give --${name}, or leave it out`,
    );
  }
}
