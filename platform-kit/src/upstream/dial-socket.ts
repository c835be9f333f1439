import { connect, type OnReadOpts, type Socket } from 'node:net';

/** An IP address without brackets or a host name, or the path of a Unix socket. */
export type SocketAddress = { host: string; port: number } | { path: string };

const KEEP_ALIVE_PROBE_MS = 60_000;

/**
 * Resolves with an open connection. Rejects with what `net` says (`code` is `ECONNREFUSED`, `EHOSTUNREACH` and so on) or,
 * when `signal` aborts first, with `ETIMEDOUT`: nothing was sent in either case. `onread`: where it reads, instead of
 * telling by `data`.
 */
export function dialSocket(
  address: SocketAddress,
  signal: AbortSignal,
  onread?: OnReadOpts,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...address,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      onread,
    });
    const giveUp = () => socket.destroy(dialError('ETIMEDOUT', `${named(address)} did not answer in time.`));
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
  });
}

/** An error as `net` makes them. */
export function dialError(code: string, message: string): Error & { code: string } {
  return Object.assign(new Error(message), { code });
}

function named(address: SocketAddress): string {
  return 'path' in address ? address.path : `${address.host}:${address.port}`;
}
