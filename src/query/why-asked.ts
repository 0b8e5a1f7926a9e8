/** What the words of `why` mean: a digest, and the link or the other name by which it was asked for. */
import { explainTags } from '../gc/explain.ts';
import type { Analysis, ModeAnalysis } from '../gc/analysis.ts';
import {
  findDigest,
  findLinked,
  findRepository,
  findTag,
  meansDigest,
  noSuchRepository,
  splitReference,
} from '../gc/references.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { isRegisteredAlgorithm } from '../layout/digest.ts';
import type { AskedAs } from '../report/model-why.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { AppError } from '../shared/errors.ts';

export interface Asked {
  readonly id: DigestId;
  readonly as: AskedAs | null;
}

interface Marked {
  readonly analysis: Analysis;
  readonly mode: ModeAnalysis;
  /** Digests that stand for blobs. */
  readonly standIns: ReadonlyMap<DigestId, DigestId>;
}

/** Throws `usage`, `no-such-name`, `ambiguous-name`. */
export function whatIsAsked(marked: Marked, text: string): Asked {
  const { inventory } = marked.analysis;
  const named = splitReference(text);
  if (named?.digest !== undefined) return linkedIn(marked, named.repository, named.digest);
  if (meansDigest(text)) return blobOf(marked, findDigest(inventory, text));
  if (named === undefined) throw noReference(inventory, text);
  const repository = findRepository(inventory, named.repository);
  if (repository === undefined) {
    if (named.tag !== '' && isRegisteredAlgorithm(named.repository)) throw noDigest(text);
    throw noSuchRepository(inventory, named.repository);
  }
  return namedBy(marked, repository, findTag(inventory, repository, named.tag));
}

function noReference(inventory: Inventory, text: string): AppError {
  if (findRepository(inventory, text) === undefined) return noSuchRepository(inventory, text);
  const hint = `REPO:TAG, REPO@DIGEST, or a digest or its beginning; regsweep ls ROOT ${text} lists what it holds`;
  return new AppError('usage', `${text} is a whole repository: why asks for one thing in it`, hint);
}

function noDigest(text: string): AppError {
  return new AppError('no-such-name', `${text} is no digest`, 'the digits of a digest are 0 to 9 and a to f');
}

/** A digest that stands for a blob is nothing by itself. */
function blobOf({ analysis: { inventory }, standIns }: Marked, id: DigestId): Asked {
  const blob = standIns.get(id);
  if (blob === undefined) return { id, as: null };
  return { id: blob, as: { kind: 'alias', digest: inventory.digests.digest(id), kept: null, because: null } };
}

function linkedIn(marked: Marked, name: string, digest: string): Asked {
  const { inventory } = marked.analysis;
  const repository = findRepository(inventory, name);
  if (repository === undefined) throw noSuchRepository(inventory, name);
  const id = findLinked(inventory, repository, digest);
  return { id: marked.standIns.get(id) ?? id, as: linkIn(marked, repository, id) };
}

function linkIn({ analysis, mode, standIns }: Marked, repository: number, id: DigestId): AskedAs {
  const { inventory } = analysis;
  const { revisions, layerLinks, repositories, digests } = inventory;
  const place = {
    repository: repositories[repository]?.name ?? '',
    ...(standIns.has(id) ? { digest: digests.digest(id) } : {}),
    because: null,
  };
  const isOfIt = (column: Uint32Array) => (row: number) => at(column, row) === id;
  const revision = rowsOf(revisions.byRepository, repository).find(isOfIt(revisions.digest));
  if (revision !== undefined) {
    return { kind: 'revision', ...place, kept: flagAt(mode.marking.revision, revision) !== 0 };
  }
  const link = rowsOf(layerLinks.byRepository, repository).find(isOfIt(layerLinks.digest));
  if (link !== undefined) return { kind: 'layer-link', ...place, kept: flagAt(mode.marking.layerLink, link) !== 0 };
  return { kind: 'tag-index-entry', ...place, kept: null };
}

function namedBy({ analysis, mode, standIns }: Marked, repository: number, tag: number): Asked {
  const { tags, repositories } = analysis.inventory;
  const name = tags.name[tag] ?? '';
  const current = at(tags.current, tag);
  if (current === NONE) {
    throw new AppError(
      'no-such-name',
      `tag ${name} names nothing: its current/link is missing or cannot be read`,
      'regsweep verify ROOT tells what is wrong with it, regsweep repair ROOT what can be done',
    );
  }
  const { policy } = analysis;
  const explained =
    policy === undefined ? undefined : explainTags(policy, repository).find(({ row }) => row === tag)?.reasons;
  return {
    id: standIns.get(current) ?? current,
    as: {
      kind: 'tag',
      repository: repositories[repository]?.name ?? '',
      tag: name,
      kept: flagAt(mode.marking.tag, tag) !== 0,
      because: explained?.join('; ') ?? null,
    },
  };
}
