/** Damage to folders: missing, empty, foreign or forbidden ones, illegal names, symbolic links, uploads. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import {
  BLOBS,
  blobFolder,
  LAYERS,
  LAYOUT_FOLDER,
  MANIFESTS,
  REPOSITORIES,
  repositoryFolder,
  REVISIONS,
  TAGS,
  tagFolder,
  uploadFolder,
} from '../../src/layout/paths.ts';
import { at, remove, replaceBySymbolicLink, victim, write, type Damage } from './damage-site.ts';

const APP = repositoryFolder('app');
const UUID = '7d1c1f6e-2f0b-4c8e-9a35-1b2c3d4e5f60';

function damaged(name: string, path: string, act: (root: string, path: string) => void, repository?: string): Damage {
  return {
    name,
    inflict: (root) => {
      act(root, path);
      return repository === undefined ? { path } : { path, repository };
    },
  };
}

function empty(root: string, path: string): void {
  remove(root, path);
  mkdirSync(at(root, path));
}

function junkFile(root: string, path: string): void {
  write(root, path, 'junk');
}

function makeFolder(root: string, path: string): void {
  mkdirSync(at(root, path), { recursive: true });
}

const missingFolders: readonly Damage[] = [
  damaged('layers-missing', `${APP}/${LAYERS}`, remove, 'app'),
  damaged('layers-empty', `${APP}/${LAYERS}`, empty, 'app'),
  damaged('manifests-missing', `${APP}/${MANIFESTS}`, remove, 'app'),
  damaged('revisions-missing', `${APP}/${REVISIONS}`, remove, 'app'),
  damaged('tags-missing', `${APP}/${TAGS}`, remove, 'app'),
  damaged('repositories-empty', REPOSITORIES, empty),
  damaged('repositories-missing', REPOSITORIES, remove),
  damaged('blobs-empty', BLOBS, empty),
  damaged('blobs-missing', BLOBS, remove),
];

const foreignEntries: readonly Damage[] = [
  damaged('tags-stray-file', `${APP}/${TAGS}/.DS_Store`, junkFile, 'app'),
  damaged('tags-name-with-space', `${APP}/${TAGS}/a b`, makeFolder, 'app'),
  damaged('tags-name-with-control-characters', `${APP}/${TAGS}/\u001b[2J\n`, makeFolder, 'app'),
  {
    name: 'tags-name-not-utf-8',
    inflict: (root) => {
      const name = Buffer.from([0x74, 0xff, 0xfe]);
      mkdirSync(Buffer.concat([Buffer.from(`${at(root, `${APP}/${TAGS}`)}/`), name]));
      return { path: `${APP}/${TAGS}`, repository: 'app' };
    },
  },
  damaged('repository-stray-file', `${APP}/.DS_Store`, junkFile, 'app'),
  damaged('revisions-stray-file', `${APP}/${REVISIONS}/sha256/.DS_Store`, junkFile, 'app'),
  damaged('layers-stray-file', `${APP}/${LAYERS}/sha256/.DS_Store`, junkFile, 'app'),
  // 2.8 stops its walk at such a file and takes everything that sorts after it for unreferenced.
  damaged('underscore-file-in-repositories', `${REPOSITORIES}/_file`, junkFile),
  damaged('underscore-file-in-namespace', `${REPOSITORIES}/shop/_file`, junkFile),
  damaged('underscore-file-in-repository', `${APP}/_file`, junkFile, 'app'),
  damaged('underscore-folder-in-repositories', `${REPOSITORIES}/_folder/inside`, makeFolder),
  damaged('lost-and-found', `${REPOSITORIES}/lost+found`, (root, path) => {
    makeFolder(root, path);
    chmodSync(at(root, path), 0o700);
  }),
];

/** The repository `app` under a name that no registry would take: its image is then held by that folder alone. */
function renamed(name: string, repository: string): Damage {
  return damaged(
    name,
    repositoryFolder(repository),
    (root, path) => renameSync(at(root, APP), at(root, path)),
    repository,
  );
}

const illegalNames: readonly Damage[] = [
  renamed('repository-name-upper-case', 'Upper'),
  renamed('repository-name-copy', 'x (copy)'),
  renamed('repository-name-hidden', '.hidden'),
  renamed('repository-name-with-control-characters', 'a\u001b[31m\nb'),
];

const symbolicLinks: readonly Damage[] = [
  damaged('symbolic-link-docker', '', (root) => replaceBySymbolicLink(root, 'docker')),
  damaged('symbolic-link-repositories', REPOSITORIES, linkOut),
  damaged('symbolic-link-blobs', BLOBS, linkOut),
  damaged('symbolic-link-repository', APP, linkOut, 'app'),
  {
    name: 'symbolic-link-blob-folder',
    inflict: (root) => {
      const { layer, repository } = victim(root);
      linkOut(root, blobFolder(layer));
      return { path: blobFolder(layer), repository, digest: layer };
    },
  },
  {
    name: 'symbolic-link-tag',
    inflict: (root) => {
      const { repository, tag, digest } = victim(root);
      linkOut(root, tagFolder(repository, tag));
      return { path: tagFolder(repository, tag), repository, tag, digest };
    },
  },
  damaged('symbolic-link-repository-alias', repositoryFolder('alias'), (root, path) =>
    symlinkSync('app', at(root, path)),
  ),
  damaged('symbolic-link-loop', repositoryFolder('loop'), (root, path) => symlinkSync('loop', at(root, path))),
  damaged('symbolic-link-to-parent', `${REPOSITORIES}/shop/up`, (root, path) => symlinkSync('..', at(root, path))),
  damaged('symbolic-link-dangling', repositoryFolder('gone'), (root, path) => symlinkSync('nowhere', at(root, path))),
];

function linkOut(root: string, path: string): void {
  replaceBySymbolicLink(root, `${LAYOUT_FOLDER}/${path}`);
}

const forbidden: readonly Damage[] = [
  // Root reads such a folder all the same: a test that wants the refusal must not run as root.
  damaged('unreadable-folder', `${APP}/${REVISIONS}`, (root, path) => chmodSync(at(root, path), 0), 'app'),
  damaged('fifo-in-repositories', `${REPOSITORIES}/pipe`, (root, path) => execFileSync('mkfifo', [at(root, path)])),
];

const UPLOAD = uploadFolder('app', UUID);

const uploads: readonly Damage[] = [
  damaged('upload-without-startedat', UPLOAD, (root, path) => write(root, `${path}/data`, 'half a layer'), 'app'),
  damaged(
    'upload-startedat-garbage',
    UPLOAD,
    (root, path) => {
      write(root, `${path}/data`, 'half a layer');
      write(root, `${path}/startedat`, 'yesterday');
    },
    'app',
  ),
];

export const treeDamages: readonly Damage[] = [
  ...missingFolders,
  ...foreignEntries,
  ...illegalNames,
  ...symbolicLinks,
  ...forbidden,
  ...uploads,
];
