/** What a server is given by who starts it: the process is not its own to touch. */
import type { IndexPorts, IndexRequest } from '../pipeline/open-index.ts';
import type { PlanShape } from '../query/planned-selection.ts';
import type { RunsResult } from '../report/model-sweep.ts';
import type { PageFiles } from './shell.ts';

/** How this very program is started once more. */
export interface OwnProgram {
  readonly command: string;
  /** What stands before the words of a command line. */
  readonly argv: readonly string[];
}

/** Words of command lines, as the operator gave them to the server. */
export interface GivenWords {
  /** The index, how the volume is read, what is too young to go: of a scan, and of all else. */
  readonly scan: readonly string[];
  /** What shapes a plan and is not at its default: of the command line that is shown. */
  readonly shown: readonly string[];
  /** The same, of a plan that marks; `rm` has no such option. */
  readonly shownMarking: readonly string[];
  /** What a sweep and a restore are given, the proof among it. */
  readonly sweep: readonly string[];
  readonly restore: readonly string[];
}

export interface ServeOptions {
  /** The registry root, a real path. */
  readonly root: string;
  readonly index: IndexRequest;
  readonly shape: PlanShape;
  /** 0: any that is free. */
  readonly port: number;
  readonly host: string;
  /** Names of this machine, where the server listens at all of its addresses. */
  readonly ownNames: readonly string[];
  /** 128 random bits at least. */
  readonly token: string;
  readonly mayScan: boolean;
  /** Why nothing can be swept from the page; `undefined`: it can. */
  readonly sweepRefusal: string | undefined;
  readonly words: GivenWords;
}

export interface ServePorts {
  readonly index: Omit<IndexPorts, 'describe' | 'recalled'>;
  readonly page: PageFiles;
  readonly program: OwnProgram | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes a plan to a file of its own. */
  readonly keepPlan: (lines: Iterable<string>) => Promise<KeptPlan>;
  readonly runs: () => RunsResult;
}

interface KeptPlan {
  readonly path: string;
  remove(): Promise<void>;
}
