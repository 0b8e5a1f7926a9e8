/** What all hashing threads share: how many bytes are done, and whether to stop. */

const STOP = 0;
const BYTES_AT = 8;

export class HashingState {
  private readonly stop: Int32Array;
  private readonly bytes: BigUint64Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES_AT + 8)) {
    this.stop = new Int32Array(memory, 0, 1);
    this.bytes = new BigUint64Array(memory, BYTES_AT, 1);
  }

  /** From now on what is under way ends before its end. */
  stopNow(): void {
    Atomics.store(this.stop, STOP, 1);
  }

  get isStopped(): boolean {
    return Atomics.load(this.stop, STOP) !== 0;
  }

  addBytes(count: number): void {
    Atomics.add(this.bytes, 0, BigInt(count));
  }

  /** So many bytes are hashed, by all. */
  get hashedBytes(): number {
    return Number(Atomics.load(this.bytes, 0));
  }
}
