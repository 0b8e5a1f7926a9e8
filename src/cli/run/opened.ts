/** An index as the commands have it: opened, with what it keeps for whoever asks without a scan, or only that. */
import { youngSince } from '../../gc/thresholds.ts';
import type { IndexPorts, IndexRequest, OpenedIndex } from '../../pipeline/open-index.ts';
import { FIGURE_NAMES, LISTING_NAMES, unpackFigures, VALUES } from '../../query/packed-figures.ts';
import type { StandardFigures } from '../../query/standard-figures.ts';
import { parseSeconds } from '../durations.ts';
import type { ListingAnswer } from './computed.ts';
import { DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';

/** How what is kept is looked at. */
export interface Looked {
  readonly uploadsOlderThanSeconds: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Opened extends OpenedIndex {
  /** What the standard modes give, as the scan left it in the index. Absent where it left nothing that this program can use. */
  readonly figures?: StandardFigures;
}

/** What an index keeps for whoever asks without a scan. */
export interface Stored {
  readonly figures: StandardFigures;
  /** The file that holds the index. */
  readonly database: string;
  /** Epoch milliseconds: what is from then or later is young now. */
  readonly youngSince: number;
  readonly durationSeconds: number;
}

/** Opens an index; where that scans, the index keeps what the standard modes give. Throws as `openIndex` does. */
export async function openDescribed(
  request: IndexRequest,
  looked: Looked | undefined,
  ports: IndexPorts,
): Promise<Opened> {
  const { openIndex } = await import('../../pipeline/open-index.ts');
  if (request.noScan) return withFigures(await openIndex(request, { ...ports, recalled: FIGURE_NAMES }));
  const made: StandardFigures[] = [];
  const opened = await openIndex(request, { ...ports, describe: await describer(made, looked) });
  const [figures] = made;
  return figures === undefined ? opened : { ...opened, figures };
}

function withFigures(opened: OpenedIndex): Opened {
  const figures = opened.values && unpackFigures(opened.values);
  return figures === undefined ? opened : { ...opened, figures };
}

/** Gives an index that is being written what the standard modes make of it, and puts that into `made`. */
async function describer(
  made: StandardFigures[],
  looked: Looked | undefined,
): Promise<NonNullable<IndexPorts['describe']>> {
  const { packFigures, standardFigures } = await import('../../query/keep-figures.ts');
  const { packShared } = await import('../../query/stored-listing.ts');
  return (index, { minAgeSeconds, repositories }, now) => {
    const uploadsOlderThanSeconds =
      looked === undefined
        ? parseSeconds('uploads-older-than', DEFAULT_UPLOADS_OLDER_THAN)
        : looked.uploadsOlderThanSeconds;
    const options = { minAgeSeconds, uploadsOlderThanSeconds, now: looked?.now ?? now };
    const figures = standardFigures(index, options, repositories.length === 0);
    made.push(figures);
    return [...packFigures(figures), packShared(index.analysis)];
  };
}

/** What the last scan left in the index; `undefined` where it left nothing that this program can use. */
export async function openFigures(request: IndexRequest, ports: IndexPorts): Promise<Stored | undefined> {
  const startedAt = ports.now();
  const { openStored } = await import('../../pipeline/open-stored.ts');
  const opened = await openStored(request, FIGURE_NAMES, ports);
  if (opened === undefined) return undefined;
  const { database, values } = opened;
  const figures = unpackFigures(values);
  if (figures === undefined) return undefined;
  const now = ports.now();
  const durationSeconds = (now - startedAt) / 1000;
  return { figures, database, youngSince: youngSince(request.minAgeSeconds, now), durationSeconds };
}

/** What the last scan left in the index of a repository, or of a tag or digest in it; `undefined` as for `openFigures`. */
export async function openListing(
  request: IndexRequest,
  reference: string,
  ports: IndexPorts,
): Promise<ListingAnswer | undefined> {
  const { openStoredPart } = await import('../../pipeline/open-stored.ts');
  const opened = await openStoredPart(request, LISTING_NAMES, reference, ports);
  const figures = opened && unpackFigures(opened.values);
  const shared = opened?.values.get(VALUES.shared);
  if (opened === undefined || figures === undefined || shared === undefined) return undefined;
  const { listOfPart } = await import('../../query/stored-listing.ts');
  const { damage, complete } = figures.volume;
  return { listing: listOfPart(opened.part, figures, shared, reference), damage, complete };
}
