/** The versions of the registry's own collector that differ in what they do. */

/** As `--as` names them. */
export const DIALECTS = ['distribution-2.8', 'distribution-3'] as const;
export type Dialect = (typeof DIALECTS)[number];
