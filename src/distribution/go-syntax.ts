/**
 * Where JSON text breaks Go's grammar, in Go's words (`encoding/json/scanner.go`): the registry aborts with them. Text is a
 * byte string. Nothing here recurses, however deep the text is.
 */

const MAX_DEPTH = 10_000;
const UNEXPECTED_END = 'unexpected end of JSON input';
const OBJECT = 1;
const ARRAY = 0;
const ESCAPED = '"\\/bfnrt';
const DIGIT = /^[0-9]$/;
const HEX_DIGIT = /^[0-9a-fA-F]$/;

class SyntaxFault extends Error {}

/** What is wrong with `text` as a JSON document; `undefined` for nothing. */
export function jsonSyntaxFault(text: string): string | undefined {
  try {
    new Scanner(text).document();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message;
    throw error;
  }
}

class Scanner {
  private at = 0;
  private readonly open: number[] = [];

  constructor(private readonly text: string) {}

  document(): void {
    let wantsValue = true;
    while (wantsValue || this.open.length > 0) wantsValue = wantsValue ? this.value() : this.afterValue();
    this.space();
    if (this.at < this.text.length) this.fail('after top-level value');
  }

  /** Begins a value; whether another one comes next. */
  private value(): boolean {
    const char = this.significant();
    if (char === '{') {
      this.push(OBJECT);
      if (this.significant() === '}') return this.pop();
      this.key();
      return true;
    }
    if (char === '[') {
      this.push(ARRAY);
      return this.significant() === ']' ? this.pop() : true;
    }
    if (char === '"') this.string();
    else if (char === '-' || DIGIT.test(char)) this.number();
    else this.literal(char);
    return false;
  }

  /** What follows a value inside an object or array; whether another value comes next. */
  private afterValue(): boolean {
    const char = this.significant();
    const isObject = this.open.at(-1) === OBJECT;
    if (char === ',') {
      this.at++;
      if (isObject) {
        this.significant();
        this.key();
      }
      return true;
    }
    if (char === (isObject ? '}' : ']')) return this.pop();
    return this.fail(isObject ? 'after object key:value pair' : 'after array element');
  }

  private key(): void {
    if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
    this.string();
    if (this.significant() !== ':') this.fail('after object key');
    this.at++;
  }

  private string(): void {
    this.at++;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code)) throw new SyntaxFault(UNEXPECTED_END);
      if (code < 0x20) this.fail('in string literal');
      this.at++;
      if (code === 0x22) return;
      if (code === 0x5c) this.escape();
    }
  }

  private escape(): void {
    const char = this.char();
    if (char !== 'u' && !ESCAPED.includes(char)) this.fail('in string escape code');
    this.at++;
    for (let digits = 0; char === 'u' && digits < 4; digits++) {
      if (!HEX_DIGIT.test(this.char())) this.fail('in \\u hexadecimal character escape');
      this.at++;
    }
  }

  private number(): void {
    if (this.char() === '-') {
      this.at++;
      if (!DIGIT.test(this.char())) this.fail('in numeric literal');
    }
    if (this.char() === '0') this.at++;
    else this.digits();
    if (this.char() === '.') {
      this.at++;
      if (!DIGIT.test(this.char())) this.fail('after decimal point in numeric literal');
      this.digits();
    }
    if (this.char() !== 'e' && this.char() !== 'E') return;
    this.at++;
    if (this.char() === '+' || this.char() === '-') this.at++;
    if (!DIGIT.test(this.char())) this.fail('in exponent of numeric literal');
    this.digits();
  }

  private digits(): void {
    while (DIGIT.test(this.char())) this.at++;
  }

  private literal(first: string): void {
    const word = { t: 'true', f: 'false', n: 'null' }[first];
    if (word === undefined) this.fail('looking for beginning of value');
    for (const wanted of word) {
      if (this.char() !== wanted) this.fail(`in literal ${word} (expecting '${wanted}')`);
      this.at++;
    }
  }

  private push(kind: number): void {
    this.open.push(kind);
    if (this.open.length > MAX_DEPTH) this.fail('exceeded max depth');
    this.at++;
  }

  private pop(): false {
    this.open.pop();
    this.at++;
    return false;
  }

  private space(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  /** The next that is no white space, not taken yet. */
  private significant(): string {
    this.space();
    const char = this.text[this.at];
    if (char === undefined) throw new SyntaxFault(UNEXPECTED_END);
    return char;
  }

  /** The next, not taken yet: at the end Go looks whether a blank would do. */
  private char(): string {
    return this.text[this.at] ?? ' ';
  }

  private fail(context: string): never {
    throw new SyntaxFault(`invalid character ${quoted(this.char())} ${context}`);
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

const NAMED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  "'": "\\'",
  '"': '"',
};

/** A byte as Go quotes a rune (`quoteChar`, `strconv.Quote`). */
function quoted(char: string): string {
  const code = char.charCodeAt(0);
  const named = NAMED[char];
  if (named !== undefined) return `'${named}'`;
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`;
  if ((code > 0x7f && code < 0xa1) || code === 0xad) return `'\\u00${code.toString(16)}'`;
  return `'${Buffer.from(char, 'utf8').toString('latin1')}'`;
}
