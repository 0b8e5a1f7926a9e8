import { AppError } from '../shared/errors.ts';

interface AgeRequest {
  readonly minAgeSeconds: number;
  readonly minAgeYields?: boolean;
}

/**
 * Documents that could belong to a push under way were read as far back as the scan was told to (`stored`, seconds): further
 * back, what they name would pass for unreferenced. Throws `usage`.
 */
export function refuseOlderAge({ minAgeSeconds, minAgeYields }: AgeRequest, stored: number): void {
  if (minAgeSeconds <= stored || minAgeYields === true) return;
  throw new AppError(
    'usage',
    `--min-age is longer than the ${stored} s that the index was scanned with`,
    `scan again (leave out --no-scan), or give --min-age ${stored === 0 ? '0' : `${stored}s`} at most`,
  );
}
