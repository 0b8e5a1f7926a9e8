import { isTemporaryFileName } from '../layout/parse.ts';
import { DATA, STARTEDAT } from '../layout/paths.ts';
import { LATEST_TIME } from './volume.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import type { FoundUpload } from '../inventory/findings.ts';
import type { Steps } from './steps.ts';

/** `startedat` is 20 bytes; a longer file says nothing. */
const MAX_STARTEDAT_BYTES = 64;
/** `hashstates/<alg>/<offset>` is two folders deep; what lies deeper is not the registry's. */
const MAX_DEPTH = 4;

interface Measure {
  bytes: number;
  diskBytes: number;
  newestAt: number;
  inodes: number;
}

/** Reads one upload: when it began, and all that it holds. */
export function* readUpload(reading: Reading, repository: RepositoryPlace, folder: Folder): Steps<void> {
  const measure: Measure = { bytes: 0, diskBytes: 0, newestAt: 0, inodes: 0 };
  yield* measureFolder(reading, repository, folder.path, measure, 0);
  const startedAt = yield* readStartedAt(reading, repository, folder);
  const upload: FoundUpload = {
    ...measure,
    // A push begins with an empty folder: where no file tells a time, the folder does.
    newestAt: measure.newestAt === 0 ? yield* reading.disk.folderTime(folder.path) : measure.newestAt,
    name: folder.name,
    startedAt,
    throughLink: repository.throughLink || folder.throughLink,
  };
  reading.findings.upload(repository.id, upload);
}

/** RFC 3339, as the registry writes it (`registry/storage/linkedblobstore.go`, `Create`). Epoch milliseconds, or NaN. */
function* readStartedAt(reading: Reading, repository: RepositoryPlace, folder: Folder): Steps<number> {
  const path = `${folder.path}/${STARTEDAT}`;
  const read = yield* reading.disk.read(path, MAX_STARTEDAT_BYTES);
  const time = read.ok ? Date.parse(Buffer.from(read.content).toString('latin1').trim()) : NaN;
  if (Number.isNaN(time)) {
    const message = 'is missing or tells no time: the registry never purges this upload';
    reading.problem('upload-without-startedat', 'warning', path, message, nameOf(repository));
  }
  return time;
}

function* measureFolder(
  reading: Reading,
  repository: RepositoryPlace,
  path: string,
  measure: Measure,
  depth: number,
): Steps<void> {
  measure.inodes++;
  if (depth > MAX_DEPTH) {
    // Something that is being written may lie below.
    measure.newestAt = LATEST_TIME;
    const message = 'lies deeper than anything of an upload: it is not entered, and the upload is kept';
    reading.problem('unknown-entry', 'warning', path, message, nameOf(repository));
    return;
  }
  for (const entry of yield* reading.entries(path, nameOf(repository))) {
    const place = `${path}/${entry.name}`;
    if (entry.type === 'folder') {
      yield* measureFolder(reading, repository, place, measure, depth + 1);
      continue;
    }
    measure.inodes++;
    if (entry.type !== 'file') continue;
    const stated = yield* reading.disk.state(place);
    if (!stated.ok) {
      reading.failed(place, stated, nameOf(repository));
      continue;
    }
    measure.bytes += stated.state.bytes;
    measure.diskBytes += stated.state.diskBytes;
    measure.newestAt = Math.max(measure.newestAt, stated.state.time);
    if (isTemporaryFileName(entry.name)) {
      const message = 'was left by a registry that died while it wrote; it goes with its upload';
      reading.problem('stray-temporary-file', 'warning', place, message, nameOf(repository));
    } else if (depth === 0 && entry.name !== DATA && entry.name !== STARTEDAT) {
      reading.problem('unknown-entry', 'warning', place, 'does not belong to an upload', nameOf(repository));
    }
  }
}
