/** Writes an image as an OCI image layout, for skopeo to push (OCI image-spec, image-layout.md). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestHex } from '../../src/layout/digest.ts';
import { allContent, MEDIA, type Pushable } from './images.ts';

/** Makes `folder` an image layout that holds `image` under `tag`: skopeo's `oci:FOLDER:TAG`. */
export function writeOciLayout(folder: string, tag: string, image: Pushable): void {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  for (const content of allContent(image)) writeFileSync(join(blobs, digestHex(content.digest)), content.bytes);
  const { mediaType, digest, bytes } = image;
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA.ociIndex,
      manifests: [{ mediaType, digest, size: bytes.length, annotations }],
    }),
  );
}
