/** The fills of the classes of bytes in plain SVG: a colour, and a pattern on it for whoever cannot tell colours. */
import type { ByteClass } from './classes.ts';
import { BYTE_CLASSES } from './classes.ts';

/** Pixels of a tile. */
const TILE = 8;

const MARKS: Readonly<Record<ByteClass, string>> = {
  kept: '',
  shared: `M0,4H${TILE}`,
  untagged: `M-2,2L2,-2M0,8L8,0M6,10L10,6`,
  held: 'M0.5,2a1.5,1.5 0 1,0 3,0a1.5,1.5 0 1,0 -3,0M4.5,6a1.5,1.5 0 1,0 3,0a1.5,1.5 0 1,0 -3,0',
  orphaned: `M-1,3L5,9M-1,-1L9,9M3,-1L9,5`,
};

/** Defines the fills, once in a document. Where it stands nothing is seen. */
export function Patterns() {
  return (
    <svg class="unseen" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        {BYTE_CLASSES.map(({ key }) => (
          <pattern id={`class-${key}`} width={TILE} height={TILE} patternUnits="userSpaceOnUse">
            <rect class={`fill-${key}`} width={TILE} height={TILE} />
            <path class={`mark-${key}`} d={MARKS[key]} />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

/** As a `fill` names the fill of a class. */
export function fillOf(key: ByteClass): string {
  return `url(#class-${key})`;
}

/** A little of the fill of a class, beside its name. */
export function Swatch({ of }: { readonly of: ByteClass }) {
  return (
    <svg class="swatch" width="18" height="14" aria-hidden="true">
      <rect width="18" height="14" rx="2" fill={fillOf(of)} />
    </svg>
  );
}
