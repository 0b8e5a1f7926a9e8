export interface Inventory {
  /** The registry root, a real path. */
  readonly root: string;
}
