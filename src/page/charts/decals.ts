/** A pattern for each class of bytes, so that nobody needs to tell colours apart. */
import type { ByteClass } from '../../report/html/classes.ts';
import type { ClassColour } from './palette.ts';

type Decal = Readonly<Record<string, unknown>>;

const QUARTER_TURN = Math.PI / 4;

const PATTERNS: Readonly<Record<ByteClass, Decal>> = {
  kept: { symbol: 'none' },
  shared: { symbol: 'rect', symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [1, 7] },
  untagged: { symbol: 'rect', symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: QUARTER_TURN },
  held: {
    symbol: 'circle',
    symbolSize: 0.6,
    dashArrayX: [
      [6, 6],
      [0, 6, 6, 0],
    ],
    dashArrayY: [6, 0],
  },
  orphaned: { symbol: 'rect', symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -QUARTER_TURN },
};

/** The pattern of a class, in a faint shade of the colour of texts on it. */
export function decalOf(key: ByteClass, { text }: ClassColour): Decal {
  return { ...PATTERNS[key], color: `${text}2e` };
}
