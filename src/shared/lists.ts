/** Adds a value to the list of its key, which begins with the first. */
export function addTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The least `limit` of them, sorted, without sorting the rest. */
export function least<Item>(
  items: readonly Item[],
  limit: number,
  compare: (a: Item, b: Item) => number,
): readonly Item[] {
  if (items.length <= 2 * limit) return items.toSorted(compare).slice(0, limit);
  let kept: Item[] = [];
  let waiting: Item[] = [];
  const settle = (): void => {
    kept = [...kept, ...waiting].sort(compare).slice(0, limit);
    waiting = [];
  };
  for (const item of items) {
    const last = kept[limit - 1];
    if (last !== undefined && compare(item, last) >= 0) continue;
    if (waiting.push(item) > limit) settle();
  }
  settle();
  return kept;
}
