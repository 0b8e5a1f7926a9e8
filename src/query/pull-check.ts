/** `verify --pull-check` as a result. */
import type { PullCheck, PulledManifest } from '../report/model-verify.ts';
import { compareProblems, type Problem } from '../shared/problem.ts';
import { explainCodes } from './verification.ts';

/** What asking the volume told. */
interface AskedPull extends Pick<PullCheck['pull'], 'repository' | 'tag' | 'digest' | 'works'> {
  readonly manifests: readonly PulledManifest[];
  readonly problems: readonly Problem[];
  readonly blobs: number;
  readonly hashedBytes: number | null;
}

export function pullCheckOf(root: string, asked: AskedPull): PullCheck {
  const { repository, tag, digest, works, manifests, blobs, hashedBytes } = asked;
  const problems = [...asked.problems, ...manifests.flatMap((manifest) => manifest.problems)].sort(compareProblems);
  return {
    schema: 'regsweep.verify/1',
    registry: { root },
    pull: { repository, tag, digest, works, manifests },
    problems,
    codes: explainCodes(problems),
    checked: { manifests: manifests.length, blobs, hashedBytes },
  };
}
