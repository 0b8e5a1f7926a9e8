/** What each problem code means for users, and what to do about it: the one table. */
import type { ProblemCode } from './problem.ts';

export interface ProblemMeaning {
  readonly meaning: string;
  readonly advice: string;
}

const PUSH_AGAIN = 'push the image again from where it was built';
const REMOVE_BLOB =
  "move the blob's folder away first, or the registry takes a push for done and writes nothing; then push the image again";

export const PROBLEM_MEANINGS: Readonly<Record<ProblemCode, ProblemMeaning>> = {
  'link-empty': {
    meaning: 'a registry died while it wrote this link: it answers 500 for what the link stands for',
    advice: `regsweep repair, which writes what the folder names where that is here; else ${PUSH_AGAIN}`,
  },
  'link-malformed': {
    meaning: 'the link is no digest as the registry writes it: it answers 500 for what the link stands for',
    advice: `regsweep repair, which writes what the folder names where that is here; else ${PUSH_AGAIN}`,
  },
  'link-mismatch': {
    meaning:
      'the link names something else than its folder: clients get other content than they ask for, and refuse it',
    advice: `find out who edited it; regsweep repair, which writes what the folder names where that is here; else ${PUSH_AGAIN}`,
  },
  'dangling-revision': {
    meaning: 'a repository holds a manifest that is not here: it cannot be pulled by this digest',
    advice: `${PUSH_AGAIN}, or regsweep rm REPO@DIGEST; of many, regsweep repair --drop-dangling`,
  },
  'dangling-layer-link': {
    meaning:
      'a repository links a blob that is not here: old collectors leave such links, and no image needs most of them',
    advice: 'nothing, where layer-missing does not name the blob: a sweep takes the link',
  },
  'dangling-tag': {
    meaning: 'the tag names a manifest that is not here: it is listed, and cannot be pulled',
    advice: `${PUSH_AGAIN}, or regsweep rm REPO:TAG; of many, regsweep repair --drop-dangling`,
  },
  'dangling-tag-index-entry': {
    meaning: 'the tag once named a manifest that is not here any more: nobody notices',
    advice: 'nothing: a sweep takes the entry',
  },
  'tag-without-current': {
    meaning: 'the tag is listed, names nothing, and cannot be pulled',
    advice: 'push the tag again, or remove it: regsweep rm REPO:TAG; of many, regsweep repair --drop-dangling',
  },
  'manifest-missing': {
    meaning: 'a manifest is not here: what names it cannot be pulled',
    advice: `${PUSH_AGAIN}, or remove what names it: regsweep rm`,
  },
  'manifest-truncated': {
    meaning: 'a manifest ends early: the registry answers 500 for it',
    advice: REMOVE_BLOB,
  },
  'manifest-digest-mismatch': {
    meaning: 'a manifest is not what its digest says: clients refuse it',
    advice: REMOVE_BLOB,
  },
  'manifest-unreadable': {
    meaning: 'a manifest cannot be understood: the registry answers 500 for it, or clients refuse it',
    advice: `${PUSH_AGAIN}; where its digest is right it was pushed so: remove what names it`,
  },
  'manifest-unknown-media-type': {
    meaning: 'a manifest of a kind that is not known here, and that the registry does not serve, either',
    advice: 'nothing, if who put it there serves it by something else; all that it names is kept',
  },
  'manifest-too-large': {
    meaning: 'a manifest is larger than the 4 MiB that the registry reads: it answers 500 for it',
    advice: REMOVE_BLOB,
  },
  'child-missing': {
    meaning: 'an index names a manifest that is not here: on that platform it cannot be pulled',
    advice:
      'nothing, if only some platforms were ever copied here; else copy the image again with all of its platforms',
  },
  'child-not-linked': {
    meaning:
      'the manifest of a platform is here, but not linked in this repository: on that platform it cannot be pulled',
    advice: 'regsweep repair --relink-children, or push the index again with all of its platforms: no data is sent',
  },
  'layer-missing': {
    meaning: 'a layer is not here: its images cannot be pulled',
    advice: `${PUSH_AGAIN}, or put the blob back from a backup: any copy with that digest is as good`,
  },
  'layer-not-linked': {
    meaning: 'a config or layer is here, but the repository cannot serve it: its images cannot be pulled from there',
    advice: 'regsweep repair, which writes the link; of what only an index names, with --relink-children',
  },
  'config-missing': {
    meaning: 'the config of an image is not here: the image cannot be pulled',
    advice: `${PUSH_AGAIN}, or put the blob back from a backup: any copy with that digest is as good`,
  },
  'size-mismatch': {
    meaning:
      'a blob has another size than a manifest says; its content was hashed, and where blob-digest-mismatch does not name it, the manifest is wrong, and some clients refuse the image',
    advice: 'where blob-digest-mismatch names it, go by that; else build and push the image again',
  },
  'blob-digest-mismatch': {
    meaning: 'the content of a blob is not what its digest says: clients refuse its images',
    advice: `check the disk and its memory; ${REMOVE_BLOB}`,
  },
  'blob-without-data': {
    meaning: 'the folder of a blob holds no data: it is no blob, and what names it cannot be pulled',
    advice: `where something names it: ${PUSH_AGAIN}; else nothing: a sweep takes the empty folder`,
  },
  'repository-name-invalid': {
    meaning: 'the registry refuses this name: nothing in there can be pulled, and its own collector aborts on it',
    advice: 'move the folder away, or rename it to a legal name',
  },
  'tag-name-invalid': {
    meaning: 'the registry lists this tag, and refuses its name: it cannot be pulled',
    advice: "move the tag's folder away, or rename it to a legal name",
  },
  'unknown-entry': {
    meaning: "does not belong to the layout: nobody notices, but the registry's own collector aborts on some of them",
    advice: 'look what it is, and move it away',
  },
  'stray-temporary-file': {
    meaning: 'a registry died while it wrote this file: nobody notices',
    advice: 'nothing: a sweep takes it once it is old',
  },
  'symbolic-link': {
    meaning: 'a symbolic link: the registry follows it, we read through it and delete nothing behind it',
    advice: 'nothing, if it is meant; one that leads nowhere, remove',
  },
  'permission-denied': {
    meaning: 'could not be read for want of permission: what is behind it was not verified',
    advice: 'run as the user that the registry runs as, or as root',
  },
  'io-error': {
    meaning: 'could not be read: the disk or the network fails, and so will pulls',
    advice: "look into the system's log; save what can be read; where the disk is sound again, verify again",
  },
  'upload-without-startedat': {
    meaning: 'a push that does not say when it began: the registry never clears it away',
    advice: 'nothing: a sweep takes it once it is old',
  },
  'tag-not-linked': {
    meaning:
      "the tag names a manifest that its repository does not link: it cannot be pulled, and the registry's collector would delete it",
    advice: 'regsweep repair, which links it; or regsweep rm REPO:TAG',
  },
  'referrer-without-subject': {
    meaning: 'a signature or other referrer is about an image that is not here: nobody notices',
    advice: 'nothing, or remove it: regsweep rm REPO@DIGEST',
  },
};
