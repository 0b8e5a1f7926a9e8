/**
 * A line of bash up to the cursor as words. bash itself breaks `REPO:TAG` in three, so its own words are of no use; and what it
 * would put in for `$…` is left as it is: whoever completes a line must not carry it out.
 */

/** The words of `line`; the last one is the one at the cursor, empty after a blank. */
export function wordsOfLine(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") word = (word ?? '') + line.charAt(++at);
    else if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) [quote, word] = [character, word ?? ''];
    else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  return [...words, word ?? ''];
}
