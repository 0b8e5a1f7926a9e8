/** A column of which only the pieces are read, and checked, in which something lies that is asked for. */
import { damaged } from './damaged.ts';
import { PIECE_BYTES, type Pieces } from './pieces.ts';

type Numbers = Uint8Array | Uint32Array | Int32Array | Float64Array;
type Constructor<A> = (new (buffer: ArrayBuffer) => A) & { readonly BYTES_PER_ELEMENT: number };

export class PagedColumn<A extends Numbers> {
  private readonly read: A[] = [];
  private readonly perPiece: number;

  constructor(
    private readonly pieces: Pieces,
    private readonly name: string,
    private readonly make: Constructor<A>,
  ) {
    this.perPiece = PIECE_BYTES / make.BYTES_PER_ELEMENT;
  }

  /** Throws `index-foreign` where there is none, or where it is not what was written. */
  at(index: number): number {
    const piece = Math.floor(index / this.perPiece);
    const values = (this.read[piece] ??= this.readPiece(piece));
    const value = values[index % this.perPiece];
    if (value === undefined) throw damaged(`${this.name} is cut off`);
    return value;
  }

  private readPiece(piece: number): A {
    const { buffer, byteLength } = this.pieces.piece(this.name, piece);
    if (byteLength % this.make.BYTES_PER_ELEMENT !== 0) throw damaged(`${this.name} is cut off`);
    return new this.make(buffer);
  }
}
