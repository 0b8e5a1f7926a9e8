import type { ErrorCode } from '../shared/errors.ts';

/** The statuses that a process ends with: one table, shown by `--help` and in the README. */
export const EXIT = { done: 0, failed: 1, usage: 2, damage: 3, refused: 4, stopped: 5, interrupted: 130 } as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** What each status says, in the order of the table. */
export const EXIT_MEANINGS: readonly (readonly [ExitStatus, string])[] = [
  [EXIT.done, 'done (report, rank, scan, ls and plan only warn of damage)'],
  [EXIT.failed, 'something failed: stderr says what, and why'],
  [EXIT.usage, 'usage, or ROOT is not a registry'],
  [EXIT.damage, 'done, and damage was found (verify), or what --fail-if says (report)'],
  [EXIT.refused, 'refused: there is a reason not to sweep'],
  [EXIT.stopped, 'stopped early and cleanly, or --target-free not reached'],
  [EXIT.interrupted, 'interrupted'],
];

const STATUS_OF_ERROR: Record<ErrorCode, ExitStatus> = {
  usage: EXIT.usage,
  'not-a-registry': EXIT.usage,
  'index-under-root': EXIT.usage,
  'root-unreadable': EXIT.failed,
  'index-foreign': EXIT.failed,
  'index-version': EXIT.failed,
  'index-missing': EXIT.failed,
  'index-failed': EXIT.failed,
  'no-such-name': EXIT.failed,
  'ambiguous-name': EXIT.failed,
  'query-failed': EXIT.failed,
  'output-failed': EXIT.failed,
  'scan-failed': EXIT.failed,
  'plan-invalid': EXIT.usage,
  'policy-invalid': EXIT.usage,
  'run-missing': EXIT.usage,
  'condition-holds': EXIT.damage,
  'sweep-failed': EXIT.failed,
  'serve-failed': EXIT.failed,
  refused: EXIT.refused,
  locked: EXIT.refused,
  'no-room': EXIT.refused,
  'registry-writable': EXIT.stopped,
  interrupted: EXIT.interrupted,
};

/** The status for a known failure. */
export function exitStatusOf(code: ErrorCode): ExitStatus {
  return STATUS_OF_ERROR[code];
}

/** The table as the end of `--help`. */
export function describeExitStatuses(): string {
  const lines = EXIT_MEANINGS.map(([status, meaning]) => `  ${String(status).padStart(3)}  ${meaning}`);
  return ['Exit statuses:', ...lines].join('\n');
}
