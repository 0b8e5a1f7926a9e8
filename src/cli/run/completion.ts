import { defaultIndexPath } from '../../db/location.ts';
import { readRepositoryNames, readRevisionDigests, readTagNames } from '../../db/name-reader.ts';
import { splitReference, type NamedImage } from '../../gc/references.ts';
import { nameRegistryRoot } from '../../scan/locate.ts';
import { AppError } from '../../shared/errors.ts';
import type { CompletionArguments } from '../commands/completion.ts';
import { askedFor, type Asked, type Candidate } from '../completion/asked.ts';
import { wordsOfLine } from '../completion/line.ts';
import { SCRIPTS } from '../completion/scripts.ts';
import type { RunningCommand } from '../context.ts';
import { describeCommands } from '../description.ts';
import { writeOutput } from '../output.ts';

/** `regsweep completion`: a script for people, answers for that script. */
export async function runCompletion(args: CompletionArguments, context: RunningCommand): Promise<void> {
  const words = args.line === undefined ? args.word : wordsOfLine(args.line).slice(1);
  const text = words === undefined ? SCRIPTS[args.shell] : await answers(words, context);
  await writeOutput(text, undefined, context.stdout);
}

/** As the scripts read them (`SCRIPTS`). */
async function answers(words: readonly string[], context: RunningCommand): Promise<string> {
  const asked = askedFor(words, describeCommands());
  if (asked.kind === 'files') return 'files\n';
  const { isOpen, candidates } =
    asked.kind === 'words' ? { isOpen: false, candidates: asked.words } : await namesFor(asked, context);
  const lines = candidates.map(({ word, describe }) => (describe === undefined ? word : `${word}\t${describe}`));
  return [isOpen ? 'open' : 'words', ...lines, ''].join('\n');
}

interface Names {
  /** They are not whole: a tag or a digest comes after them. */
  readonly isOpen: boolean;
  readonly candidates: readonly Candidate[];
}

type NamesAsked = Extract<Asked, { kind: 'names' }>;

/** Nothing where there is no index, or none that can be read: whoever types is told of that when the command runs. */
async function namesFor(asked: NamesAsked, context: RunningCommand): Promise<Names> {
  const root = atHome(asked.root, context);
  try {
    const database = asked.database ?? defaultIndexPath(await nameRegistryRoot(root, context.environment));
    const { isOpen, names } = readNames(asked, atHome(database, context));
    return { isOpen, candidates: names.map((name) => ({ word: asked.before + name })) };
  } catch (error) {
    if (error instanceof AppError) return { isOpen: false, candidates: [] };
    throw error;
  }
}

function readNames(
  { form, typed }: NamesAsked,
  database: string,
): { readonly isOpen: boolean; readonly names: readonly string[] } {
  const reference = form === 'repository' ? undefined : splitReference(typed);
  if (reference !== undefined) return { isOpen: false, names: namesIn(reference, database) };
  const repositories = readRepositoryNames(database, typed);
  if (form === 'repository') return { isOpen: false, names: repositories };
  if (form === 'image') return { isOpen: true, names: repositories.map((name) => `${name}:`) };
  // Where it is clear which repository is meant, what may go on from it is worth to be seen.
  const meant = repositories.length === 1 ? repositories : repositories.filter((name) => name === typed);
  const tags = meant.flatMap((repository) => namesIn({ repository, tag: '' }, database));
  return { isOpen: true, names: [...repositories, ...tags] };
}

function namesIn(reference: NamedImage, database: string): readonly string[] {
  const { repository, tag, digest } = reference;
  return tag === undefined
    ? readRevisionDigests(database, repository, digest).map((name) => `${repository}@${name}`)
    : readTagNames(database, repository, tag).map((name) => `${repository}:${name}`);
}

/** `~` as the shell would have put it in, had it run the line. */
function atHome(path: string, { environment }: RunningCommand): string {
  return path.replace(/^~(?=\/|$)/, () => environment['HOME'] ?? '~');
}
