/** The whole way from a registry root to a report, as the command goes it, with an index in a temporary folder. */
import { join } from 'node:path';
import { openIndex, type IndexRequest, type OpenedIndex } from '../../src/pipeline/open-index.ts';
import { buildReport } from '../../src/query/report.ts';
import type { Report } from '../../src/report/model.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { temporaryFolder } from './temporary.ts';

export interface ReportWishes {
  readonly mode?: 'revisions' | 'untagged';
  /** Seconds; 0 unless told: tests make their trees now. */
  readonly minAge?: number;
  readonly repo?: readonly string[];
  readonly request?: Partial<IndexRequest>;
  /** Epoch milliseconds. */
  readonly now?: number;
}

/** The next millisecond: a file of this one has a fraction of it for its time, which would be in the future. */
function afterThis(): number {
  return Date.now() + 1;
}

export async function openedOf(root: string, wishes: ReportWishes = {}): Promise<OpenedIndex> {
  const request: IndexRequest = {
    root,
    database: join(temporaryFolder('index'), 'index.sqlite'),
    noScan: false,
    full: false,
    diskUsage: false,
    minAgeSeconds: wishes.minAge ?? 0,
    repositories: wishes.repo ?? [],
    ...wishes.request,
  };
  const opened = await openIndex(request, {
    environment: {},
    progress: noProgress,
    signal: new AbortController().signal,
    warn: () => undefined,
    now: () => wishes.now ?? afterThis(),
  });
  await opened.stored;
  return opened;
}

export function viewOf(opened: OpenedIndex, wishes: ReportWishes = {}): Report {
  return buildReport(opened, {
    mode: wishes.mode ?? 'revisions',
    minAgeSeconds: wishes.minAge ?? 0,
    uploadsOlderThanSeconds: 168 * 3600,
    now: wishes.now ?? afterThis(),
  });
}

export async function reportOf(root: string, wishes: ReportWishes = {}): Promise<Report> {
  return viewOf(await openedOf(root, wishes), wishes);
}

/** The digests that a sweep would delete as blobs, sorted. */
export async function reclaimableBlobs(root: string, wishes: ReportWishes = {}): Promise<readonly string[]> {
  const opened = await openedOf(root, wishes);
  const { marking } = wishes.mode === 'untagged' ? opened.analysis.untagged : opened.analysis.revisions;
  const { digests, blobs } = opened.inventory;
  const going: string[] = [];
  for (let id = 0; id < digests.size; id++) {
    if (((blobs.flags[id] ?? 0) & 1) !== 0 && marking.level[id] === 0) going.push(digests.digest(id));
  }
  return going.sort();
}
