/** Where the bytes are: by class, and as a map. */
import { hierarchy, treemap, type HierarchyRectangularNode } from 'd3-hierarchy';
import { formatBytes, formatPercent } from '../format.ts';
import type { VolumeNode } from '../model-tree.ts';
import { WholeBar } from './bars.tsx';
import { BYTE_CLASSES, bytesOf } from './classes.ts';
import { mapItems, type MapItem } from './map-items.ts';
import { fillOf, Swatch } from './patterns.tsx';
import { Section, shown } from './text.tsx';

export function Volume({ tree }: { readonly tree: VolumeNode }) {
  const whole = bytesOf(tree.below);
  if (whole === 0) return null;
  return (
    <Section id="volume" title="Where the bytes are">
      <p class="faint">Each blob is counted once, at the namespace or repository that holds all who use it.</p>
      <figure data-live="volume">
        <StillMap tree={tree} />
      </figure>
      <WholeBar classes={tree.below} />
      <table>
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col" class="number">
              bytes
            </th>
            <th scope="col" class="number">
              share
            </th>
            <th scope="col">what it is</th>
          </tr>
        </thead>
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
    </Section>
  );
}

const WIDTH = 1130;
const HEIGHT = 520;
/** Pixels of the line that names a part. */
const HEAD = 20;
/** Narrower or lower than this a rectangle has no room for a text. */
const LEAST_WIDTH = 34;
const LEAST_HEIGHT = 16;
/** What a letter needs at most, on the average: a text is cut where it would not fit. */
const LETTER = 6.8;

/** The map for where no script runs. */
function StillMap({ tree }: { readonly tree: VolumeNode }) {
  const root: MapItem = { name: '', value: 0, path: '', below: tree.below, children: mapItems(tree) };
  const nodes = treemap<MapItem>()
    .size([WIDTH, HEIGHT])
    .round(true)
    .paddingInner(2)
    .paddingTop(({ depth, x1, x0, y1, y0 }) => (depth > 0 && hasHead(x1 - x0, y1 - y0) ? HEAD : depth > 0 ? 2 : 0))
    .paddingBottom(({ depth }) => (depth > 0 ? 2 : 0))
    .paddingLeft(({ depth }) => (depth > 0 ? 2 : 0))
    .paddingRight(({ depth }) => (depth > 0 ? 2 : 0))(
      hierarchy(root, ({ children }) => children)
        .sum(({ value, children }) => (children === undefined ? value : 0))
        .sort((a, b) => (b.value ?? 0) - (a.value ?? 0)),
    )
    .descendants()
    .filter(({ depth, x0, x1, y0, y1 }) => depth > 0 && x1 - x0 >= 1 && y1 - y0 >= 1);
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

function hasHead(width: number, height: number): boolean {
  return width >= LEAST_WIDTH && height >= HEAD + LEAST_HEIGHT;
}

function Rectangle({
  node: { data, x0, y0, x1, y1, value = 0 },
}: {
  readonly node: HierarchyRectangularNode<MapItem>;
}) {
  const [width, height] = [x1 - x0, y1 - y0];
  const isPart = data.class === undefined;
  const hasText = isPart ? hasHead(width, height) : width >= LEAST_WIDTH && height >= LEAST_HEIGHT;
  const letters = Math.floor((width - 8) / LETTER);
  const size = formatBytes(value);
  const name = cut(shown(data.name), letters);
  return (
    <g>
      <rect
        x={x0}
        y={y0}
        width={width}
        height={height}
        {...(data.class === undefined ? { class: 'part' } : { fill: fillOf(data.class) })}
      >
        <title>{`${shown(data.path ?? data.name)}: ${size}${data.class === undefined ? '' : ` ${data.class}`}`}</title>
      </rect>
      {hasText && (
        <text class={isPart ? 'on-part' : `on-${data.class ?? ''}`} x={x0 + 4} y={y0 + 14}>
          {isPart && name.length + 2 + size.length <= letters ? `${name}  ${size}` : name}
          {!isPart && height >= 2 * LEAST_HEIGHT && size.length <= letters && (
            <tspan x={x0 + 4} dy="1.2em">
              {size}
            </tspan>
          )}
        </text>
      )}
    </g>
  );
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
