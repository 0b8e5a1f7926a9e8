/**
 * The lines of `--format ndjson`: objects of the same fields as in the JSON, each told apart by its `kind`. What a result
 * says once comes first, where there is any of it.
 */
import type { Problem } from '../shared/problem.ts';
import type { Fate } from './fates.ts';
import type { ReferenceRow, Report, RepositoryRow, RevisionRow, ScanSummary, TagRow } from './model.ts';
import type { RepositoryChange, ScanTotals } from './model-history.ts';
import type { ComparedTag } from './model-retention.ts';
import type { RunsResult } from './model-sweep.ts';
import type { VolumeNode } from './model-tree.ts';
import type { BrokenImage, Verification, VerifiedProblem } from './model-verify.ts';

/** `report`: all but its lists. */
type ReportLine = { readonly kind: 'report' } & Omit<Report, 'repositories' | 'problems' | 'retention' | 'comparison'>;

/** `scan`: all but its problems. */
type ScanLine = { readonly kind: 'scan' } & Omit<ScanSummary, 'problems'>;

/** `verify`: all but its lists. */
type VerificationLine = { readonly kind: 'verification' } & Omit<Verification, 'problems' | 'images' | 'codes'>;

type RepositoryLine = { readonly kind: 'repository' } & RepositoryRow;

type ProblemLine = { readonly kind: 'problem' } & Problem;

type VerifiedProblemLine = { readonly kind: 'verified-problem' } & VerifiedProblem;

type BrokenImageLine = { readonly kind: 'broken-image' } & BrokenImage;

/** What becomes of a tag by a policy. */
type FateLine = { readonly kind: 'fate' } & Fate;

/** A tag on which two policies differ. */
type ComparedTagLine = { readonly kind: 'compared-tag' } & ComparedTag;

type TagLine = { readonly kind: 'tag'; readonly repository: string } & TagRow;

type RevisionLine = { readonly kind: 'revision'; readonly repository: string } & RevisionRow;

/** What a manifest names; `kind` says as what. */
type ReferenceLine = ReferenceRow;

/** Of the scans that an index keeps. */
type KeptScanLine = { readonly kind: 'kept-scan' } & ScanTotals;

type ChangeLine = { readonly kind: 'change' } & RepositoryChange;

type RunLine = { readonly kind: 'run' } & RunsResult['runs'][number];

/** A name of `tree`, each before those below it; the first is the volume. */
type NodeLine = { readonly kind: 'node' } & Omit<VolumeNode, 'children'>;

export type Line =
  | ReportLine
  | ScanLine
  | VerificationLine
  | RepositoryLine
  | ProblemLine
  | VerifiedProblemLine
  | BrokenImageLine
  | FateLine
  | ComparedTagLine
  | TagLine
  | RevisionLine
  | ReferenceLine
  | KeptScanLine
  | ChangeLine
  | RunLine
  | NodeLine;
