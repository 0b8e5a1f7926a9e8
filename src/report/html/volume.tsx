/** Where the bytes are: by class, and as a map. */
import { hierarchy, treemap, type HierarchyRectangularNode } from 'd3-hierarchy';
import { formatBytes, formatPercent } from '../format.ts';
import type { VolumeNode } from '../model-tree.ts';
import { WholeBar } from './bars.tsx';
import { BYTE_CLASSES, bytesOf } from './classes.ts';
import { Heads } from './heads.tsx';
import { mapItems, type MapItem } from './map-items.ts';
import { fillOf, Swatch } from './patterns.tsx';
import { Section, shown } from './text.tsx';

export function Volume({ tree }: { readonly tree: VolumeNode }) {
  const whole = bytesOf(tree.below);
  if (whole === 0) return null;
  return (
    <Section id="volume" title="Where the bytes are">
      <p class="faint">Each blob is counted once, at the namespace or repository that holds all who use it.</p>
      <WholeBar classes={tree.below} />
      <table>
        <Heads of={['class', { number: 'bytes' }, { number: 'share' }, 'what it is']} />
        <tbody>
          {BYTE_CLASSES.map(({ key, meaning }) => (
            <tr>
              <th scope="row" class="class">
                <Swatch of={key} />
                {key}
              </th>
              <td class="number">{formatBytes(tree.below[key])}</td>
              <td class="number">{formatPercent(tree.below[key], whole)}</td>
              <td class="faint">{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <figure data-live="volume">
        <StillMap tree={tree} />
      </figure>
    </Section>
  );
}

const WIDTH = 1130;
const HEIGHT = 520;
/** Pixels of the line that names a part. */
const HEAD = 20;
/** Narrower or lower than this a rectangle has no room for a text. */
const LEAST_WIDTH = 46;
const LEAST_HEIGHT = 20;
const LINE = 16;
/** What a letter needs at most, on the average: a text is cut where it would not fit. */
const LETTER = 6.8;

/** The map for where no script runs. */
function StillMap({ tree }: { readonly tree: VolumeNode }) {
  const root: MapItem = { name: '', value: 0, path: '', below: tree.below, children: mapItems(tree) };
  const edge = ({ data }: HierarchyRectangularNode<MapItem>): number => (data.isFramed === true ? 3 : 0);
  const nodes = treemap<MapItem>()
    .size([WIDTH, HEIGHT])
    .paddingInner(({ data, depth }) => (depth === 0 ? 3 : data.isFramed === true ? 2 : 0))
    .paddingTop(({ data }) => (data.isFramed === true ? HEAD : 0))
    .paddingBottom(edge)
    .paddingLeft(edge)
    .paddingRight(edge)(
      hierarchy(root, ({ children }) => children)
        .sum(({ value, children }) => (children === undefined ? value : 0))
        .sort((a, b) => (b.value ?? 0) - (a.value ?? 0)),
    )
    .descendants()
    .filter(({ data, x0, x1, y0, y1 }) => (data.class ?? data.isFramed) !== undefined && x1 - x0 >= 1 && y1 - y0 >= 1);
  return (
    <svg
      class="picture"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="The volume as a map by namespace, repository and class; the table of repositories below has the numbers"
    >
      {nodes.map((node) => (
        <Rectangle node={node} />
      ))}
    </svg>
  );
}

function Rectangle({ node: { data, x0, y0, x1, y1 } }: { readonly node: HierarchyRectangularNode<MapItem> }) {
  const [width, height] = [x1 - x0, y1 - y0];
  const { name, value } = data.names ?? data;
  const isFrame = data.isFramed === true;
  const letters = Math.floor((width - 8) / LETTER);
  const hasText = width >= LEAST_WIDTH && (isFrame || height >= LEAST_HEIGHT);
  const lines = isFrame ? [`${shown(name)}  ${formatBytes(value)}`] : [shown(name), formatBytes(value)];
  return (
    <g>
      <rect
        x={fixed(x0)}
        y={fixed(y0)}
        width={fixed(width)}
        height={fixed(height)}
        {...(data.class === undefined ? { class: 'part' } : { fill: fillOf(data.class) })}
      >
        <title>{`${shown(data.path ?? name)}: ${formatBytes(data.value)} ${data.class ?? ''}`}</title>
      </rect>
      {hasText && (
        <text class={`on-${data.class ?? 'part'}`} y={fixed(y0 + 14)}>
          {lines.slice(0, height < 2 * LEAST_HEIGHT ? 1 : 2).map((line, at) => (
            <tspan x={fixed(x0 + 5)} dy={at === 0 ? 0 : LINE}>
              {cut(line, letters)}
            </tspan>
          ))}
        </text>
      )}
    </g>
  );
}

function fixed(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
