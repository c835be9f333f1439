import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** Where an instance listens: an IP address without brackets, or a host name. */
export type InstanceAddress = { host: string; port: number };

/** How connections to instances are made. */
export type Dialer = {
  /**
   * Resolves with an open connection. Rejects with what `net` would say (`code` is `ECONNREFUSED`, `EHOSTUNREACH` and
   * so on) or, when `signal` aborts first, with `ETIMEDOUT`: nothing was sent in either case.
   */
  dial: (address: InstanceAddress, signal: AbortSignal) => Promise<Duplex>;
};

const KEEP_ALIVE_PROBE_MS = 60_000;

/** For where addresses of containers can be reached. */
export const directDialer: Dialer = {
  dial: ({ host, port }, signal) =>
    new Promise((resolve, reject) => {
      const socket = connect({
        host,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      });
      const giveUp = () => socket.destroy(dialError('ETIMEDOUT', `${host}:${port} did not answer in time.`));
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      const settle = () => signal.removeEventListener('abort', giveUp);
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        settle();
        socket.off('error', fail);
        resolve(socket);
      });
    }),
};

/** An error as `net` makes them. */
export function dialError(code: string, message: string): Error & { code: string } {
  return Object.assign(new Error(message), { code });
}
