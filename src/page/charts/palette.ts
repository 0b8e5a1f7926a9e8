/** The colours of the page, as charts take them. They stand in the style sheet alone, as custom properties. */
import { BYTE_CLASSES, type ByteClass } from '../../report/html/classes.ts';

export interface ClassColour {
  readonly fill: string;
  /** Of a text on it. */
  readonly text: string;
}

export interface Palette {
  readonly text: string;
  /** Of what is read second. */
  readonly faint: string;
  readonly line: string;
  readonly ground: string;
  readonly raised: string;
  readonly accent: string;
  readonly font: string;
  readonly classes: Readonly<Record<ByteClass, ClassColour>>;
}

/** The colours that hold for an element now: others by day than by night. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const classes = Object.fromEntries(
    BYTE_CLASSES.map(({ key }) => [key, { fill: value(key), text: value(`on-${key}`) }]),
  );
  return {
    text: value('text'),
    faint: value('faint'),
    line: value('line'),
    ground: value('ground'),
    raised: value('raised'),
    accent: value('accent'),
    font: style.fontFamily,
    classes: classes as Record<ByteClass, ClassColour>,
  };
}
