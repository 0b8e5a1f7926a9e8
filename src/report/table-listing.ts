import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytesOrUnknown, formatQuantity, formatTime } from './format.ts';
import type { Column } from './grid.ts';
import { drawGrid } from './grid.ts';
import type { Listing, SizedRow } from './model.ts';
import { shortDigest } from '../shared/short-digest.ts';
import { drawRepositories } from './table-rank.ts';

type RepositoryListing = Extract<Listing, { kind: 'repository' }>;
type ManifestListing = Extract<Listing, { kind: 'manifest' }>;

/** From here on a digest has room to be shown whole beside its sizes. */
const WIDTH_FOR_WHOLE_DIGESTS = 140;
const SIZE_COLUMNS: readonly Column[] = [
  { head: 'size', align: 'right' },
  { head: 'exclusive', align: 'right', drop: 1 },
  { head: 'shared', align: 'right', drop: 2 },
];

/** What `ls` found: the repositories, one repository's tags and revisions, or what a manifest names. */
export function renderListingTable(listing: Listing, appearance: Appearance): string {
  const style = styleFor(appearance);
  return `${drawListing(listing, style).join('\n')}\n`;
}

function drawListing(listing: Listing, style: Style): string[] {
  switch (listing.kind) {
    case 'registry':
      return listing.repositories.length === 0 ? ['No repositories.'] : drawRepositories(listing.repositories, style);
    case 'repository':
      return drawRepository(listing, style);
    case 'manifest':
      return drawManifest(listing, style);
  }
}

function drawRepository(listing: RepositoryListing, style: Style): string[] {
  const tags = drawGrid(
    [
      { head: 'tag', cut: 'end' },
      { head: 'digest' },
      ...SIZE_COLUMNS,
      { head: 'pushed', drop: 3 },
      { head: 'media type', drop: 4 },
    ],
    listing.tags.map((row) => [
      escapeTerminal(row.tag),
      showDigest(row.digest, style),
      ...sizeCells(row),
      formatTime(row.pushedAt),
      escapeTerminal(row.mediaType ?? '-'),
    ]),
    style,
  );
  const revisions = drawGrid(
    [
      { head: 'digest' },
      { head: 'tags', cut: 'end' },
      ...SIZE_COLUMNS,
      { head: 'pushed', drop: 3 },
      { head: 'media type', drop: 4 },
    ],
    listing.revisions.map((row) => [
      showDigest(row.digest, style),
      row.untagged ? '(untagged)' : escapeTerminal(row.tags.join(' ') || '-'),
      ...sizeCells(row),
      formatTime(row.pushedAt),
      escapeTerminal(row.mediaType ?? '-'),
    ]),
    style,
  );
  return [
    `${style.title(escapeTerminal(listing.repository))}  ${formatQuantity(listing.tags.length, 'tag')}, ${formatQuantity(listing.revisions.length, 'revision')}`,
    ...(listing.tags.length > 0 ? ['', ...tags] : []),
    ...(listing.revisions.length > 0 ? ['', ...revisions] : []),
  ];
}

function drawManifest(listing: ManifestListing, style: Style): string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['digest', listing.digest],
    ['media type', listing.mediaType ?? '-'],
    ...(listing.artifactType === null ? [] : [['artifact type', listing.artifactType] as const]),
    ['tags', listing.tags.join(' ') || '-'],
    ['size', sizeWords(listing, style)],
  ];
  const references = drawGrid(
    [
      { head: 'kind' },
      { head: 'digest' },
      ...SIZE_COLUMNS,
      { head: 'platform', drop: 3 },
      { head: 'media type', drop: 4 },
    ],
    listing.references.map((row) => [
      row.kind,
      showDigest(row.digest, style),
      ...(row.present ? sizeCells(row) : ['missing', '', '']),
      escapeTerminal(row.platform ?? '-'),
      escapeTerminal(row.mediaType ?? '-'),
    ]),
    style,
  );
  return [
    style.title(escapeTerminal(listing.repository)),
    ...facts.map(([name, value]) => `  ${name.padEnd(14)}${escapeTerminal(value)}`),
    ...(listing.references.length > 0 ? ['', ...references] : []),
  ];
}

function sizeWords(row: SizedRow, style: Style): string {
  const size = formatBytesOrUnknown(row.bytes);
  const exclusive = `exclusive ${formatBytesOrUnknown(row.exclusiveBytes)}`;
  return [size, exclusive, `shared ${formatBytesOrUnknown(row.sharedBytes)}`].join(style.separator);
}

function sizeCells(row: SizedRow): string[] {
  return [row.bytes, row.exclusiveBytes, row.sharedBytes].map(formatBytesOrUnknown);
}

function showDigest(digest: string | null, style: Style): string {
  if (digest === null) return '(unreadable)';
  const safe = escapeTerminal(digest);
  if (style.width >= WIDTH_FOR_WHOLE_DIGESTS) return safe;
  return shortDigest(safe);
}
