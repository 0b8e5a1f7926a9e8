/** The options that several commands share. Building them loads nothing but yargs: `--help` must be cheap. */
import type { ArgumentsCamelCase, Argv } from 'yargs';

/** The arguments that a builder of options gives its command. */
export type ArgumentsOf<Builder extends (program: Argv) => unknown> =
  ReturnType<Builder> extends Argv<infer A> ? ArgumentsCamelCase<A> : never;

export const DEFAULT_MIN_AGE = '1h';
export const DEFAULT_UPLOADS_OLDER_THAN = '168h';

const REGISTRY = 'Registry and index:';
const MARKING = 'What is kept:';
const OUTPUT = 'Output:';
/** The group of the options that only one command has. */
export const OWN_OPTIONS = 'What is shown:';

/** An example as yargs takes it: what it is for, and then the line by itself, so that it is copied whole. */
export function example(line: string, describe: string): readonly [text: string, beside: ''] {
  return [`# ${describe}\n$0 ${line}`, ''];
}

/** `ROOT`, in any of its forms. */
export function withRoot<T>(program: Argv<T>) {
  return program.positional('root', {
    type: 'string',
    demandOption: true,
    describe: "the registry's rootdirectory, a folder inside it down to v2, or the path of its config.yml",
  });
}

/** Where the index is. */
export function withDatabase<T>(program: Argv<T>) {
  return program.option('db', {
    type: 'string',
    requiresArg: true,
    group: REGISTRY,
    describe: 'the index database; default: a file in the cache folder, never under ROOT',
  });
}

/** Where runs are kept: journals, and the trash. */
export function withState<T>(program: Argv<T>) {
  return program.option('state', {
    type: 'string',
    requiresArg: true,
    group: REGISTRY,
    describe: 'where runs are kept; default: .regsweep under the registry root',
  });
}

/** Where the index is, and how fresh it must be. */
export function withIndex<T>(program: Argv<T>) {
  return withPace(withDatabase(program))
    .option('scan', {
      type: 'boolean',
      default: true,
      hidden: true,
    })
    .option('no-scan', {
      type: 'boolean',
      group: REGISTRY,
      describe: 'answer from the index as it is, without touching the volume',
    })
    .option('full', {
      type: 'boolean',
      default: false,
      group: REGISTRY,
      describe: 'forget what was known, past scans too, and read every manifest anew',
    })
    .option('disk-usage', {
      type: 'boolean',
      default: false,
      group: REGISTRY,
      describe: 'stat every blob and link, and show allocated bytes too',
    });
}

/** How the volume is read while scanning. */
export function withPace<T>(program: Argv<T>) {
  return program
    .option('concurrency', {
      type: 'string',
      requiresArg: true,
      group: REGISTRY,
      describe: 'so many reads at once, 1 to 1024; default: as many as the latency of the volume makes worth while',
    })
    .option('max-iops', {
      type: 'string',
      requiresArg: true,
      group: REGISTRY,
      describe: 'at most so many reads a second while scanning, for a volume that serves pulls',
    });
}

/** What is too young to go. */
export function withMinAge<T>(program: Argv<T>) {
  return program.option('min-age', {
    type: 'string',
    requiresArg: true,
    default: DEFAULT_MIN_AGE,
    group: MARKING,
    describe: 'keep what is younger than this duration; 0 turns it off',
  });
}

/** What the roots are and what is held back. */
export function withMarking<T>(program: Argv<T>) {
  return withUploads(withMinAge(program))
    .option('untagged', {
      type: 'boolean',
      default: false,
      group: MARKING,
      describe: 'only tags are roots; default: every revision is',
    })
    .option('repo', {
      type: 'string',
      array: true,
      requiresArg: true,
      group: MARKING,
      describe: 'delete only in repositories that match this glob (may repeat; !GLOB excludes)',
    });
}

/** Which uploads are stale. */
export function withUploads<T>(program: Argv<T>) {
  return program.option('uploads-older-than', {
    type: 'string',
    requiresArg: true,
    default: DEFAULT_UPLOADS_OLDER_THAN,
    group: MARKING,
    describe: 'stale uploads go when older than this duration; never leaves them',
  });
}

