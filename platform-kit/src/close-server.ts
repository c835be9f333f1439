import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { pause } from './waiting.ts';

export type CloseOptions = {
  /** How long running requests may take to finish; what is left then is cut. */
  drainMs: number;
  /**
   * How long connections that are kept by their clients stay open: requests that are on their way on one would be lost
   * with it. They are answered, and their connections closed by that.
   */
  lingerMs: number;
};

const CHECK_MS = 50;

/** Stops accepting connections, and resolves once all that were there are closed. */
export async function closeServer(
  server: Server,
  sockets: ReadonlySet<Socket>,
  { drainMs, lingerMs }: CloseOptions,
): Promise<void> {
  const drained = new AbortController();
  // An HTTP server's own `close` closes idle connections at once.
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  }).then(() => drained.abort());
  server.prependListener('request', (_req: IncomingMessage, res: ServerResponse) => {
    res.shouldKeepAlive = false;
  });
  const startedAt = performance.now();
  const drainEnd = startedAt + Math.max(drainMs, lingerMs);
  while (!drained.signal.aborted && performance.now() < drainEnd) {
    // A connection whose last answer is out would otherwise stay for as long as keep-alive allows.
    if (performance.now() - startedAt >= lingerMs) server.closeIdleConnections();
    await pause(Math.min(CHECK_MS, drainEnd - performance.now()), drained.signal);
  }
  // Upgraded connections are no longer the HTTP server's own: `closeAllConnections` would leave them.
  for (const socket of sockets) socket.destroy();
  await closed;
}
