/**
 * JSON into Go's structs, as far as the registry looks into them (`encoding/json/decode.go`). It differs from JSON.parse in what
 * counts: names match in any case, a name that comes twice is decoded over what was there, `null` changes nothing, and the
 * first value of a wrong type is an error once all of it was read. Text is a byte string whose syntax is in order.
 */

export type Shape =
  | { readonly kind: 'string' | 'integer' | 'bytes' | 'strings-by-name'; readonly type: string }
  | { readonly kind: 'struct'; readonly type: string; readonly fields: readonly Field[] }
  | { readonly kind: 'slice'; readonly type: string; readonly of: Shape };

export interface Field {
  /** As it is spelled in JSON. */
  readonly name: string;
  readonly shape: Shape;
}

export type GoValue = string | number | GoStruct | GoSlice | undefined;

export class GoStruct {
  readonly fields = new Map<string, GoValue>();
}

export class GoSlice {
  /** Those from `length` on are what earlier decoding left in the memory behind the slice: it shows again where it grows. */
  readonly elements: GoValue[] = [];
  length = 0;
}

export interface Decoded {
  readonly value: GoStruct;
  /** Of the first value of a wrong type, in Go's words. */
  readonly fault: string | undefined;
}

const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const INTEGER = /^-?[0-9]+$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Where a number or a word ends. */
const END = /[\s,\]}]/g;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Decodes a document into a new struct of this shape. */
export function decodeJson(text: string, shape: Shape & { readonly kind: 'struct' }): Decoded {
  const decoder = new Decoder(text);
  const value = new GoStruct();
  decoder.value(shape, value);
  return { value, fault: decoder.fault };
}

class Decoder {
  fault: string | undefined;
  private at = 0;
  /** Names of the fields on the way, and the type of the last struct. */
  private readonly path: string[] = [];
  private struct = '';

  constructor(private readonly text: string) {}

  /** The value that stands next, over what was there before. */
  value(shape: Shape, before: GoValue): GoValue {
    const char = this.significant();
    if (char === '{') return this.object(shape, before);
    if (char === '[') return this.array(shape, before);
    if (char === '"') return this.quotedText(shape, before);
    const word = this.word();
    if (word === 'null') return shape.kind === 'string' || shape.kind === 'integer' ? before : nil(shape, before);
    if (word === 'true' || word === 'false') return this.wrong('bool', shape, before);
    if (shape.kind !== 'integer') return this.wrong('number', shape, before);
    if (!INTEGER.test(word) || !fitsInt64(word)) return this.wrong(`number ${word}`, shape, before);
    return Number(word);
  }

  private object(shape: Shape, before: GoValue): GoValue {
    if (shape.kind === 'strings-by-name') return this.namedStrings(before);
    if (shape.kind !== 'struct') {
      this.wrong('object', shape, before);
      this.pass();
      return before;
    }
    const target = before instanceof GoStruct ? before : new GoStruct();
    const byName = fieldsByName(shape.fields);
    this.members((key) => {
      const field = byName.get(folded(key));
      if (field === undefined) return this.pass();
      const outer = this.struct;
      this.path.push(field.name);
      this.struct = shape.type.slice(shape.type.lastIndexOf('.') + 1);
      target.fields.set(field.name, this.value(field.shape, target.fields.get(field.name)));
      this.path.pop();
      this.struct = outer;
    });
    return target;
  }

  private namedStrings(before: GoValue): GoValue {
    this.members(() => void this.value(STRING, undefined));
    return before ?? new GoStruct();
  }

  private members(take: (key: string) => void): void {
    this.at++;
    while (this.significant() !== '}') {
      if (this.text[this.at] === ',') {
        this.at++;
        this.significant();
      }
      const key = this.string();
      this.significant();
      this.at++;
      take(key);
    }
    this.at++;
  }

