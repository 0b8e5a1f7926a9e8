/**
 * Growable columns of numbers. A registry of a million blobs has ten million small facts; an object for each would cost
 * gigabytes, a typed array costs what the numbers cost.
 */
export interface NumberArray {
  readonly length: number;
  readonly buffer: ArrayBufferLike;
  readonly byteLength: number;
  [index: number]: number;
  set(values: ArrayLike<number>, offset?: number): void;
  subarray(begin: number, end: number): this;
}

export interface Constructor<A extends NumberArray> {
  new (length: number): A;
  new (memory: SharedArrayBuffer, offset: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
}

const FIRST_CAPACITY = 256;
/** Addresses that are set aside for a column to grow into: they cost nothing until they are used. Eight million numbers. */
const RESERVED_BYTES = 0x4000000;

/**
 * The same values with room for `length`. Nothing is copied as long as there are addresses left: a column that grew by being
 * copied would lie in memory twice, and as long as nobody collects what is left of it. What is larger than a few values can
 * be read by other threads as it is.
 */
export function enlarged<A extends NumberArray>(values: A, make: Constructor<A>, length: number): A {
  const { buffer } = values;
  const bytes = length * make.BYTES_PER_ELEMENT;
  // Where somebody else has grown into the same memory already, what comes behind is theirs.
  const isWhole = values.byteLength === buffer.byteLength;
  if (buffer instanceof SharedArrayBuffer && isWhole && bytes <= buffer.maxByteLength) {
    buffer.grow(bytes);
    return new make(buffer, 0, length);
  }
  const reserved = Math.max(RESERVED_BYTES, bytes * 4);
  const larger = new make(new SharedArrayBuffer(bytes, { maxByteLength: reserved }), 0, length);
  larger.set(values);
  return larger;
}

/** An array of zeroes that other threads can read as it is. */
export function shared<A extends NumberArray>(make: Constructor<A>, length: number): A {
  return new make(new SharedArrayBuffer(length * make.BYTES_PER_ELEMENT), 0, length);
}

export class Column<A extends NumberArray> {
  private values: A;
  private used = 0;

  constructor(private readonly make: Constructor<A>) {
    this.values = new make(FIRST_CAPACITY);
  }

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.values.length) this.grow(this.used * 2);
    this.values[this.used++] = value;
  }

  /** The value at `index`; outside what was pushed it is a fault of the program. */
  at(index: number): number {
    const value = index < this.used ? this.values[index] : undefined;
    if (value === undefined) throw new RangeError(`column index ${index} of ${this.used}`);
    return value;
  }

  set(index: number, value: number): void {
    if (index >= this.used) throw new RangeError(`column index ${index} of ${this.used}`);
    this.values[index] = value;
  }

  /** Makes the column `length` long, filling what is new. */
  extend(length: number, fill: number): void {
    if (length > this.values.length) this.grow(Math.max(length, this.values.length * 2));
    while (this.used < length) this.values[this.used++] = fill;
  }

  /** What was pushed: a view, which sees later calls of `set`, and is none of what is pushed later. */
  view(): A {
    return this.values.subarray(0, this.used);
  }

  private grow(capacity: number): void {
    this.values = enlarged(this.values, this.make, capacity);
  }
}

/**
 * `array[index]` where the index is the program's own: outside the array is a fault, never data. One function for each
 * width: one for all of them would see so many kinds of array that no load in it could be compiled well.
 */
export function at(array: Uint32Array | Int32Array, index: number): number {
  return array[index] ?? outside(array.length, index);
}

/** As `at`, of what has no sign, for loops over every reference: a second kind of array would double what they cost. */
export function unsignedAt(array: Uint32Array, index: number): number {
  return array[index] ?? outside(array.length, index);
}

/** As `at`, for flags and levels. */
export function flagAt(array: Uint8Array, index: number): number {
  return array[index] ?? outside(array.length, index);
}

/** As `at`, for bytes and times. */
export function numberAt(array: Float64Array, index: number): number {
  return array[index] ?? outside(array.length, index);
}

/** As `at`, for a list. */
export function itemAt(list: readonly number[], index: number): number {
  return list[index] ?? outside(list.length, index);
}

/** The values of these rows, one after the other. A loop for each width, as above: to make an array of an iterator takes ten times as long. */
export function valuesAt(array: Uint32Array, rows: Uint32Array): Uint32Array {
  const values = new Uint32Array(rows.length);
  for (let place = 0; place < rows.length; place++) values[place] = unsignedAt(array, unsignedAt(rows, place));
  return values;
}

/** As `valuesAt`, for bytes and times. */
export function numbersAt(array: Float64Array, rows: Uint32Array): Float64Array {
  const values = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place++) values[place] = numberAt(array, unsignedAt(rows, place));
  return values;
}

/** As `valuesAt`, for flags and levels. */
export function flagsAt(array: Uint8Array, rows: Uint32Array): Uint8Array {
  const values = new Uint8Array(rows.length);
  for (let place = 0; place < rows.length; place++) values[place] = flagAt(array, unsignedAt(rows, place));
  return values;
}

function outside(length: number, index: number): never {
  throw new RangeError(`index ${index} of ${length}`);
}

/**
 * Rows grouped by an owner: those of owner `o` are `order[start[o]] … order[start[o + 1] - 1]`, in the order in which
 * they came. Linear (a counting sort).
 */
export interface Groups {
  readonly start: Uint32Array;
  readonly order: Uint32Array;
}

export function groupRows(owner: Uint32Array, owners: number): Groups {
  const count = new Uint32Array(owners);
  for (let row = 0; row < owner.length; row++) {
    const o = at(owner, row);
    count[o] = at(count, o) + 1;
  }
  const start = startsOf(count);
  const order = new Uint32Array(owner.length);
  for (let row = 0; row < owner.length; row++) {
    const o = at(owner, row);
    const left = at(count, o);
    order[at(start, o + 1) - left] = row;
    count[o] = left - 1;
  }
  return { start, order };
}

/** Where the rows of each owner begin, and where the last ones end, from how many each has. */
export function startsOf(count: Uint32Array): Uint32Array {
  const start = new Uint32Array(count.length + 1);
  let sum = 0;
  for (let owner = 0; owner < count.length; owner++) {
    sum += at(count, owner);
    start[owner + 1] = sum;
  }
  return start;
}

/** The rows of one owner: a view. */
export function rowsOf(groups: Groups, owner: number): Uint32Array {
  return groups.order.subarray(at(groups.start, owner), at(groups.start, owner + 1));
}
