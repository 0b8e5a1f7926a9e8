/** Why an action is made, for people: in the words of the mode that made it. */
import type { Reason } from './action.ts';

export type PlanMode = 'revisions' | 'untagged' | 'policy' | 'rm';

/** The reasons of a plan of this mode, by what goes. */
export interface Reasons {
  readonly tag: Reason;
  readonly tagIndexEntry: Reason;
  readonly revision: Reason;
  readonly signatureLink: Reason;
  readonly layerLink: Reason;
  readonly danglingLayerLink: Reason;
  readonly blob: Reason;
  /** `since`: ISO 8601; null where it cannot be told. */
  readonly upload: (since: string | null) => Reason;
  readonly strayFile: Reason;
  readonly emptyFolder: Reason;
  readonly emptiedFolder: Reason;
}

type OfMode = Pick<Reasons, 'tag' | 'revision' | 'blob'>;

const UNTAGGED: OfMode = {
  tag: { code: 'unreferenced', text: 'it names nothing that is kept' },
  revision: { code: 'untagged', text: 'no tag of its repository names it now, and no manifest that is kept' },
  blob: { code: 'unreferenced', text: 'nothing that a tag names needs it' },
};

const OF_MODE: Readonly<Record<PlanMode, OfMode>> = {
  revisions: { ...UNTAGGED, blob: { code: 'unreferenced', text: 'no revision and no tag needs it' } },
  untagged: UNTAGGED,
  policy: {
    tag: { code: 'policy', text: 'no rule of the policy keeps it' },
    revision: { code: 'policy', text: 'no tag that the policy keeps names it, and no manifest that is kept' },
    blob: { code: 'unreferenced', text: 'nothing that the policy keeps needs it' },
  },
  rm: {
    tag: { code: 'named', text: 'it was named to be removed' },
    revision: { code: 'named', text: 'it was named, or hangs on nothing but what was named' },
    blob: { code: 'unreferenced', text: 'nothing needs it any more once what was named is gone' },
  },
};

/** The same whatever the mode. */
const OF_ALL: Omit<Reasons, keyof OfMode> = {
  tagIndexEntry: { code: 'dangling', text: 'the revision that the tag once named is gone, or goes with this plan' },
  signatureLink: { code: 'dangling', text: 'the signature that it names is not on the volume' },
  layerLink: { code: 'orphaned', text: 'no manifest that its repository keeps names this blob' },
  danglingLayerLink: { code: 'dangling', text: 'the blob that it names is not on the volume' },
  upload: (since) => ({
    code: 'stale',
    text: since === null ? 'a push that never ended' : `a push that never ended: nothing came in since ${since}`,
  }),
  strayFile: { code: 'stray', text: 'a registry that died while it wrote left it' },
  emptyFolder: { code: 'empty', text: 'it holds nothing' },
  emptiedFolder: { code: 'empty', text: 'it holds nothing once the rest of the plan is done' },
};

export function reasonsIn(mode: PlanMode): Reasons {
  return { ...OF_ALL, ...OF_MODE[mode] };
}