const NUMBER = { type: 'string', requiresArg: true, group: MARKING } as const;
const CALENDARS = { hourly: 'hours', daily: 'days', weekly: 'weeks', monthly: 'months', yearly: 'years' } as const;

/** Which tags stay: by rules that are given here, or by a policy file. */
export function withRetention<T>(program: Argv<T>) {
  const kept = (calendar: keyof typeof CALENDARS) => ({
    ...NUMBER,
    describe: `keep the newest image of each of the last N ${CALENDARS[calendar]} that have any (UTC)`,
  });
  return withVersions(program)
    .option('policy', {
      type: 'string',
      requiresArg: true,
      group: MARKING,
      describe: 'keep the tags that this policy file keeps',
    })
    .option('keep-last', { ...NUMBER, describe: 'keep the N images that were pushed last, of each repository' })
    .option('keep-within', {
      type: 'string',
      requiresArg: true,
      group: MARKING,
      describe: 'keep tags that were pushed within this duration, as 30d',
    })
    .option('keep-hourly', kept('hourly'))
    .option('keep-daily', kept('daily'))
    .option('keep-weekly', kept('weekly'))
    .option('keep-monthly', kept('monthly'))
    .option('keep-yearly', kept('yearly'));
}

/** How much of what may go is wanted. */
export function withTarget<T>(program: Argv<T>) {
  return program.option('target-free', {
    type: 'string',
    requiresArg: true,
    group: MARKING,
    describe:
      'let no more go than frees this on disk, as 200G (10^9) or 200GiB (2^30): garbage first, then the oldest images',
  });
}

/** Why each tag stays or goes. */
export function withExplain<T>(program: Argv<T>) {
  return program.option('explain', {
    type: 'boolean',
    default: false,
    group: OWN_OPTIONS,
    describe: 'say of every tag which rule of the policy keeps it, or why none does',
  });
}

function withVersions<T>(program: Argv<T>) {
  return program
    .option('keep-tag', {
      type: 'string',
      array: true,
      requiresArg: true,
      group: MARKING,
      describe: 'keep tags that this regular expression matches, whole (RE2; may repeat)',
    })
    .option('keep-semver', { ...NUMBER, describe: 'keep the N highest versions among the tags' })
    .option('keep-semver-per', {
      type: 'string',
      choices: ['major', 'minor'] as const,
      requiresArg: true,
      group: MARKING,
      describe: '--keep-semver counts in each major or minor version',
    })
    .option('keep-digests', {
      type: 'string',
      requiresArg: true,
      group: MARKING,
      describe: 'keep what runs: a file of digests or image references',
    })
    .option('trust-times', {
      type: 'boolean',
      default: false,
      group: MARKING,
      describe: 'order by push times though most of a repository was pushed within minutes',
    });
}

/** How the result is printed, where it goes, and what is said beside it. */
export function withFormat<T>(program: Argv<T>, formats: readonly string[]) {
  return withOutput(
    program
      .option('format', {
        type: 'string',
        choices: formats,
        requiresArg: true,
        group: OUTPUT,
        describe: 'how to print the result; default: table',
      })
      .option('json', { type: 'boolean', default: false, group: OUTPUT, describe: 'short for --format json' }),
  );
}

/** Where the result goes, and what is said beside it: all that a command has whose result has one form. */
export function withOutput<T>(program: Argv<T>) {
  return program
    .option('output', {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      group: OUTPUT,
      describe: 'write to this file, whole or not at all, instead of stdout (- is stdout)',
    })
    .option('color', {
      type: 'string',
      choices: ['auto', 'always', 'never'],
      coerce: (given: string | false) => (given === false ? 'never' : given),
      requiresArg: true,
      default: 'auto',
      group: OUTPUT,
      describe: 'colours; auto heeds NO_COLOR and whether the output is a terminal; --no-color is never',
    })
    .option('quiet', { type: 'boolean', default: false, group: OUTPUT, describe: 'no progress, only errors on stderr' })
    .option('verbose', {
      type: 'boolean',
      default: false,
      group: OUTPUT,
      describe: 'the cause and the stack of an unexpected error',
    })
    .option('progress', { type: 'boolean', default: true, hidden: true })
    .option('no-progress', { type: 'boolean', group: OUTPUT, describe: 'no progress bar' });
}
