/**
 * The command line as data: the same declarations that yargs gets, told to something that only takes them down. So the
 * manual and the completion know what `--help` knows, and neither has to load yargs.
 */
import type { Argv } from 'yargs';
import { withCommands } from './commands/all.ts';
import type { RunningCommand } from './context.ts';

/** An option or a positional, as it was declared. */
export interface OptionDescription {
  /** Without dashes. */
  readonly name: string;
  readonly alias?: string;
  /** The heading that it stands under; absent: the one of all that have none. */
  readonly group?: string;
  readonly describe: string;
  readonly isFlag: boolean;
  /** It may be given more than once, or has several words. */
  readonly repeats: boolean;
  readonly choices: readonly string[];
  /** As text; absent also of flags, which are off. */
  readonly usual?: string;
}

interface Example {
  readonly line: string;
  readonly describe: string;
}

export interface CommandDescription {
  /** The words that name it: `report`, `policy check`. */
  readonly name: string;
  /** Whether it is what is done where no command is named. */
  readonly isDefault: boolean;
  readonly describe: string;
  /** As `<root> [run..]`. */
  readonly usage: string;
  /** In the order in which they are given. */
  readonly positionals: readonly OptionDescription[];
  /** Without those that `--help` does not show. */
  readonly options: readonly OptionDescription[];
  readonly examples: readonly Example[];
}

/** As much of what yargs takes for an option as is used here. */
interface Declared {
  readonly alias?: string;
  readonly type?: string;
  readonly array?: boolean;
  readonly group?: string;
  readonly describe?: string;
  readonly choices?: readonly string[];
  readonly default?: string | boolean;
  readonly hidden?: boolean;
}

/** Every command in the order of `--help`, those below another one after it. */
export function describeCommands(): readonly CommandDescription[] {
  const taken = new Taken();
  withCommands(taken.program(), NOWHERE);
  return taken.commands;
}

/** A command asks where it runs only when it does. */
const NOWHERE = {} as RunningCommand;

/** Takes down what declarations say. It has those methods of yargs that they call; a test declares every command. */
class Taken {
  readonly commands: CommandDescription[] = [];
  readonly options: OptionDescription[] = [];
  readonly positionals = new Map<string, OptionDescription>();
  readonly examples: Example[] = [];

  /** `before`: the words of the command that this is below. */
  constructor(private readonly before = '') {}

  program(): Argv {
    return this as unknown as Argv;
  }

  command(names: string | readonly string[], describe: string, builder: (program: Argv) => unknown): this {
    const [first = '', ...others] = typeof names === 'string' ? [names] : names;
    const [word = '', ...usage] = first.split(' ');
    const name = this.before + word;
    const below = new Taken(`${name} `);
    builder(below.program());
    this.commands.push(
      {
        name,
        isDefault: others.includes('$0'),
        describe,
        usage: usage.join(' '),
        positionals: usage.flatMap((given) => below.positionals.get(given.replaceAll(/[^\w-]/g, '')) ?? []),
        options: below.options,
        examples: below.examples,
      },
      ...below.commands,
    );
    return this;
  }

  option(name: string, declared: Declared): this {
    if (declared.hidden !== true) this.options.push(described(name, declared));
    return this;
  }

  positional(name: string, declared: Declared): this {
    this.positionals.set(name, described(name, declared));
    return this;
  }

  example(text: string): this {
    const [describe = '', line = ''] = text.replace('$0', 'regsweep').split('\n');
    this.examples.push({ line, describe: describe.replace('# ', '') });
    return this;
  }

  demandCommand(): this {
    return this;
  }
}

function described(name: string, declared: Declared): OptionDescription {
  const { alias, group, describe = '', choices = [], array = false, type } = declared;
  const isFlag = type === 'boolean';
  return {
    name,
    ...(alias === undefined ? {} : { alias }),
    ...(group === undefined ? {} : { group }),
    describe,
    isFlag,
    repeats: array,
    choices,
    ...(isFlag || declared.default === undefined ? {} : { usual: String(declared.default) }),
  };
}
