/** One run of the real collector beside what was predicted of it: the same tree, the same end, or a line for each difference. */
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { brokenTags, type BrokenTags } from '../../src/distribution/broken-tags.ts';
import type { Dialect } from '../../src/distribution/dialect.ts';
import type { Steps } from '../../src/distribution/driver.ts';
import { predict, type Prediction } from '../../src/distribution/predict.ts';
import { parseDigest, type Digest } from '../../src/layout/digest.ts';
import { blobFolder, LAYOUT_FOLDER, revisionFolder, tagIndexEntryFolder } from '../../src/layout/paths.ts';
import { VolumeFiles } from '../../src/scan/registry-files.ts';
import { garbageCollect } from './real-registry.ts';
import { wholeOf, type Whole } from './whole.ts';

export interface RunOptions {
  readonly deleteUntagged: boolean;
  readonly dialect?: Dialect;
  readonly roundsLimit?: number;
}

export type Predicted = Prediction & BrokenTags;

/** What is predicted for a volume. */
export function predicted(root: string, { dialect = 'distribution-2.8', ...options }: RunOptions): Predicted {
  const files = new VolumeFiles();
  const prediction = finish(predict({ files, root, dialect, ...options }));
  return { ...prediction, ...finish(brokenTags(files, root, prediction.gone)) };
}

function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export interface ComparedRun {
  readonly prediction: Predicted;
  /** Whether the real collector took anything. */
  readonly changed: boolean;
  readonly differences: readonly string[];
}

/** Predicts, runs the real collector on the same volume, and compares. `root` has a folder of its own above it. */
export async function comparedRun(root: string, options: RunOptions): Promise<ComparedRun> {
  const around = dirname(root);
  const prediction = predicted(root, options);
  const { uncertain } = prediction.gone;
  const before = entriesOf(around);
  const expected = expectedPaths(around, root, prediction, before);
  // Where nothing goes no tag can break, and most runs take nothing.
  const whole = expected.size > 0 ? wholeOf(root, { referrers: false }) : undefined;
  const real = await garbageCollect(root, { dryRun: false, ...options });
  const after = entriesOf(around);
  const removed = new Set([...before.keys()].filter((path) => !after.has(path)));
  const differences = [
    ...endDifferences(prediction, real.exitCode, real.stderr),
    ...pathDifferences(expected, removed, uncertain),
    ...[...after].filter(([path, kind]) => before.get(path) !== kind).map(([path]) => `changed: ${path}`),
    ...(whole === undefined || uncertain ? [] : tagDifferences(prediction, whole, wholeOf(root, { referrers: false }))),
  ];
  return { prediction, changed: removed.size > 0, differences };
}

/** Every entry below a folder, by its path relative to that, byte by byte: what it is, and a file's size and time. */
function entriesOf(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (path: Buffer, prefix: string): void => {
    for (const entry of readdirSync(path, { encoding: 'buffer', withFileTypes: true })) {
      const below = Buffer.concat([path, Buffer.from('/'), entry.name]);
      const name = prefix + entry.name.toString('latin1');
      const { size, mtimeMs } = lstatSync(below);
      found.set(name, entry.isFile() ? `file ${size} ${mtimeMs}` : entry.isDirectory() ? 'folder' : 'other');
      if (entry.isDirectory()) walk(below, `${name}/`);
    }
  };
  walk(Buffer.from(folder), '');
  return found;
}

function endDifferences(prediction: Prediction, exitCode: number, stderr: string): readonly string[] {
  const { ending, gone } = prediction;
  const status = { done: 0, abort: 1, panic: 2, endless: -1 }[ending.kind];
  const message = /(?:failed to garbage collect: |panic: )[^]*$/
    .exec(stderr)?.[0]
    .split('\n\ngoroutine ')[0]
    ?.trimEnd();
  const wanted = ending.kind === 'done' ? undefined : ending.message.trimEnd();
  return [
    ...(status === exitCode ? [] : [`exit status ${exitCode}, predicted ${status}`]),
    // Where several could fail, which one comes first is chance.
    ...(message === wanted || gone.uncertain ? [] : [`message: ${message ?? 'none'}\npredicted: ${wanted ?? 'none'}`]),
  ];
}

/** Relative to the folder above the root, as `snapshot` has them, all that is below what goes. */
function expectedPaths(
  around: string,
  root: string,
  { gone }: Prediction,
  before: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const folders = [
    ...gone.blobs.map(({ digest }) => blobFolder(checked(digest))),
    ...gone.revisions.map(({ repository, digest }) => revisionFolder(repository, checked(digest))),
    ...gone.tagIndexEntries.map(({ repository, tag, digest }) => tagIndexEntryFolder(repository, tag, checked(digest))),
  ].map((path) => placeOf(around, join(root, LAYOUT_FOLDER, path)));
  const tops = new Set(folders);
  return new Set([...before.keys()].filter((path) => prefixesOf(path).some((prefix) => tops.has(prefix))));
}

function checked(digest: string): Digest {
  const parsed = parseDigest(digest);
  if (parsed === undefined) throw new Error(`${digest} is no digest, and is to go`);
  return parsed;
}

/** Where a path stands, whatever symbolic links lead to the folder above it. */
function placeOf(around: string, path: string): string {
  return relative(around, join(realpathSync(dirname(path)), path.slice(path.lastIndexOf('/') + 1)));
}

function prefixesOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function pathDifferences(
  expected: ReadonlySet<string>,
  removed: ReadonlySet<string>,
  uncertain: boolean,
): readonly string[] {
  return [
    ...[...removed].filter((path) => !expected.has(path)).map((path) => `went, and was not predicted: ${path}`),
    ...(uncertain ? [] : [...expected].filter((path) => !removed.has(path)).map((path) => `did not go: ${path}`)),
  ];
}

/** The independent check says which tags were whole and are no more. */
function tagDifferences({ broken }: Predicted, before: Whole, after: Whole): readonly string[] {
  const lost = [...before.tags].filter(
    ([tag, lines]) => isWhole(lines) && !isWhole(after.tags.get(tag) ?? ['gone absent']),
  );
  const found = new Set(lost.map(([tag]) => tag));
  const said = new Set(broken.map(({ repository, tag }) => `${repository}:${tag}`));
  return [
    ...[...found].filter((tag) => !said.has(tag)).map((tag) => `broken, and not predicted: ${tag}`),
    ...[...said].filter((tag) => !found.has(tag)).map((tag) => `not broken: ${tag}`),
  ];
}

/** Layers are not hashed by a prediction: that one has other content is damage that no collector looks for. */
function isWhole(lines: readonly string[]): boolean {
  return !lines.some((line) =>
    (line.startsWith('blob ') ? / absent,|, not linked$/ : / (?:absent|wrong)\b|, not linked$/).test(line),
  );
}
