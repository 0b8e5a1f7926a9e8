import type { Inventory } from '../inventory/inventory.ts';
import type { Progress } from '../shared/progress.ts';

export interface IndexRequest {
  /** What the operator gave: any of the forms of ROOT. */
  readonly root: string;
  /** `--db`; absent: the default place in the cache folder. */
  readonly database?: string;
  /** `--no-scan`: answer from the index as it is, without touching the volume. */
  readonly noScan: boolean;
  /** `--full`: forget what was known. */
  readonly full: boolean;
  /** `--disk-usage`: stat every blob. */
  readonly diskUsage: boolean;
  /** What is younger is held; documents that could belong to a push under way are read. */
  readonly minAgeSeconds: number;
}

export interface IndexPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Something that the operator should read on stderr. */
  readonly warn: (message: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface OpenedIndex {
  readonly inventory: Inventory;
  /** The file that holds the index. */
  readonly database: string;
  /** Referenced bytes of each repository in the scan before this one, by name; absent where there was none. */
  readonly previousBytes?: ReadonlyMap<string, number>;
  readonly durationSeconds: number;
}

/** The index of a registry: scanned now and written, or as it is with `noScan`. */
export declare function openIndex(request: IndexRequest, ports: IndexPorts): Promise<OpenedIndex>;
