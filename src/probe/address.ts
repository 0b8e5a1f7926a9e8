/** Where a registry answers: the URL that an operator gives, and the addresses below it. */
import { AppError } from '../shared/errors.ts';

/** The URL that `text` spells, ending in `/`. Throws `usage` for another scheme, and where it holds more than a place. */
export function parseRegistryUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || !/^https?:\/\//i.test(text)) {
    // Not the text itself: it may hold a password.
    throw new AppError(
      'usage',
      '--registry-url is not a URL',
      'it begins with http:// or https://, as https://registry.example.com',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError(
      'usage',
      `--registry-url holds credentials for ${url.host}, which every process of this machine can read`,
      'give them as REGSWEEP_REGISTRY_USER and REGSWEEP_REGISTRY_PASSWORD, or by docker login',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new AppError('usage', `--registry-url ${url.origin} holds more than a place: leave out what follows ? or #`);
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v2$/, '');
  return new URL(`${path}/`, url.origin);
}
