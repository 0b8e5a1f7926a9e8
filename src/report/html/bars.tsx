/** Bars in tables. The value stands beside each as text, so a bar is a picture that says nothing more. */
import { BYTE_CLASSES, bytesOf } from './classes.ts';
import { fillOf } from './patterns.tsx';
import type { ClassBytes } from '../model-tree.ts';

const HEIGHT = 12;

/** Something is never drawn as nothing: the least that is more than zero can be seen. */
const LEAST_PERCENT = 0.6;

/** `value` of `greatest`. */
export function Bar({ value, greatest }: { readonly value: number; readonly greatest: number }) {
  return (
    <svg class="bar" height={HEIGHT} aria-hidden="true">
      <rect class="bar-ground" width="100%" height={HEIGHT} />
      {value > 0 && <rect class="bar-fill" width={percent(value, greatest)} height={HEIGHT} />}
    </svg>
  );
}

/** The classes beside each other; together so wide as they are of `greatest`. */
export function ClassBar({ classes, greatest }: { readonly classes: ClassBytes; readonly greatest: number }) {
  let before = 0;
  return (
    <svg class="bar" height={HEIGHT} aria-hidden="true">
      <rect class="bar-ground" width="100%" height={HEIGHT} />
      {BYTE_CLASSES.filter(({ key }) => classes[key] > 0).map(({ key }) => {
        const x = percent(before, greatest, 0);
        before += classes[key];
        return <rect x={x} width={percent(classes[key], greatest)} height={HEIGHT} fill={fillOf(key)} />;
      })}
    </svg>
  );
}

/** A wide one of a whole, without a ground. */
export function WholeBar({ classes }: { readonly classes: ClassBytes }) {
  return <ClassBar classes={classes} greatest={bytesOf(classes)} />;
}

function percent(value: number, greatest: number, least = LEAST_PERCENT): string {
  const share = greatest > 0 ? (value / greatest) * 100 : 0;
  return `${Math.min(100, Math.max(least, share)).toFixed(2)}%`;
}
