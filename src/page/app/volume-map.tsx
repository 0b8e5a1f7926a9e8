/** The volume as a map, part by part; and the same as a table, for whoever does not see or point. */
import { useCallback, useMemo } from 'preact/hooks';
import { BYTE_CLASSES, bytesOf } from '../../report/html/classes.ts';
import { formatBytes, formatCount } from '../../report/format.ts';
import type { VolumeNode } from '../../report/model-tree.ts';
import { Chart } from '../chart.tsx';
import type { Palette } from '../charts/palette.ts';
import { treemapOption, type MapItem } from '../charts/treemap.ts';
import { Name } from './name.tsx';
import { Link, useNavigation } from './navigation.tsx';
import { Table, type Column } from './table.tsx';

const HEIGHT = 420;

export function VolumeMap({ tree, at }: { readonly tree: VolumeNode; readonly at: string }) {
  const { go } = useNavigation();
  const way = useMemo(() => wayTo(tree, at), [tree, at]);
  const node = way.at(-1) ?? tree;
  const option = useCallback((palette: Palette) => treemapOption(node, palette), [node]);
  const pick = (data: unknown): void => {
    const path = (data as MapItem | undefined)?.path ?? '';
    const picked = wayTo(tree, path).at(-1);
    if (picked === undefined || picked.path !== path || path === '') return;
    if (picked.children.length > 0 && picked !== node) go({ view: 'overview', at: path });
    else if (picked.isRepository) go({ view: 'repository', name: path });
  };
  return (
    <section>
      <h2>Where it lies</h2>
      <Way way={way} />
      <figure>
        <Chart
          option={option}
          height={HEIGHT}
          onPick={pick}
          label={`Map of ${node.path === '' ? 'the volume' : node.path}: ${formatBytes(bytesOf(node.below))}. The table below says the same.`}
        />
        <figcaption>Areas are bytes. A click goes into a namespace, and to a repository.</figcaption>
      </figure>
      {node.isRepository && (
        <p>
          <Link to={{ view: 'repository', name: node.path }}>
            Go to repository <Name text={node.path} />
          </Link>
        </p>
      )}
      <details>
        <summary>The same as a table</summary>
        <Parts node={node} />
      </details>
    </section>
  );
}

/** From the whole volume down to `path`, or as far as there is something. */
function wayTo(tree: VolumeNode, path: string): readonly VolumeNode[] {
  const way = [tree];
  let node: VolumeNode | undefined = tree;
  while (node !== undefined && node.path !== path) {
    node = node.children.find((child) => path === child.path || path.startsWith(`${child.path}/`));
    if (node !== undefined) way.push(node);
  }
  return way;
}

function Way({ way }: { readonly way: readonly VolumeNode[] }) {
  return (
    <nav class="way" aria-label="Part of the volume">
      <ol>
        {way.map(({ path, name }, step) => {
          const text = path === '' ? 'the volume' : name;
          return (
            <li key={path}>
              {step === way.length - 1 ? (
                <span aria-current="page">
                  <Name text={text} />
                </span>
              ) : (
                <Link to={{ view: 'overview', at: path }}>
                  <Name text={text} />
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

const COLUMNS: readonly Column<VolumeNode>[] = [
  {
    head: 'Part',
    cell: (node) => (
      <Link
        to={node.children.length > 0 ? { view: 'overview', at: node.path } : { view: 'repository', name: node.path }}
      >
        <Name text={node.path} />
      </Link>
    ),
  },
  { head: 'Bytes', isNumber: true, cell: ({ below }) => formatBytes(bytesOf(below)) },
  ...BYTE_CLASSES.map(({ key }) => ({
    head: key,
    isNumber: true,
    cell: ({ below }: VolumeNode) => formatBytes(below[key]),
  })),
  { head: 'Repositories', isNumber: true, cell: ({ repositories }) => formatCount(repositories) },
  { head: 'Tags', isNumber: true, cell: ({ tags }) => formatCount(tags) },
];

function Parts({ node }: { readonly node: VolumeNode }) {
  return (
    <Table
      caption={`Parts of ${node.path === '' ? 'the volume' : node.path}, each blob counted once.`}
      columns={COLUMNS}
      rows={node.children}
      keyOf={({ path }) => path}
      none="Nothing lies below it."
    />
  );
}
