/**
 * Damage to manifests. `manifest-blob-…` changes the bytes under a digest that no longer fits; `manifest-…` without
 * `blob` plants a document whose digest is true and whose content is strange.
 */
import { mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { blobData } from '../../src/layout/paths.ts';
import { digestBytes } from './content.ts';
import { at, plantManifest, remove, victim, write, type Damage, type DamageSite } from './damage-site.ts';

const SIX_MEBIBYTES = 6 * 1024 * 1024;
const DEPTH = 100_000;

function onManifestBlob(name: string, act: (root: string, path: string) => void): Damage {
  const inflict = (root: string): DamageSite => {
    const { repository, tag, digest } = victim(root);
    const path = blobData(digest);
    act(root, path);
    return { path, repository, tag, digest };
  };
  return { name, inflict };
}

function planted(name: string, document: (image: Record<string, unknown>) => Buffer): Damage {
  const inflict = (root: string): DamageSite => {
    const bytes = readFileSync(at(root, blobData(victim(root).digest)), 'utf8');
    return plantManifest(root, document(JSON.parse(bytes) as Record<string, unknown>));
  };
  return { name, inflict };
}

/** A manifest whose JSON is valid, and larger than the 4 MiB that a registry takes. */
function sixMebibytes(image: Record<string, unknown> = { schemaVersion: 2 }): Buffer {
  return json({ ...image, annotations: { padding: 'x'.repeat(SIX_MEBIBYTES) } });
}

/** Far deeper than a recursive parser's stack. */
function deepJson(): Buffer {
  return Buffer.from(`{"schemaVersion":2,"layers":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`);
}

function json(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document));
}

export const manifestDamages: readonly Damage[] = [
  onManifestBlob('manifest-blob-missing', (root, path) => remove(root, path.replace(/\/data$/, ''))),
  onManifestBlob('manifest-blob-without-data', remove),
  onManifestBlob('manifest-blob-data-is-folder', (root, path) => {
    remove(root, path);
    mkdirSync(at(root, path));
  }),
  onManifestBlob('manifest-blob-empty', (root, path) => write(root, path, '')),
  onManifestBlob('manifest-blob-truncated', (root, path) => truncateSync(at(root, path), 200)),
  onManifestBlob('manifest-blob-null', (root, path) => write(root, path, 'null')),
  onManifestBlob('manifest-blob-six-mebibytes', (root, path) => write(root, path, sixMebibytes())),
  onManifestBlob('manifest-blob-deep-json', (root, path) => write(root, path, deepJson())),
  onManifestBlob('manifest-blob-other-json', (root, path) => write(root, path, '{"schemaVersion":2,"layers":[]}')),
  onManifestBlob('manifest-blob-stray-temporary-file', (root, path) =>
    write(root, `${path}.0b9c8f0e-6b1c-4f6e-8c53-9a4d5e1f2a33.tmp`, '{"schemaVersion":2'),
  ),
  planted('manifest-null', () => Buffer.from('null')),
  planted('manifest-not-json', () => Buffer.from('<html><body>502 Bad Gateway</body></html>')),
  planted('manifest-array', () => Buffer.from('[]')),
  planted('manifest-six-mebibytes', sixMebibytes),
  planted('manifest-deep-json', deepJson),
  planted('manifest-unknown-media-type', (image) =>
    json({ ...image, mediaType: 'application/vnd.example.new.v7+json' }),
  ),
  planted('manifest-without-schema-version', ({ config, layers }) => json({ config, layers })),
  planted('manifest-manifests-not-an-array', () => json({ schemaVersion: 2, manifests: 'none' })),
  planted('manifest-descriptor-without-digest', (image) => json({ ...image, layers: [{ size: 12 }] })),
  planted('manifest-descriptor-malformed-digest', (image) =>
    json({ ...image, layers: [{ digest: 'sha256:../../..' }] }),
  ),
  planted('manifest-layer-missing', (image) => json({ ...image, layers: [absent()] })),
  planted('manifest-config-missing', (image) => json({ ...image, config: absent() })),
  planted('manifest-child-missing', () =>
    json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [absentManifest()] }),
  ),
  planted('manifest-subject-missing', (image) =>
    json({ ...image, mediaType: 'application/vnd.oci.image.manifest.v1+json', subject: absentManifest() }),
  ),
];

function absent(): { mediaType: string; size: number; digest: string } {
  return { mediaType: 'application/octet-stream', size: 7, digest: digestBytes(Buffer.from('absent blob')) };
}

function absentManifest(): { mediaType: string; size: number; digest: string } {
  return { ...absent(), mediaType: 'application/vnd.oci.image.manifest.v1+json' };
}
