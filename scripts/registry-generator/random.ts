import { hash } from 'node:crypto';

/** A source of numbers that depends on its seed alone: the same seed draws the same tree on every machine. */
export interface Random {
  /** In [0, 1). */
  readonly next: () => number;
  /** A whole number in [low, high], both included. */
  readonly between: (low: number, high: number) => number;
  readonly chance: (probability: number) => boolean;
  /** `median` times a log-normal factor; `sigma` is the deviation of the logarithm. */
  readonly logNormal: (median: number, sigma: number) => number;
  readonly pick: <T>(list: readonly [T, ...T[]]) => T;
}

/** Chris Doty-Humphrey's sfc32 (PractRand), seeded from SHA-256, so that neighbouring seeds have nothing in common. */
function sfc32(seed: string): () => number {
  const bytes = Buffer.from(hash('sha256', seed, 'hex'), 'hex');
  let a = bytes.readInt32LE(0);
  let b = bytes.readInt32LE(4);
  let c = bytes.readInt32LE(8);
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/**
 * A source of its own for one `label`, so that what one repository draws does not shift what the next one gets.
 */
export function createRandom(seed: number, label: string): Random {
  const next = sfc32(`${seed}/${label}`);
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    logNormal: (median, sigma) => {
      // Box and Muller; 1 - u keeps the logarithm finite.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
    pick: (list) => list[between(0, list.length - 1)] ?? list[0],
  };
}
