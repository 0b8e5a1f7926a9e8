import type { FileEntry, RegistryFiles } from '../shared/registry-files.ts';
import { REPOSITORIES } from './repository.ts';

/**
 * The paths below `repositories` of all folders that hold `_manifests`, whatever their names, in the order of their bytes; between
 * them `undefined`, for whoever wants a turn. Symbolic links are followed, none to a folder that one led to before. What cannot
 * be listed is passed over: the registry cannot serve it either.
 */
export function* repositoryFolders(files: RegistryFiles, root: string): Generator<string | undefined, void, undefined> {
  const seen = new Set<string>();
  const isFolder = (path: string, { kind }: FileEntry): boolean => {
    if (kind !== 'link') return kind === 'folder';
    const facts = files.facts(path);
    if (!facts.ok || facts.kind !== 'folder' || seen.has(facts.identity)) return false;
    seen.add(facts.identity);
    return true;
  };
  const open = [''];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const folder = `${root}${REPOSITORIES}${name === '' ? '' : `/${name}`}`;
    const listed = files.list(folder, false);
    const entries = listed.ok ? listed.entries : [];
    yield name !== '' && entries.some((entry) => entry.name === '_manifests') ? name : undefined;
    const below = entries.filter((entry) => !entry.name.startsWith('_') && isFolder(`${folder}/${entry.name}`, entry));
    const prefix = name === '' ? '' : `${name}/`;
    open.push(...below.map((entry) => prefix + entry.name).sort((a, b) => (a < b ? 1 : -1)));
  }
}
