/** What a sweep would free, in words: which sweep it is, and class by class what it takes. */
import type { Reclaimable, Report } from './model.ts';

/** The sweep that a report is of, behind an article. */
export const SWEEP_WORDS: Readonly<Record<Report['mode'], string>> = {
  revisions: 'sweep',
  untagged: 'sweep with --untagged',
  policy: 'sweep by this policy',
};

type ClassKey = Exclude<keyof Reclaimable, 'total'>;

/** In the order in which a sweep takes them: for people, and for labels. The record makes it a compile error to forget one. */
const CLASSES: Readonly<Record<ClassKey, readonly [name: string, kind: string]>> = {
  tags: ['tags', 'tag'],
  tagIndexEntries: ['tag index entries', 'tag-index-entry'],
  revisions: ['revisions', 'revision'],
  signatureLinks: ['signature links', 'signature-link'],
  layerLinks: ['layer links', 'layer-link'],
  blobs: ['blobs', 'blob'],
  uploads: ['uploads', 'upload'],
  strayFiles: ['stray temporary files', 'stray-temporary-file'],
  emptyDirectories: ['empty folders', 'empty-directory'],
};

interface ReclaimableClass {
  /** In the plural. */
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  /** Absent of links and folders, which have next to none. */
  readonly size?: Pick<Reclaimable['blobs'], 'bytes' | 'diskBytes'>;
}

/** Every class, whether anything of it goes or not. */
export function classesOf(reclaimable: Reclaimable): readonly ReclaimableClass[] {
  return Object.entries(CLASSES).flatMap(([key, [name, kind]]) => {
    if (!isClassKey(key)) return [];
    const amount = reclaimable[key];
    return [{ name, kind, count: amount.count, ...('bytes' in amount ? { size: amount } : {}) }];
  });
}

function isClassKey(key: string): key is ClassKey {
  return Object.hasOwn(CLASSES, key);
}

/** The blobs, and the classes of which something goes besides. */
export function goingClasses(reclaimable: Reclaimable): readonly ReclaimableClass[] {
  return classesOf(reclaimable).filter(({ kind, count }) => kind === 'blob' || count > 0);
}
