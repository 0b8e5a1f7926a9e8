import type { ScanFacts } from '../../src/inventory/builder.ts';

/** What a scan says of itself, of a volume that has nothing out of the ordinary: at the epoch, unless it is told otherwise. */
export function scanFacts(told: Partial<ScanFacts> = {}): ScanFacts {
  return {
    root: '/registry',
    scannedAt: 0,
    minAgeSeconds: 0,
    hasRepositories: true,
    diskUsage: false,
    elsewhere: { metadataDatabase: false, pullThrough: false },
    trash: { runs: 0, bytes: 0, diskBytes: 0 },
    ...told,
  };
}
