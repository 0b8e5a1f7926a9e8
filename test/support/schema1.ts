/**
 * Docker schema 1 images, signed as the registry wants them: a JSON web signature in libtrust's "pretty" form, whose
 * payload is the document without its `signatures` (distribution, `docs/spec/manifest-v2-1.md`, "Signed Manifests";
 * libtrust, `jsonsign.go` and `ec_key.go`). The registry stores the payload; the signature it throws away.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { digestBytes, type Layer } from './content.ts';
import type { Pushable } from './images.ts';

const SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
/** What closes the document after its last member, and so what the signature adds again behind the cut. */
const TAIL = '\n}';

/** A schema 1 image. Its digest and `bytes` are those of the payload, `sent` is the payload signed with a new key. */
export function schema1Image(repository: string, tag: string, layers: readonly Layer[]): Pushable {
  const fromTop = [...layers].reverse();
  const bytes = Buffer.from(
    JSON.stringify(
      {
        schemaVersion: 1,
        name: repository,
        tag,
        architecture: 'amd64',
        fsLayers: fromTop.map((one) => ({ blobSum: one.digest })),
        history: fromTop.map((one, position) => ({ v1Compatibility: v1Compatibility(fromTop, one, position) })),
      },
      null,
      3,
    ),
  );
  return {
    mediaType: SIGNED,
    bytes,
    digest: digestBytes(bytes),
    sent: signed(bytes),
    blobs: layers.map((one) => ({ mediaType: LAYER, digest: one.digest, bytes: one.bytes })),
    children: [],
  };
}

function v1Compatibility(fromTop: readonly Layer[], one: Layer, position: number): string {
  const parent = fromTop[position + 1];
  return JSON.stringify({
    id: v1Id(one),
    parent: parent === undefined ? undefined : v1Id(parent),
    created: '2015-01-02T03:04:05Z',
    os: 'linux',
  });
}

function v1Id(one: Layer): string {
  return createHash('sha256').update(`v1/${one.digest}`).digest('hex');
}

function signed(payload: Buffer): Buffer {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const publicKey = createPublicKey(privateKey);
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const formatLength = payload.length - TAIL.length;
  const protectedHeader = base64url(
    JSON.stringify({ formatLength, formatTail: base64url(TAIL), time: '2015-01-02T03:04:05Z' }),
  );
  const signature = sign('sha256', Buffer.from(`${protectedHeader}.${base64url(payload)}`), {
    key: createPrivateKey(privateKey),
    dsaEncoding: 'ieee-p1363',
  });
  const header = {
    jwk: { crv, kid: keyId(publicKey.export({ type: 'spki', format: 'der' })), kty, x, y },
    alg: 'ES256',
  };
  const signatures = JSON.stringify([{ header, signature: base64url(signature), protected: protectedHeader }]);
  return Buffer.concat([payload.subarray(0, formatLength), Buffer.from(`,\n   "signatures": ${signatures}${TAIL}`)]);
}

/** libtrust's fingerprint: 240 bits of the key's sha256 in base 32, in groups of four (`util.go`, `keyIDEncode`). */
function keyId(publicKeyDer: Buffer): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...createHash('sha256').update(publicKeyDer).digest().subarray(0, 30)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => alphabet.charAt(parseInt(five, 2))).join('');
  return (letters.match(/.{4}/g) ?? []).join(':');
}

function base64url(data: string | Buffer): string {
  return Buffer.from(data).toString('base64url');
}
