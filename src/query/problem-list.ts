/** Problems that are found in an inventory, with what they are about by name. */
import type { Inventory } from '../inventory/inventory.ts';
import type { Digest } from '../layout/digest.ts';
import {
  createProblem,
  type Problem,
  type ProblemCode,
  type ProblemSubject,
  type Severity,
} from '../shared/problem.ts';

/** Collects problems, in the order in which they are found. */
export class ProblemList {
  readonly list: Problem[] = [];

  constructor(private readonly inventory: Inventory) {}

  add(code: ProblemCode, severity: Severity, path: string, message: string, about: ProblemSubject): void {
    this.list.push(createProblem(code, severity, path, message, about));
  }

  name(repository: number): string {
    return this.inventory.repositories[repository]?.name ?? '';
  }

  digest(id: number): Digest {
    return this.inventory.digests.digest(id);
  }

  about(digest: Digest, owner: number | undefined): ProblemSubject {
    return owner === undefined ? { digest } : { digest, repository: this.name(owner) };
  }
}