  private array(shape: Shape, before: GoValue): GoValue {
    if (shape.kind !== 'slice') {
      this.wrong('array', shape, before);
      this.pass();
      return before;
    }
    let slice = before instanceof GoSlice ? before : new GoSlice();
    let count = 0;
    this.at++;
    while (this.significant() !== ']') {
      if (this.text[this.at] === ',') this.at++;
      slice.elements[count] = this.value(shape.of, slice.elements[count]);
      count++;
    }
    this.at++;
    if (count === 0) slice = new GoSlice();
    slice.length = count;
    return slice;
  }

  private quotedText(shape: Shape, before: GoValue): GoValue {
    const text = this.string();
    if (shape.kind === 'string') return text;
    if (shape.kind !== 'bytes') return this.wrong('string', shape, before);
    if (!BASE64.test(text)) this.fault ??= `illegal base64 data at input byte ${firstOutside(text)}`;
    return before;
  }

  private wrong(found: string, shape: Shape, before: GoValue): GoValue {
    const where = this.path.length === 0 ? 'value' : `struct field ${this.struct}.${this.path.join('.')}`;
    this.fault ??= `json: cannot unmarshal ${found} into Go ${where} of type ${shape.type}`;
    return before;
  }

  /** Passes over a value, however deep it is. */
  private pass(): void {
    let depth = 0;
    do {
      const char = this.significant();
      if (char === '"') this.passString();
      else if (char === '{' || char === '[') depth++;
      else if (char === '}' || char === ']') depth--;
      else if (char !== ',' && char !== ':') {
        this.word();
        continue;
      }
      if (char !== '"') this.at++;
    } while (depth > 0);
  }

  private word(): string {
    END.lastIndex = this.at;
    const end = END.exec(this.text)?.index ?? this.text.length;
    const word = this.text.slice(this.at, end);
    this.at = end;
    return word;
  }

  private passString(): void {
    this.at++;
    while (this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at++;
  }

  private string(): string {
    const from = this.at + 1;
    this.passString();
    const inner = this.text.slice(from, this.at - 1);
    return inner.includes('\\') ? unescaped(inner) : inner;
  }

  private significant(): string {
    for (;;) {
      const char = this.text[this.at] ?? '';
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return char;
      this.at++;
    }
  }
}

const STRING: Shape = { kind: 'string', type: 'string' };

function nil(shape: Shape, before: GoValue): GoValue {
  return shape.kind === 'struct' ? before : undefined;
}

function fitsInt64(word: string): boolean {
  if (word.length < 18) return true;
  const number = BigInt(word);
  return INT64[0] <= number && number <= INT64[1];
}

const NAMES = new WeakMap<readonly Field[], ReadonlyMap<string, Field>>();

function fieldsByName(fields: readonly Field[]): ReadonlyMap<string, Field> {
  const known = NAMES.get(fields);
  if (known !== undefined) return known;
  const made = new Map(fields.map((field) => [folded(field.name), field]));
  NAMES.set(fields, made);
  return made;
}

/** As Go folds names: without regard to case, and with the two letters outside of ASCII that fold to `s` and `k`. */
function folded(name: string): string {
  const text = /[\u0080-\u00ff]/.test(name)
    ? name.replaceAll('\u00c5\u00bf', 's').replaceAll('\u00e2\u0084\u00aa', 'k')
    : name;
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function unescaped(inner: string): string {
  return inner.replace(/(?:\\u[0-9a-fA-F]{4})+|\\./g, (escape) => {
    if (escape[1] !== 'u') return ESCAPES[escape[1] ?? ''] ?? escape.slice(1);
    const units = escape.match(/[0-9a-fA-F]{4}/g) ?? [];
    const text = String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
    return Buffer.from(text, 'utf8').toString('latin1');
  });
}

function firstOutside(text: string): number {
  const outside = text.search(/[^A-Za-z0-9+/]/);
  return outside === -1 ? text.length : outside;
}
