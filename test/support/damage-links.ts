/** Damage to links: of revisions, tags and layers. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { digestHex } from '../../src/layout/digest.ts';
import {
  layerLink,
  revisionFolder,
  revisionLink,
  tagCurrentLink,
  tagFolder,
  tagIndexEntryLink,
  tagIndexFolder,
} from '../../src/layout/paths.ts';
import { digestBytes } from './content.ts';
import { at, remove, victim, write, type Damage, type DamageSite, type Victim } from './damage-site.ts';

/** The digest of a blob that no registry here holds. */
const NOWHERE = digestBytes(Buffer.from('nowhere'));

function onRevisionLink(name: string, act: (root: string, path: string, hit: Victim) => void): Damage {
  return on(
    name,
    (hit) => revisionLink(hit.repository, hit.digest),
    act,
    ({ digest }) => ({ digest }),
  );
}

function onCurrentLink(name: string, act: (root: string, path: string, hit: Victim) => void): Damage {
  return on(
    name,
    (hit) => tagCurrentLink(hit.repository, hit.tag),
    act,
    ({ tag, digest }) => ({ tag, digest }),
  );
}

function onLayerLink(name: string, act: (root: string, path: string, hit: Victim) => void): Damage {
  return on(
    name,
    (hit) => layerLink(hit.repository, hit.layer),
    act,
    ({ layer }) => ({ digest: layer }),
  );
}

function on(
  name: string,
  place: (hit: Victim) => string,
  act: (root: string, path: string, hit: Victim) => void,
  named: (hit: Victim) => Partial<DamageSite>,
): Damage {
  const inflict = (root: string): DamageSite => {
    const hit = victim(root);
    const path = place(hit);
    act(root, path, hit);
    return { path, repository: hit.repository, ...named(hit) };
  };
  return { name, inflict };
}

const revisionLinkDamages: readonly Damage[] = [
  onRevisionLink('revision-link-empty', (root, path) => write(root, path, '')),
  onRevisionLink('revision-link-garbage', (root, path) => write(root, path, 'no digest at all')),
  onRevisionLink('revision-link-binary', (root, path) => write(root, path, Buffer.from([0, 255, 27, 91, 50, 74]))),
  onRevisionLink('revision-link-upper-case', (root, path, { digest }) =>
    write(root, path, `sha256:${digestHex(digest).toUpperCase()}`),
  ),
  onRevisionLink('revision-link-newline', (root, path, { digest }) => write(root, path, `${digest}\n`)),
  onRevisionLink('revision-link-other-digest', (root, path, { otherRevision }) => write(root, path, otherRevision)),
  onRevisionLink('revision-link-to-config', (root, path, { config }) => write(root, path, config)),
  onRevisionLink('revision-link-to-nowhere', (root, path) => write(root, path, NOWHERE)),
  onRevisionLink('revision-link-missing', remove),
  onRevisionLink('revision-link-is-folder', (root, path) => {
    remove(root, path);
    mkdirSync(at(root, path));
  }),
  onRevisionLink('revision-link-dangling-symbolic-link', (root, path) => {
    remove(root, path);
    symlinkSync('gone', at(root, path));
  }),
  onRevisionLink('revision-link-is-fifo', (root, path) => {
    remove(root, path);
    execFileSync('mkfifo', [at(root, path)]);
  }),
  on(
    'revision-link-stray-temporary-file',
    (hit) => strayLink(hit),
    (root, path, { digest }) => write(root, path, digest),
    ({ digest }) => ({ digest }),
  ),
];

/** As 3.1 names the file that it is about to rename to `link`. */
function strayLink(hit: Victim): string {
  return `${revisionFolder(hit.repository, hit.digest)}/link.6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11.tmp`;
}

const tagDamages: readonly Damage[] = [
  onCurrentLink('tag-current-empty', (root, path) => write(root, path, '')),
  onCurrentLink('tag-current-newline', (root, path, { digest }) => write(root, path, `${digest}\n`)),
  onCurrentLink('tag-current-garbage', (root, path) => write(root, path, '<<<<<<< HEAD')),
  onCurrentLink('tag-current-missing', (root, _path, { repository, tag }) =>
    remove(root, `${tagFolder(repository, tag)}/current`),
  ),
  onCurrentLink('tag-current-to-nowhere', (root, path) => write(root, path, NOWHERE)),
  onCurrentLink('tag-folder-empty', (root, _path, { repository, tag }) => {
    remove(root, tagFolder(repository, tag));
    mkdirSync(at(root, tagFolder(repository, tag)));
  }),
  on(
    'tag-without-index',
    (hit) => tagIndexFolder(hit.repository, hit.tag),
    remove,
    ({ tag }) => ({ tag }),
  ),
  on(
    'tag-index-entry-to-nowhere',
    (hit) => tagIndexEntryLink(hit.repository, hit.tag, NOWHERE),
    (root, path) => write(root, path, NOWHERE),
    ({ tag }) => ({ tag, digest: NOWHERE }),
  ),
  onRevisionLink('tag-names-unlinked-revision', (root, _path, { repository, digest }) =>
    remove(root, revisionFolder(repository, digest)),
  ),
  // Registries of 2.1 linked manifests as layers; 2.8 still serves such an image, 3.x no longer.
  onRevisionLink('tag-names-revision-linked-as-layer', (root, _path, { repository, digest }) => {
    remove(root, revisionFolder(repository, digest));
    write(root, layerLink(repository, digest), digest);
  }),
  // The second method of the blog posts: everything about the revision goes by hand, but the tag stays.
  onRevisionLink('tag-left-after-removal-by-hand', (root, _path, { repository, tag, otherTag, digest }) => {
    remove(root, revisionFolder(repository, digest));
    remove(root, `${tagIndexFolder(repository, tag)}/sha256/${digestHex(digest)}`);
    rmSync(at(root, tagFolder(repository, otherTag)), { recursive: true });
  }),
];

const layerLinkDamages: readonly Damage[] = [
  onLayerLink('layer-link-empty', (root, path) => write(root, path, '')),
  onLayerLink('layer-link-newline', (root, path, { layer }) => write(root, path, `${layer}\n`)),
  onLayerLink('layer-link-other-digest', (root, path, { config }) => write(root, path, config)),
  onLayerLink('layer-link-missing', remove),
  on(
    'layer-link-to-nowhere',
    (hit) => layerLink(hit.repository, NOWHERE),
    (root, path) => write(root, path, NOWHERE),
    () => ({ digest: NOWHERE }),
  ),
];

export const linkDamages: readonly Damage[] = [...revisionLinkDamages, ...tagDamages, ...layerLinkDamages];
