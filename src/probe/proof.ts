/** The proof that nobody writes: of each kind that the operator gave, all of it together. */
import type { Elsewhere, Inventory } from '../inventory/inventory.ts';
import { AppError } from '../shared/errors.ts';
import { joinProofs, type Proof, type Refusal } from '../shared/refusal.ts';
import { newestTags } from './newest-tags.ts';
import { lookAtProcesses, type ProcessQuestion } from './processes.ts';
import { refuseUnlessQuiet } from './quiet.ts';
import { proveByConfig } from './registry-config.ts';
import { RegistryProbe } from './registry-url.ts';

/** What the operator gave. More than one kind may be given, and then each has to hold. */
export interface ProofRequest {
  /** `--registry-url`, as `parseRegistryUrl` gives them. */
  readonly registryUrls: readonly URL[];
  readonly registryCa?: string;
  readonly registryConfig?: string;
  readonly registryStopped: boolean;
}

export interface ProofContext {
  readonly inventory: Inventory;
  /** How long the volume must have been quiet where words alone say that nobody writes; 5 min are always enough. */
  readonly quietSeconds: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where procfs is mounted: `/proc`. */
  readonly proc: string;
  /** Processes that are not looked at: our own, and those that are known already. */
  readonly leftOut: readonly number[];
}

export interface GivenProof extends Proof {
  /** What `--registry-config` says of where the truth about the volume is, besides what the scan saw. */
  readonly elsewhere: Elsewhere;
  /**
   * Asks again that nobody writes, cheaply: where a registry can be asked, it is; where there are words alone, whether one
   * was started meanwhile. Throws `registry-writable`.
   */
  askAgain(): Promise<void>;
}

/** A look at all processes is not for free, and a sweep in batches begins many classes in a second. Milliseconds. */
const LOOK_EVERY = 5000;

/** The first time always looks: an operator may have thought for long about whether to go on. */
function lookAgain(question: ProcessQuestion): () => Promise<void> {
  let lookedAt = -Infinity;
  return async () => {
    await Promise.resolve();
    if (performance.now() - lookedAt < LOOK_EVERY) return;
    lookedAt = performance.now();
    const [refusal] = lookAtProcesses(question).refusals;
    if (refusal !== undefined) throw new AppError('registry-writable', refusal.message, refusal.hint);
  };
}

/** What is missing where no proof was given at all. */
const PROOF_MISSING: Refusal = {
  code: 'proof-missing',
  message: 'nothing shows that nobody writes to this registry',
  hint: 'give --registry-url (the registry is read-only), or --registry-config or --registry-stopped (the volume is quiet)',
};

/** Proves what was asked for. Throws `usage` for a CA file that cannot be read. */
export async function proveNobodyWrites(request: ProofRequest, context: ProofContext): Promise<GivenProof> {
  const { inventory, environment } = context;
  const proofs: Proof[] = [];
  let elsewhere: Elsewhere = { metadataDatabase: false, pullThrough: false };
  let askAgain = (): Promise<void> => Promise.resolve();
  if (request.registryUrls.length > 0) {
    const probe = new RegistryProbe({
      urls: request.registryUrls,
      tags: newestTags(inventory),
      environment,
      ...(request.registryCa === undefined ? {} : { ca: request.registryCa }),
    });
    askAgain = () => probe.again();
    proofs.push(await probe.prove());
  }
  if (request.registryConfig !== undefined) {
    const proof = await proveByConfig({ path: request.registryConfig, root: inventory.root, environment });
    elsewhere = proof.elsewhere;
    proofs.push(proof);
  }
  // Words alone, and no registry that answered: then neither the volume nor the machine may say otherwise.
  if (request.registryUrls.length === 0 && (request.registryConfig !== undefined || request.registryStopped)) {
    proofs.push({ refusals: refuseUnlessQuiet(inventory, context.quietSeconds), warnings: [], notes: [] });
    const question = { root: inventory.root, proc: context.proc, leftOut: context.leftOut };
    proofs.push(lookAtProcesses(question));
    askAgain = lookAgain(question);
  }
  if (proofs.length === 0) proofs.push({ refusals: [PROOF_MISSING], warnings: [], notes: [] });
  return { ...joinProofs(proofs), elsewhere, askAgain };
}
