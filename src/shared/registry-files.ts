/**
 * What an emulation of the registry asks of its volume: the calls that the registry's file system driver makes. Paths are
 * absolute, and names are *byte strings*, one character a byte: they sort as the registry sorts them, and a name that is not
 * UTF-8 can be opened again.
 */

/** Which call failed, as Go's errors name it, and with which errno (`EACCES`). */
export interface FailedCall {
  readonly ok: false;
  readonly call: 'open' | 'read' | 'readdirent' | 'stat';
  readonly errno: string;
}

export type FileKind = 'file' | 'folder' | 'link' | 'fifo' | 'device' | 'socket';

export interface FileEntry {
  readonly name: string;
  /** `link` only here: whatever is asked by its path is followed. */
  readonly kind: FileKind;
}

export interface FileFacts {
  readonly ok: true;
  readonly kind: Exclude<FileKind, 'link'>;
  readonly bytes: number;
  /** `st_blocks * 512`. */
  readonly diskBytes: number;
  /** Tells one folder from another, whatever path leads there. */
  readonly identity: string;
}

export type Contents =
  | { readonly ok: true; readonly kind: 'file'; readonly text: string; readonly whole: boolean }
  /** To read it would wait, or never end: it was not read. */
  | { readonly ok: true; readonly kind: 'fifo' | 'device' };

/** Follows symbolic links, as the registry does; changes nothing. */
export interface RegistryFiles {
  /** `inOrder`: as the directory has them, unsorted; else in any order. */
  list(path: string, inOrder: boolean): { readonly ok: true; readonly entries: readonly FileEntry[] } | FailedCall;
  facts(path: string): FileFacts | FailedCall;
  /** At most `limit` bytes, as a byte string; `whole` says that there are no more. */
  read(path: string, limit: number): Contents | FailedCall;
  /** Without any symbolic link; `undefined` where it leads nowhere. */
  realPath(path: string): string | undefined;
  /** Whether the path itself is a symbolic link. */
  isLink(path: string): boolean;
}

/** A byte string of text. */
export function toByteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of a byte string; what is not UTF-8 becomes U+FFFD. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
