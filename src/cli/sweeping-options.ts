/** The options of the commands that change a volume. Building them loads nothing but yargs: `--help` must be cheap. */
import type { Argv } from 'yargs';

export const DEFAULT_MAX_DELETE_PERCENT = '50';

const PROOF = 'Proof that nobody writes (one at least, with --apply):';
const SWEEPING = 'Sweeping:';

/**
 * What shows that nobody writes. More than one kind may be given, and then each has to hold; a registry that is stopped
 * answers at no URL, so `--registry-stopped` and `--registry-url` contradict each other.
 */
export function withProof<T>(program: Argv<T>) {
  return program
    .option('registry-url', {
      type: 'string',
      array: true,
      requiresArg: true,
      group: PROOF,
      describe: 'ask the registry at this URL whether it is read-only (may repeat: every replica)',
    })
    .option('registry-ca', {
      type: 'string',
      requiresArg: true,
      group: PROOF,
      describe: 'trust this certificate (PEM) where --registry-url is https',
    })
    .option('registry-config', {
      type: 'string',
      requiresArg: true,
      group: PROOF,
      describe: "the registry's config.yml, with storage.maintenance.readonly.enabled: true; the volume must be quiet",
    })
    .option('registry-stopped', {
      type: 'boolean',
      default: false,
      group: PROOF,
      describe: 'the registry is stopped; the volume must be quiet, and no registry process to be seen',
    });
}

/** Whether a plan is carried out, and where that is written down. */
export function withApplying<T>(program: Argv<T>) {
  return program
    .option('apply', {
      type: 'boolean',
      default: false,
      group: SWEEPING,
      describe: 'carry the plan out; without it, it is only shown',
    })
    .option('yes', { type: 'boolean', default: false, group: SWEEPING, describe: 'do not ask on a terminal' })
    .option('state', {
      type: 'string',
      requiresArg: true,
      group: SWEEPING,
      describe: 'keep lock, journal and trash in this folder; default: .regsweep in the registry root',
    });
}

/** What a plan may not do unless it is told that it may. `share`: what it may not take most of. */
export function withFuses<T>(program: Argv<T>, share: string) {
  return program
    .option('max-delete-percent', {
      type: 'string',
      requiresArg: true,
      default: DEFAULT_MAX_DELETE_PERCENT,
      group: SWEEPING,
      describe: `refuse a plan that takes more of the registry's ${share}`,
    })
    .option('accept-lost-repositories', {
      type: 'boolean',
      default: false,
      group: SWEEPING,
      describe: 'go on although repositories seem to be missing',
    });
}

/** Whether and how far a plan of deletions is carried out. */
export function withSweeping<T>(program: Argv<T>) {
  return withTagsAreComplete(withApplying(withFuses(withLimits(withProof(program)), 'bytes')))
    .option('trash', { type: 'boolean', default: true, hidden: true })
    .option('no-trash', {
      type: 'boolean',
      group: SWEEPING,
      describe: 'delete at once, with no way back: for the disk that is full',
    })
    .option('purge-older-than', {
      type: 'string',
      requiresArg: true,
      group: SWEEPING,
      describe: 'free the trash of earlier runs that are older than this duration',
    });
}

/** For volumes on which images seem to be kept without a tag. */
export function withTagsAreComplete<T>(program: Argv<T>) {
  return program.option('tags-are-complete', {
    type: 'boolean',
    default: false,
    group: SWEEPING,
    describe: 'sweep by tags although images seem to be kept without one',
  });
}

function withLimits<T>(program: Argv<T>) {
  return program
    .option('max-duration', {
      type: 'string',
      requiresArg: true,
      group: SWEEPING,
      describe: 'stop cleanly after this duration, as 45m',
    })
    .option('until', {
      type: 'string',
      requiresArg: true,
      group: SWEEPING,
      describe: 'stop cleanly at this local time, as 06:00; at most 12 h ahead',
    })
    .option('max-bytes', {
      type: 'string',
      requiresArg: true,
      group: SWEEPING,
      describe: 'free no more than this, as 200G (10^9) or 200GiB (2^30), the largest gain first',
    });
}
