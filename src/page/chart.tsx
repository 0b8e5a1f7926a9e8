/** A chart on the page. It is a picture: whoever does not see it reads its label, and the table beside it. */
import { useEffect, useRef } from 'preact/hooks';
import { chartIn } from './charts/echarts.ts';
import { readPalette, type Palette } from './charts/palette.ts';

export interface ChartProps {
  /** What is drawn, in these colours, so many pixels wide. Give the same function as long as it would draw the same. */
  readonly option: (palette: Palette, width: number) => Readonly<Record<string, unknown>>;
  /** What the picture shows, in a sentence. */
  readonly label: string;
  /** Pixels. */
  readonly height: number;
  /** The item of the data that was clicked. */
  readonly onPick?: ((data: unknown) => void) | undefined;
}

/** Draws the option of its props; anew when that is another one, the size changes, day turns to night, or it is put on paper. */
export function Chart({ option, label, height, onPick }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    const place = element.current;
    if (place === null) return undefined;
    const chart = chartIn(place);
    const draw = (): void => {
      chart.resize();
      chart.setOption(option(readPalette(place), place.clientWidth), { notMerge: true });
    };
    chart.on('click', ({ data }) => pick.current?.(data));
    // It tells of the first size, too.
    const sizes = new ResizeObserver(draw);
    sizes.observe(place);
    const colours = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('print')];
    for (const query of colours) query.addEventListener('change', draw);
    return () => {
      sizes.disconnect();
      for (const query of colours) query.removeEventListener('change', draw);
      chart.dispose();
    };
  }, [option]);
  return (
    <div role="img" aria-label={label}>
      <div class="chart" ref={element} style={{ height: `${height}px` }} />
    </div>
  );
}
