import { checkImage } from '../../pipeline/pull-check.ts';
import { pullCheckOf } from '../../query/pull-check.ts';
import { renderPullCheck } from '../../report/index.ts';
import { splitReference } from '../../gc/references.ts';
import { parseDigest } from '../../layout/digest.ts';
import type { PullReference } from '../../scan/pull.ts';
import { AppError } from '../../shared/errors.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Session } from './session.ts';

/** `regsweep verify --pull-check`: ends with 3 where a pull would fail. */
export async function runPullCheck(
  reference: string,
  { data }: { readonly data: boolean },
  session: Session,
  context: RunningCommand,
): Promise<void> {
  const wanted = parseReference(reference);
  const pull = checkImage(session.root, wanted, data);
  const result = pullCheckOf(session.root, pull);
  await session.deliver(renderPullCheck(session.format, result, session.appearance()));
  if (!result.pull.works) context.endWith(EXIT.damage);
}

/** Throws `usage`. */
function parseReference(text: string): PullReference {
  const named = splitReference(text);
  if (named?.tag !== undefined) return { repository: named.repository, tag: named.tag };
  const digest = named === undefined ? undefined : parseDigest(named.digest);
  if (named !== undefined && digest !== undefined) return { repository: named.repository, digest };
  throw new AppError(
    'usage',
    `--pull-check: "${text}" names no image`,
    'as REPO:TAG or REPO@sha256:…, the digest whole',
  );
}
