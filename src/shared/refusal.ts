/** A reason not to change a volume. The code is stable; all reasons are listed, not just the first. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** What would make it go away. */
  readonly hint?: string;
}
