/** One question over HTTP, bounded in time and size. Nothing is followed, kept or sent along by itself. */
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';

export interface Question {
  readonly method: 'OPTIONS' | 'HEAD' | 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates in PEM that are trusted instead of those that Node brings along. */
  readonly ca?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its beginning. */
  readonly body: string;
}

const TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 256 * 1024;

/** Asks, and gives back what was answered, whatever that is. Throws only where nothing was answered within 10 s. */
export async function ask(question: Question): Promise<Answer> {
  const { url, method, headers, body, ca } = question;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(signal.aborted ? new Error(`no answer within ${TIMEOUT_MS / 1000} s`) : error);
    const options = {
      method,
      headers: { 'user-agent': 'regsweep', ...headers },
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
      ...(ca === undefined ? {} : { ca }),
    };
    const request = url.protocol === 'https:' ? https.request(url, options) : http.request(url, options);
    request.on('error', fail);
    request.once('response', (response) => {
      const pieces: Buffer[] = [];
      let length = 0;
      const done = (): void => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces).toString(),
        });
        response.destroy();
      };
      response.on('data', (piece: Buffer) => {
        const room = MAX_BODY_BYTES - length;
        pieces.push(piece.subarray(0, room));
        length += piece.length;
        if (length >= MAX_BODY_BYTES) done();
      });
      response.once('end', done);
      response.on('error', fail);
    });
    request.end(body);
  });
}
