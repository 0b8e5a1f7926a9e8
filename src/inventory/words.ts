/** Text that comes again and again, each once. */
export class Words {
  readonly list: string[] = [];
  private readonly ids = new Map<string, number>();

  id(word: string): number {
    const known = this.ids.get(word);
    if (known !== undefined) return known;
    this.ids.set(word, this.list.length);
    this.list.push(word);
    return this.list.length - 1;
  }
}
