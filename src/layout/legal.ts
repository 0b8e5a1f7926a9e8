import { digestAlgorithm, isRegisteredAlgorithm } from './digest.ts';
import type { Place } from './place.ts';

/** Whether a registry would use this place: under legal names and an algorithm that it knows. Only there is anything deleted. */
export function isLegalPlace(place: Place): boolean {
  if (place.kind === 'temporary-file') return isLegalPlace(place.target);
  if ('repository' in place && place.legalName === undefined) return false;
  if ('tag' in place && place.legalTag === undefined) return false;
  if ('digest' in place && !isRegisteredAlgorithm(digestAlgorithm(place.digest))) return false;
  return !('algorithm' in place) || isRegisteredAlgorithm(place.algorithm);
}
