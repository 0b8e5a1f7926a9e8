/** The versions of the registry's own collector that differ in what they do, as `--as` names them. */
export type Dialect = 'distribution-2.8' | 'distribution-3';
