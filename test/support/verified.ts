/** The whole way from a registry root to a verification, as the command goes it. */
import { join } from 'node:path';
import { openIndex, type IndexPorts } from '../../src/pipeline/open-index.ts';
import { verifyData, type DataRequest, type VerifiedData } from '../../src/pipeline/verify.ts';
import { buildVerification } from '../../src/query/verification.ts';
import type { Verification } from '../../src/report/model-verify.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { temporaryFolder } from './temporary.ts';

interface VerifyWishes {
  readonly data?: DataRequest;
  /** The index; a new one unless told. */
  readonly database?: string;
  readonly ports?: Partial<IndexPorts>;
}

export const ALL_DATA: DataRequest = { subset: { kind: 'all' } };

/** What was hashed, and the result. */
export async function verified(
  root: string,
  { data, database, ports: given }: VerifyWishes = {},
): Promise<VerifiedData & { readonly result: Verification }> {
  const ports: IndexPorts = {
    environment: {},
    progress: noProgress,
    signal: new AbortController().signal,
    warn: () => undefined,
    now: () => Date.now(),
    ...given,
  };
  const request = {
    root,
    database: database ?? join(temporaryFolder('index'), 'index.sqlite'),
    noScan: false,
    full: false,
    diskUsage: true,
    minAgeSeconds: 0,
    repositories: [],
    trustNothing: true,
  };
  const opened = await openIndex(request, ports);
  const done = await verifyData(opened, data, ports);
  return { ...done, result: buildVerification(opened.analysis, done.bad) };
}
