/** Lists the blobs. A blob is a folder named by its digest; whether `data` is in it, a stat tells where it matters. */
import { digestOf, isRegisteredAlgorithm, SHA256_DIGITS, splitSha256 } from '../layout/digest.ts';
import { BLOBS } from '../layout/paths.ts';
import { BLOB_STORED, BLOB_UNTOUCHABLE } from '../inventory/inventory.ts';
import type { Folder, Reading } from './reading.ts';
import { pieces, type BlobsTask } from './tasks.ts';
import type { Steps } from './steps.ts';

const PREFIX = /^[0-9a-f]{2}$/;
const ALGORITHM_PART = /^[a-z0-9]+$/;
/** `+ . ;` of an algorithm become `/`: no registered one has more than two parts. */
const MAX_ALGORITHM_PARTS = 3;
const PREFIXES_PER_TASK = 4;

/** The tasks that list all blobs. Reads `blobs` itself and the algorithms' folders. */
export function blobTasks(reading: Reading, throughLink: boolean): Steps<readonly BlobsTask[]> {
  return algorithmTasks(reading, { name: '', path: BLOBS, throughLink }, []);
}

function* algorithmTasks(reading: Reading, parent: Folder, parts: readonly string[]): Steps<readonly BlobsTask[]> {
  const prefixes: Folder[] = [];
  const tasks: BlobsTask[] = [];
  for (const folder of yield* reading.folders(parent.path, parent.throughLink)) {
    if (parts.length > 0 && PREFIX.test(folder.name)) prefixes.push(folder);
    else if (ALGORITHM_PART.test(folder.name) && parts.length < MAX_ALGORITHM_PARTS && !isDigestPrefix(parts, folder)) {
      tasks.push(...(yield* algorithmTasks(reading, folder, [...parts, folder.name])));
    } else reading.problem('unknown-entry', 'warning', folder.path, 'does not belong to the layout; never touched');
  }
  const algorithm = parts.join('+');
  if (parts.length > 0 && prefixes.length > 0 && !isRegisteredAlgorithm(algorithm)) {
    const message = 'is an algorithm that the registry does not know: its blobs are never touched';
    reading.problem('unknown-entry', 'warning', parent.path, message);
  }
  return [...tasks, ...prefixTasks(prefixes, { kind: 'blobs', algorithm, path: parent.path })];
}

/** Below a registered algorithm only two-digit folders belong; `zz` or `x` there is no further part of its name. */
function isDigestPrefix(parts: readonly string[], folder: Folder): boolean {
  return parts.length > 0 && isRegisteredAlgorithm(parts.join('+')) && folder.name.length <= 2;
}

function prefixTasks(
  prefixes: readonly Folder[],
  task: Pick<BlobsTask, 'kind' | 'algorithm' | 'path'>,
): readonly BlobsTask[] {
  const tasks: BlobsTask[] = [];
  for (const throughLink of [false, true]) {
    const names = prefixes.filter((folder) => folder.throughLink === throughLink).map((folder) => folder.name);
    for (const piece of pieces(names, PREFIXES_PER_TASK)) tasks.push({ ...task, prefixes: piece, throughLink });
  }
  return tasks;
}

/** Lists the blobs of some two-digit folders of an algorithm. */
export function* readBlobs(reading: Reading, task: BlobsTask): Steps<void> {
  yield* reading.each(task.prefixes, (branch, prefix) => readPrefix(branch, task, prefix));
}

function* readPrefix(reading: Reading, task: BlobsTask, prefix: string): Steps<void> {
  const path = `${task.path}/${prefix}`;
  const folders =
    task.algorithm === 'sha256'
      ? yield* reading.digestFolders(path, task.throughLink)
      : yield* reading.folders(path, task.throughLink);
  if (folders.length === 0 && !task.throughLink) reading.findings.emptyFolder(undefined, 'blob-prefix', path);
  if (typeof folders === 'string') readSha256Blobs(reading, prefix, folders, path, task.throughLink);
  else for (const folder of folders) readBlob(reading, task.algorithm, prefix, folder);
}

/** `hex`: the names of the folders, joined and in order, so that the first and the last tell where all of them belong. */
function readSha256Blobs(reading: Reading, prefix: string, hex: string, path: string, throughLink: boolean): void {
  if (hex.startsWith(prefix) && hex.startsWith(prefix, hex.length - SHA256_DIGITS)) {
    reading.findings.blobs(hex, flagsOf('sha256', throughLink));
    return;
  }
  for (const name of splitSha256(hex)) {
    readBlob(reading, 'sha256', prefix, { name, path: `${path}/${name}`, throughLink });
  }
}

function readBlob(reading: Reading, algorithm: string, prefix: string, folder: Folder): void {
  const digest = digestOf(algorithm, folder.name);
  if (digest === undefined || !folder.name.startsWith(prefix)) {
    reading.problem('unknown-entry', 'warning', folder.path, 'is not where a blob of that name belongs; never touched');
    return;
  }
  reading.findings.blob(digest, flagsOf(algorithm, folder.throughLink));
}

function flagsOf(algorithm: string, throughLink: boolean): number {
  const touchable = isRegisteredAlgorithm(algorithm) && !throughLink;
  return touchable ? BLOB_STORED : BLOB_STORED | BLOB_UNTOUCHABLE;
}
