/** The middle one of some numbers, the lower of two; `NaN` of none. */
export function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1] ?? NaN;
}
