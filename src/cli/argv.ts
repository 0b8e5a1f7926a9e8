/** An argument that begins with two dashes, in its parts. */
interface OptionWord {
  /** Without dashes. */
  readonly name: string;
  /** What stands behind `=`; absent where there is none. */
  readonly value?: string;
}

/** The long options of a command line, in their order: `--` ends them. */
export function optionWords(argv: readonly string[]): readonly OptionWord[] {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).flatMap((argument) => {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined) return [];
    return [{ name, ...(value === undefined ? {} : { value }) }];
  });
}
