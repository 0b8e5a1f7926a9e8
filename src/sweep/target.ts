/** Which paths may be touched at all: those that the layout spells so, of the kind that the action says, under legal names. */
import type { Action, ActionKind } from '../gc/action.ts';
import { isSha256 } from '../layout/digest.ts';
import { isLegalPlace } from '../layout/legal.ts';
import { parsePath, type Place } from '../layout/parse.ts';
import { blobFolder, pathOf } from '../layout/paths.ts';

const PLACES: Readonly<Record<ActionKind, ReadonlySet<Place['kind']>>> = {
  tag: new Set<Place['kind']>(['tag-folder']),
  'tag-index-entry': new Set<Place['kind']>(['tag-index-entry-folder']),
  revision: new Set<Place['kind']>(['revision-folder']),
  'signature-link': new Set<Place['kind']>(['signature-folder']),
  'layer-link': new Set<Place['kind']>(['layer-folder']),
  blob: new Set<Place['kind']>(['blob-folder']),
  upload: new Set<Place['kind']>(['upload-folder']),
  'stray-temporary-file': new Set<Place['kind']>(['temporary-file']),
  'empty-directory': new Set<Place['kind']>([
    'repository-folder',
    'manifests-folder',
    'revisions-folder',
    'revisions-algorithm-folder',
    'revision-folder',
    'signatures-folder',
    'signatures-algorithm-folder',
    'signature-folder',
    'tags-folder',
    'tag-folder',
    'tag-current-folder',
    'tag-index-folder',
    'tag-index-algorithm-folder',
    'tag-index-entry-folder',
    'layers-folder',
    'layers-algorithm-folder',
    'layer-folder',
    'uploads-folder',
    'upload-folder',
    'blobs-algorithm-folder',
    'blobs-prefix-folder',
    'blob-folder',
  ]),
  'make-folder': new Set<Place['kind']>(['layers-folder', 'revisions-folder', 'tags-folder']),
  'write-link': new Set<Place['kind']>(['revision-link', 'tag-current-link', 'tag-index-entry-link', 'layer-link']),
};

/**
 * Why an action of this kind may not touch this path (relative to `docker/registry/v2`), whatever stands there; `undefined`
 * where it may. A path is taken for nothing until the layout has spelled it again from what it means.
 */
export function whyNotTarget(kind: ActionKind, path: string): string | undefined {
  return whyNot(PLACES[kind], kind, path);
}

function whyNot(places: ReadonlySet<Place['kind']>, what: string, path: string): string | undefined {
  const place = parsePath(path);
  if (!places.has(place.kind) || pathOf(place) !== path) return `is not where the layout has a ${what}`;
  return isLegalPlace(place) ? undefined : 'is under a name or an algorithm that the registry refuses';
}

/** Folders that may have been made on the way to a link. */
const MADE = new Set<Place['kind']>([
  ...PLACES['make-folder'],
  'revisions-algorithm-folder',
  'revision-folder',
  'layers-algorithm-folder',
  'layer-folder',
  'tag-current-folder',
]);

/** Why this folder cannot have been made for a link that a repair wrote; `undefined` where it can. */
export function whyNotMade(path: string): string | undefined {
  return whyNot(MADE, 'folder above a link', path);
}

/** As `whyNotTarget`. Of a blob the layout need only spell the path: most actions are blobs, and to parse costs more. */
export function whyNotTargetOf({ kind, path, digest }: Pick<Action, 'kind' | 'path' | 'digest'>): string | undefined {
  const isBlob = kind === 'blob' && digest !== undefined && isSha256(digest) && path === blobFolder(digest);
  return isBlob ? undefined : whyNotTarget(kind, path);
}
