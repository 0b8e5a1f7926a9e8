/** The session arguments of commands that always look at the volume itself. */
export const FRESH = { scan: true, full: false, diskUsage: false } as const;
