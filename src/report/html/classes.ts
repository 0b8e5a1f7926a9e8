/** The classes of bytes that pictures show, in the order in which they are drawn: from what stays to what goes. */
import type { ClassBytes } from '../model-tree.ts';

export type ByteClass = keyof ClassBytes;

/** Each class with its name and what it means, in words. Its colour is the custom property of the same name. */
export const BYTE_CLASSES: readonly { readonly key: ByteClass; readonly meaning: string }[] = [
  { key: 'kept', meaning: 'tags of one repository reach it' },
  { key: 'shared', meaning: 'tags of several repositories reach it' },
  { key: 'untagged', meaning: 'only revisions without a tag reach it' },
  { key: 'held', meaning: 'nothing references it, but it is kept back: young, in doubt or excluded' },
  { key: 'orphaned', meaning: 'nothing references it: a sweep would take it' },
];

/** All bytes of the classes together. */
export function bytesOf(classes: ClassBytes): number {
  return BYTE_CLASSES.reduce((sum, { key }) => sum + classes[key], 0);
}

export const NO_BYTES: ClassBytes = { kept: 0, shared: 0, untagged: 0, orphaned: 0, held: 0 };
