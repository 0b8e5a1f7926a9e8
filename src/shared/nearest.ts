/** "Did you mean": which of the names that there are somebody may have meant. */

/** Slips of the hand beyond which a name is another one. */
const MAX_EDITS = 2;

/**
 * The name that the fewest edits (a letter more, less or another) make of `word`, the first of equals; `undefined` where
 * all are further off. Short words must agree in most of their letters.
 */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let allowed = Math.min(MAX_EDITS, Math.floor(word.length / 2));
  for (const name of names) {
    if (allowed < 1) break;
    if (Math.abs(name.length - word.length) > allowed || edits(word, name) > allowed) continue;
    best = name;
    allowed = edits(word, name) - 1;
  }
  return best;
}

/** Levenshtein's distance, a row of his table at a time. */
function edits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      line.push(Math.min(replaced, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[b.length] ?? 0;
}
