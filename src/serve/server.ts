/** The server of the page: listens, and answers nobody but whoever was given its address. */
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../shared/errors.ts';
import { answerError, answerMissing, served as servedError } from './answers.ts';
import type { ServeOptions, ServePorts } from './model.ts';
import { effectRoutes } from './routes/effect.ts';
import { jobRoutes } from './routes/jobs.ts';
import { readingRoutes } from './routes/read.ts';
import { guard, headers, hostsOf, inAddress, neverStored, ownRequest, type Access } from './security.ts';
import { Served } from './served.ts';
import { serveShell } from './shell.ts';

/** Bytes. */
const MOST_SENT = 1024 * 1024;

export interface RunningServer {
  /** With the token. */
  readonly url: string;
  readonly served: Served;
  /** Ends jobs cleanly, and waits for them; then the server. */
  close(): Promise<void>;
}

/** Throws `serve-failed` where it cannot listen. */
export async function startServer(options: ServeOptions, ports: ServePorts): Promise<RunningServer> {
  const served = new Served(options, ports);
  // Nothing is answered before it is known at which port that is.
  const waiting: { answer?: Hono } = {};
  const server = createAdaptorServer({
    fetch: (request) => waiting.answer?.fetch(request) ?? new Response(null, { status: 503 }),
    overrideGlobalObjects: false,
  }) as Server;
  const port = await listen(server, options);
  const { token, host, ownNames } = options;
  waiting.answer = createApp(served, { token, port, hosts: hostsOf([host, ...ownNames], port) });
  return {
    url: `http://${inAddress(ownNames[0] ?? host)}:${port}/?token=${token}`,
    served,
    close: async () => {
      await served.close();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function createApp(served: Served, access: Access): Hono {
  const app = new Hono();
  app.use(headers(), neverStored(), guard(access));
  const onError = (): Response =>
    Response.json(servedError('too-large', 'what was sent is too large'), { status: 413 });
  app.on('POST', '/api/*', ownRequest(), bodyLimit({ maxSize: MOST_SENT, onError }));
  readingRoutes(app, served);
  effectRoutes(app, served);
  jobRoutes(app, served);
  app.all('/api/*', answerMissing);
  serveShell(app, served.ports.page);
  app.notFound(answerMissing);
  app.onError((error, context) => answerError(error, context, served.ports.index.warn));
  return app;
}

function listen(server: Server, { port, host }: ServeOptions): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', (cause) => {
      fail(
        new AppError('serve-failed', `cannot listen at ${host}, port ${port}: ${cause.message}`, undefined, { cause }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') fail(new TypeError('the server has no port'));
      else done(address.port);
    });
  });
}
