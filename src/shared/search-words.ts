/** Whether a text has each of some words in it, in small letters or capitals. They stand between spaces; none are in any text. */
export function hasWords(words: string): (text: string) => boolean {
  const parts = words.toLowerCase().split(/\s+/);
  return (text) => {
    const small = text.toLowerCase();
    return parts.every((part) => small.includes(part));
  };
}
