/** The volume as a map, part by part; and the same as a table, for whoever does not see or point. */
import { useCallback, useMemo } from 'preact/hooks';
import { formatBytes, formatCount, formatPercent } from '../../report/format.ts';
import { ClassBar, WholeBar } from '../../report/html/bars.tsx';
import { BYTE_CLASSES, bytesOf } from '../../report/html/classes.ts';
import { Patterns, Swatch } from '../../report/html/patterns.tsx';
import type { ClassBytes, VolumeNode } from '../../report/model-tree.ts';
import { Chart } from '../chart.tsx';
import type { Palette } from '../charts/palette.ts';
import { treemapOption, type MapItem } from '../charts/treemap.ts';
import { wayTo } from '../way.ts';
import type { View } from './address.ts';
import { Name } from './name.tsx';
import { Link, useNavigation } from './navigation.tsx';
import { Table, type Column } from './table.tsx';

/** Pixels: on a small window a map that fits it. */
const HEIGHT = 480;
const SMALL_HEIGHT = 380;
const SMALL = 600;

/** `at`: the name of the part that is shown; empty for the volume. */
export function VolumeView({ tree, at }: { readonly tree: VolumeNode; readonly at: string }) {
  const { go } = useNavigation();
  const way = useMemo(() => wayTo(tree, at), [tree, at]);
  const node = way.at(-1) ?? tree;
  const option = useCallback((palette: Palette) => treemapOption(node, palette), [node]);
  const open = (data: unknown): void => {
    const path = (data as Partial<MapItem> | undefined)?.path;
    if (typeof path !== 'string' || path === '') return;
    const picked = wayTo(tree, path).at(-1);
    const to = picked?.path === path ? placeOf(picked, node) : undefined;
    if (to !== undefined) go(to);
  };
  if (bytesOf(tree.below) === 0) return null;
  return (
    <section class="app-map">
      <Patterns />
      <h2>Where the bytes are</h2>
      <p class="faint">
        Each blob is counted once, at the namespace or repository that holds all who use it. A click goes into a
        namespace, and to a repository.
      </p>
      <Way way={way} />
      <Chart
        option={option}
        height={innerWidth < SMALL ? SMALL_HEIGHT : HEIGHT}
        onPick={open}
        label={`Map of ${nameOf(node)} by namespace, repository and class; the tables below have the same in numbers`}
      />
      <WholeBar classes={node.below} />
      <Classes below={node.below} />
      {node.isRepository && (
        <p>
          <Link to={{ view: 'repository', name: node.path }}>
            Go to repository <Name text={node.path} />
          </Link>
        </p>
      )}
      <Parts node={node} />
    </section>
  );
}

/** Where a click on a part leads, while `shown` is what the map shows; `undefined` for what lies nowhere else. */
function placeOf(part: VolumeNode, shown: VolumeNode): View | undefined {
  if (part.children.length > 0 && part !== shown) return { view: 'overview', at: part.path };
  return part.isRepository ? { view: 'repository', name: part.path } : undefined;
}

function nameOf({ path }: VolumeNode): string {
  return path === '' ? 'the volume' : path;
}

function Way({ way }: { readonly way: readonly VolumeNode[] }) {
  return (
    <nav class="way" aria-label="Part of the volume that is shown">
      <ol>
        {way.map((node, step) => {
          const text = node.path === '' ? 'the volume' : node.name;
          return (
            <li key={node.path}>
              {step === way.length - 1 ? (
                <span aria-current="location">
                  <Name text={text} />
                </span>
              ) : (
                <Link to={{ view: 'overview', at: node.path }}>
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

function Classes({ below }: { readonly below: ClassBytes }) {
  const whole = bytesOf(below);
  return (
    <ul class="legend" aria-label="Classes of bytes">
      {BYTE_CLASSES.filter(({ key }) => below[key] > 0).map(({ key, meaning }) => (
        <li key={key} title={meaning}>
          <Swatch of={key} />
          {key} {formatBytes(below[key])} ({formatPercent(below[key], whole)})
        </li>
      ))}
    </ul>
  );
}

function Parts({ node }: { readonly node: VolumeNode }) {
  if (node.children.length === 0) return null;
  const greatest = bytesOf(node.children[0]?.below ?? node.below);
  const columns: readonly Column<VolumeNode>[] = [
    { head: 'Part', cell: (part) => <PartLink part={part} shown={node} /> },
    { head: 'By class', isBar: true, cell: ({ below }) => <ClassBar classes={below} greatest={greatest} /> },
    { head: 'Bytes', isNumber: true, cell: ({ below }) => formatBytes(bytesOf(below)) },
    { head: 'Reclaimable', isNumber: true, cell: ({ reclaimableBytes }) => formatBytes(reclaimableBytes) },
    { head: 'Repositories', isNumber: true, cell: ({ repositories }) => formatCount(repositories) },
    { head: 'Tags', isNumber: true, cell: ({ tags }) => formatCount(tags) },
  ];
  return (
    <details>
      <summary>As a table</summary>
      <Table
        caption={`Parts of ${nameOf(node)}, the largest first.`}
        columns={columns}
        rows={node.children}
        keyOf={({ path, name }) => (path === '' ? name : path)}
      />
    </details>
  );
}

function PartLink({ part, shown }: { readonly part: VolumeNode; readonly shown: VolumeNode }) {
  const to = placeOf(part, shown);
  const name = <Name text={part.path === '' ? part.name : part.path} />;
  return to === undefined ? name : <Link to={to}>{name}</Link>;
}
