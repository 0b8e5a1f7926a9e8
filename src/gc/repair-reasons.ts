/** Why a repair does what it does, for people. */
import type { Reason } from './action.ts';

export const REPAIR_REASONS = {
  namedByTag: {
    code: 'not-linked',
    text: 'a tag names this manifest, which is here, and its repository does not link it',
  },
  namedByLink: {
    code: 'not-linked',
    text: 'a revision link named this manifest, which is here, in the place of its own',
  },
  namedByIndex: {
    code: 'not-linked',
    text: 'an index names this manifest, which is here, and its repository does not link it',
  },
  namedByManifest: { code: 'not-linked', text: 'a manifest of the repository names this blob, which is here' },
  empty: { code: 'unusable', text: 'the link is empty; its folder says what it names, and that is here' },
  malformed: { code: 'unusable', text: 'the link is no digest as the registry writes it; what it names is here' },
  mismatch: {
    code: 'unusable',
    text: 'the link names something else than its folder, and what the folder says is here',
  },
  onlyEverNamed: { code: 'unusable', text: 'the link says nothing, and its tag has never named anything but this' },
  tagsFolder: {
    code: 'missing',
    text: "without it the registry's collector aborts with -m (2.8), or takes the blobs and leaves the links (3.x); with it, -m takes all revisions here, for no tag names one",
  },
  folder: {
    code: 'missing',
    text: 'the registry or its collector looks for this folder in every repository that keeps anything',
  },
  dangling: { code: 'dangling', text: 'the manifest that it names is not on the volume' },
  damaged: {
    code: 'dangling',
    text: 'the manifest that it names is cut short, too large, or not what its digest says',
  },
  namesNothing: { code: 'nameless', text: 'the tag names nothing, and nothing tells what it named' },
  history: { code: 'dangling', text: 'the manifest that the tag once named is not on the volume' },
  danglingLayer: { code: 'dangling', text: 'the blob that it names is not on the volume' },
  uselessLayer: {
    code: 'unusable',
    text: 'the link cannot be used, and the blob that its folder names is not on the volume',
  },
} as const satisfies Readonly<Record<string, Reason>>;
