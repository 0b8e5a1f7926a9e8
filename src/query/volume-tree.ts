/** The volume as a tree of namespaces and repositories: what each reaches, and of which class it is. */
import { known } from '../gc/figures.ts';
import { REFERENCED, subjectOf, UNREFERENCED } from '../gc/mark.ts';
import { addModeRoots } from '../gc/mark-rows.ts';
import { uploadsToGo } from '../gc/plan.ts';
import { inMode } from '../gc/plan-in.ts';
import { Closure, reach } from '../gc/reachability.ts';
import { allRoots, type Roots } from '../gc/roots.ts';
import { momentOf } from '../gc/thresholds.ts';
import type { Analysis } from '../gc/analysis.ts';
import { BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import type { ClassBytes, VolumeNode, VolumeTree } from '../report/model-tree.ts';
import { at, flagAt, numberAt, rowsOf, unsignedAt } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { addUpwards, nameTree, type NameTree } from './name-tree.ts';
import { MeasuredUsers, Users } from './users.ts';
import { registryOf, type MarkedIndex, type ViewOptions } from './view.ts';

const CLASSES = ['kept', 'shared', 'untagged', 'orphaned', 'held'] as const satisfies (keyof ClassBytes)[];
type Class = (typeof CLASSES)[number];

/** Bytes by node, of each class. */
type ByClass = Readonly<Record<Class, Float64Array>>;

/**
 * The tree. `depth`: what lies deeper is counted in the node that many parts down, and not shown. A node's figures are
 * computed for it as a whole, as those of a namespace are in `repositoryRows`. Near linear in what all repositories reach.
 */
export function volumeTree(
  { analysis }: Pick<MarkedIndex, 'analysis'>,
  options: ViewOptions,
  depth = Infinity,
): VolumeNode {
  const { inventory } = analysis;
  const tree = nameTree(inventory.repositories);
  const size = storedSizes(inventory);
  const { byTags, byRoots } = reachingUsers(analysis, options, tree, size);
  const { links, credited } = linkingUsers(analysis, options, tree, size);
  const own = emptyClasses(tree);
  const exclusive = new Float64Array(tree.parent.length);
  const { level } = inMode(analysis, options.mode).marking;
  for (let id = 0; id < size.length; id++) {
    const bytes = numberAt(size, id);
    if (bytes === 0) continue;
    const isReferenced = level[id] === REFERENCED;
    const users = !isReferenced ? links : byTags.isUsed(id) ? byTags : byRoots;
    add(own[classOf(flagAt(level, id), byTags, id)], users.above(id), bytes);
    if (isReferenced) add(exclusive, byRoots.above(id), bytes);
  }
  const count = counts(inventory, tree);
  const upwards = (values: Float64Array): Float64Array => addUpwards(tree.parent, values);
  return nest(tree, depth, {
    own,
    below: mapClasses(own, upwards),
    repositories: upwards(count.repositories),
    tags: upwards(count.tags),
    bytes: upwards(byRoots.bytes),
    exclusive: upwards(exclusive),
    reclaimable: upwards(credited),
  });
}

/** What `tree` says. */
export function buildTree(index: MarkedIndex, options: ViewOptions, depth?: number): VolumeTree {
  const { root, scannedAt } = registryOf(index.analysis.inventory);
  return {
    schema: 'regsweep.tree/1',
    registry: { root, scannedAt },
    mode: options.mode,
    volume: volumeTree(index, options, depth),
  };
}

function add(sums: Float64Array, node: number, bytes: number): void {
  sums[node] = numberAt(sums, node) + bytes;
}

/** Bytes of what is stored, by digest id; 0 for all else. */
function storedSizes({ blobs, digests }: Inventory): Float64Array {
  const size = new Float64Array(digests.size);
  for (let id = 0; id < size.length; id++) {
    if ((flagAt(blobs.flags, id) & BLOB_STORED) !== 0) size[id] = known(numberAt(blobs.bytes, id));
  }
  return size;
}

function classOf(level: number, byTags: Users, id: number): Class {
  if (level === UNREFERENCED) return 'orphaned';
  if (level !== REFERENCED) return 'held';
  if (!byTags.isUsed(id)) return 'untagged';
  return byTags.isUsedBySeveral(id) ? 'shared' : 'kept';
}

interface Reaching {
  /** Who reaches what from tags that stay. */
  readonly byTags: Users;
  /** Who reaches what from any root of the mode. */
  readonly byRoots: MeasuredUsers;
}

function reachingUsers(analysis: Analysis, options: ViewOptions, tree: NameTree, size: Float64Array): Reaching {
  const { inventory, graph } = analysis;
  const { roots, marking } = inMode(analysis, options.mode);
  const tags = tagRootsOf(analysis, options);
  const subjects = subjectOf(inventory);
  const closure = new Closure(graph.nodes, [graph.references]);
  const byRoots = new MeasuredUsers(tree.parent, size);
  // Where only tags are roots both are the same, and nothing more is followed.
  const byTags = tags.roots === roots ? byRoots : new Users(tree.parent, size.length);
  for (let node = 0; node < tree.parent.length; node++) {
    const repository = at(tree.repository, node);
    if (repository === NONE) continue;
    closure.begin();
    addModeRoots(closure, inventory, repository, tags.roots, subjects, tags.level);
    byTags.take(node, closure.reached);
    if (byRoots === byTags) continue;
    // All that is a root by tags is one in the mode.
    addModeRoots(closure, inventory, repository, roots, subjects, marking.level);
    byRoots.take(node, closure.reached);
  }
  return { byTags, byRoots };
}

interface TagRoots {
  readonly roots: Roots;
  /** `REFERENCED` for what they reach in any repository. */
  readonly level: Uint8Array;
}

/** The tags that stay in the mode, as roots without any other. */
function tagRootsOf(analysis: Analysis, { mode }: ViewOptions): TagRoots {
  if (mode !== 'policy' && analysis.limited === undefined) {
    const { roots, marking } = analysis.untagged;
    return { roots, level: marking.level };
  }
  const { inventory } = analysis;
  const of = inMode(analysis, mode);
  const roots = { ...of.roots, revisions: new Uint8Array(of.roots.revisions.length) };
  const { references, referrers } = (mode === 'policy' ? analysis.policy : undefined)?.graph ?? analysis.graph;
  const level = new Uint8Array(inventory.digests.size);
  reach(level, allRoots(inventory, roots), REFERENCED, [references, referrers]);
  return { roots, level };
}

interface Linking {
  readonly links: Users;
  /** By node, to be added up: bytes of what goes, and of the uploads that go. */
  readonly credited: Float64Array;
}

/** Who links what is not referenced, in any way. */
function linkingUsers(analysis: Analysis, options: ViewOptions, tree: NameTree, size: Float64Array): Linking {
  const { inventory, youngSince } = analysis;
  const { marking } = inMode(analysis, options.mode);
  const { revisions, layerLinks, tags, tagIndexEntries: entries } = inventory;
  const going = size.slice();
  for (let id = 0; id < going.length; id++) if (marking.level[id] !== UNREFERENCED) going[id] = 0;
  const links = new MeasuredUsers(tree.parent, going);
  const uploads = new Float64Array(inventory.repositories.length);
  for (const index of uploadsToGo(inventory, marking, momentOf(youngSince, options))) {
    const upload = inventory.uploads[index];
    if (upload !== undefined) add(uploads, upload.repository, upload.bytes);
  }
  const credited = links.bytes;
  const take = (node: number, id: number): void => {
    if (marking.level[id] !== REFERENCED) links.takeOne(node, id);
  };
  for (let node = 0; node < tree.parent.length; node++) {
    const repository = at(tree.repository, node);
    if (repository === NONE) continue;
    for (const row of rowsOf(revisions.byRepository, repository)) take(node, at(revisions.digest, row));
    for (const row of rowsOf(layerLinks.byRepository, repository)) take(node, at(layerLinks.digest, row));
    for (const tag of rowsOf(tags.byRepository, repository)) {
      for (const row of rowsOf(entries.byTag, tag)) take(node, at(entries.digest, row));
    }
    add(credited, node, numberAt(uploads, repository));
  }
  for (let id = 0; id < going.length; id++) if (!links.isUsed(id)) add(credited, 0, numberAt(going, id));
  // An alias is no link to what it stands for, but says whose that is.
  for (const { from, to } of inventory.aliases) links.pass(from, to);
  return { links, credited };
}

function counts({ tags }: Inventory, tree: NameTree): Readonly<Record<'repositories' | 'tags', Float64Array>> {
  const repositories = new Float64Array(tree.parent.length);
  const tagged = new Float64Array(tree.parent.length);
  const { start } = tags.byRepository;
  for (const [node, repository] of tree.repository.entries()) {
    if (repository === NONE) continue;
    repositories[node] = 1;
    tagged[node] = unsignedAt(start, repository + 1) - unsignedAt(start, repository);
  }
  return { repositories, tags: tagged };
}

function emptyClasses({ parent }: NameTree): ByClass {
  const empty = (): Float64Array => new Float64Array(parent.length);
  return { kept: empty(), shared: empty(), untagged: empty(), orphaned: empty(), held: empty() };
}

function mapClasses(of: ByClass, map: (values: Float64Array) => Float64Array): ByClass {
  const { kept, shared, untagged, orphaned, held } = of;
  return {
    kept: map(kept),
    shared: map(shared),
    untagged: map(untagged),
    orphaned: map(orphaned),
    held: map(held),
  };
}

interface NodeFigures extends Readonly<
  Record<'repositories' | 'tags' | 'bytes' | 'exclusive' | 'reclaimable', Float64Array>
> {
  readonly own: ByClass;
  readonly below: ByClass;
}

/** The nodes down to `depth`, each with those below it. */
function nest(tree: NameTree, depth: number, figures: NodeFigures): VolumeNode {
  const children = tree.path.map((): VolumeNode[] => []);
  for (let node = tree.parent.length - 1; node > 0; node--) {
    if (at(tree.depth, node) > depth) continue;
    children[at(tree.parent, node)]?.push(nodeOf(tree, node, depth, figures, children[node] ?? []));
  }
  return nodeOf(tree, 0, depth, figures, children[0] ?? []);
}

function nodeOf(
  tree: NameTree,
  node: number,
  depth: number,
  figures: NodeFigures,
  children: readonly VolumeNode[],
): VolumeNode {
  const path = tree.path[node] ?? '';
  const bytes = numberAt(figures.bytes, node);
  const exclusiveBytes = numberAt(figures.exclusive, node);
  const below = classBytes(figures.below, node);
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    isRepository: at(tree.repository, node) !== NONE,
    repositories: numberAt(figures.repositories, node),
    tags: numberAt(figures.tags, node),
    bytes,
    exclusiveBytes,
    sharedBytes: bytes - exclusiveBytes,
    reclaimableBytes: numberAt(figures.reclaimable, node),
    own: at(tree.depth, node) === depth ? below : classBytes(figures.own, node),
    below,
    children: children.toSorted((a, b) => totalOf(b.below) - totalOf(a.below) || compareText(a.path, b.path)),
  };
}

function classBytes(of: ByClass, node: number): ClassBytes {
  return {
    kept: numberAt(of.kept, node),
    shared: numberAt(of.shared, node),
    untagged: numberAt(of.untagged, node),
    orphaned: numberAt(of.orphaned, node),
    held: numberAt(of.held, node),
  };
}

/** All bytes of the classes together. */
export function totalOf(bytes: ClassBytes): number {
  return CLASSES.reduce((sum, name) => sum + bytes[name], 0);
}
