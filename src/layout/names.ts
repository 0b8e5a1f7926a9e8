/**
 * Names of repositories and tags (distribution, `reference/reference.go` and `reference/regexp.go`; OCI
 * distribution-spec, "Pulling manifests").
 */
declare const repositoryBrand: unique symbol;
declare const tagBrand: unique symbol;

/** A legal repository name. Made by `parseRepositoryName` alone; only under such names is anything ever deleted. */
export type RepositoryName = string & { readonly [repositoryBrand]: true };
/** A legal tag. Made by `parseTagName` alone. */
export type TagName = string & { readonly [tagBrand]: true };

const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const MAX_REPOSITORY_LENGTH = 255;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** The repository name that `text` spells, or `undefined`. */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  return text.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(text) ? (text as RepositoryName) : undefined;
}

/** The tag that `text` spells, or `undefined`. */
export function parseTagName(text: string): TagName | undefined {
  return TAG.test(text) ? (text as TagName) : undefined;
}
