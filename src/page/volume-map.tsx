/** The map of the volume, which opens part by part, with the way back and a table of what it shows. */
import { useCallback, useMemo, useState } from 'preact/hooks';
import { ClassBar } from '../report/html/bars.tsx';
import { BYTE_CLASSES, bytesOf } from '../report/html/classes.ts';
import { Heads } from '../report/html/heads.tsx';
import { Swatch } from '../report/html/patterns.tsx';
import { shown } from '../report/html/text.tsx';
import { formatBytes, formatCount } from '../report/format.ts';
import type { VolumeNode } from '../report/model-tree.ts';
import { Chart } from './chart.tsx';
import { treemapOption, type MapItem } from './charts/treemap.ts';
import type { Palette } from './charts/palette.ts';
import { wayTo } from './way.ts';

/** Pixels: on a small page a map that fits its screen. */
const HEIGHT = 520;
const SMALL_HEIGHT = 400;
const SMALL = 600;

/** Parts that the table has. */
const PARTS_SHOWN = 12;

/** The map of a tree, with the volume to begin with. */
export function VolumeMap({ tree }: { readonly tree: VolumeNode }) {
  const [path, setPath] = useState('');
  const way = useMemo(() => wayTo(tree, path), [tree, path]);
  const node = way.at(-1) ?? tree;
  const option = useCallback((palette: Palette) => treemapOption(node, palette), [node]);
  const open = (data: unknown): void => {
    const picked = (data as MapItem | undefined)?.path;
    if (typeof picked === 'string' && picked !== path && wayTo(tree, picked).length > 1) setPath(picked);
  };
  return (
    <>
      <nav class="way" aria-label="Part of the volume that is shown">
        <ol>
          {way.map((one) => (
            <li>
              {one === node ? (
                <span aria-current="location">{nameOf(one)}</span>
              ) : (
                <button type="button" class="link" onClick={() => setPath(one.path)}>
                  {nameOf(one)}
                </button>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <Chart
        option={option}
        label={`Map of ${nameOf(node)} by namespace, repository and class; the table below has the same in numbers`}
        height={innerWidth < SMALL ? SMALL_HEIGHT : HEIGHT}
        onPick={open}
      />
      <ul class="legend" aria-label="Classes">
        {BYTE_CLASSES.filter(({ key }) => tree.below[key] > 0).map(({ key }) => (
          <li>
            <Swatch of={key} />
            {key}
          </li>
        ))}
      </ul>
      <Parts node={node} open={setPath} />
    </>
  );
}

function nameOf({ name, path }: VolumeNode): string {
  return path === '' && name === '' ? 'the volume' : shown(name);
}

function Parts({ node, open }: { readonly node: VolumeNode; readonly open: (path: string) => void }) {
  const parts = node.children.slice(0, PARTS_SHOWN);
  if (parts.length === 0) return null;
  const greatest = bytesOf(parts[0]?.below ?? node.below);
  const rest = node.children.length - parts.length;
  return (
    <table>
      <caption>
        {`Parts of ${nameOf(node)}`}
        {rest > 0 ? `, the largest ${formatCount(parts.length)} of ${formatCount(node.children.length)}` : ''}
      </caption>
      <Heads of={['part', undefined, { number: 'bytes' }, { number: 'reclaimable' }]} />
      <tbody>
        {parts.map((part) => (
          <tr key={part.path === '' ? part.name : part.path}>
            <th scope="row" class="name">
              {part.children.length === 0 && !part.isRepository ? (
                nameOf(part)
              ) : (
                <button type="button" class="link" onClick={() => open(part.path)}>
                  {nameOf(part)}
                </button>
              )}
            </th>
            <td class="bar">
              <ClassBar classes={part.below} greatest={greatest} />
            </td>
            <td class="number">{formatBytes(bytesOf(part.below))}</td>
            <td class="number">{formatBytes(part.reclaimableBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
