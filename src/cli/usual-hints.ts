import type { ErrorCode } from '../shared/errors.ts';

/**
 * What to do about a failure that does not say so itself. A message says what is wrong; nobody who has an hour should have to
 * find out what comes next.
 */
export const USUAL_HINTS: Readonly<Record<ErrorCode, string>> = {
  usage: 'regsweep --help lists the commands and their options',
  'not-a-registry': 'check the path, and that the volume is mounted',
  'root-unreadable': 'run it as somebody who may read the volume: as root, or as the user of the registry',
  'index-foreign': 'move it away, or name another file with --db',
  'index-version': 'move it away, or name another file with --db',
  'index-missing': 'scan first (regsweep scan ROOT), or name another file with --db',
  'index-under-root': 'name a file outside with --db',
  'index-failed': 'see that its folder has room and can be written, or name another file with --db',
  'no-such-name': 'regsweep ls ROOT lists the repositories, regsweep ls ROOT REPO the tags and revisions of one',
  'ambiguous-name': 'give more of it',
  'query-failed': 'regsweep query ROOT --schema shows the tables',
  'output-failed': 'see that there is room and that the place can be written, or name another file with -o',
  interrupted: 'run it again: nothing on the volume was changed',
  'scan-failed': 'run it again; with --verbose it says the cause',
  'sweep-failed':
    'mend what they say and sweep again: what is left is in the next plan; what was done is in regsweep runs ROOT',
  refused: 'leave out --apply: then all that speaks against it is listed',
  locked: 'wait until the other one has ended, and run it again',
  'no-room': 'make room there, or delete at once with --no-trash',
  'registry-writable': 'make the registry read-only again, and sweep again: what is left is in the next plan',
  'plan-invalid': 'make the plan anew: regsweep plan ROOT -o FILE',
  'policy-invalid': 'mend the file; regsweep policy check FILE says all that is wrong with it',
  'run-missing': 'regsweep runs ROOT lists the runs',
  'condition-holds': 'regsweep report ROOT shows what there is to do about it',
  'serve-failed': 'name another place with --port and --host; --port 0 takes any port that is free',
};
