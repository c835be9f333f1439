import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { dialSocket } from '@plat/platform-kit/upstream/dial-socket.ts';

/** Where an instance listens: an IP address without brackets, or a host name. */
export type InstanceAddress = { host: string; port: number };

/** How connections to instances are made. */
export type Dialer = {
  /**
   * Resolves with an open connection. Rejects with what `net` would say (`code` is `ECONNREFUSED`, `EHOSTUNREACH` and
   * so on) or, when `signal` aborts first, with `ETIMEDOUT`: nothing was sent in either case. `onread`: where it reads, if
   * it is a socket; others tell by `data`.
   */
  dial: (address: InstanceAddress, signal: AbortSignal, onread?: OnReadOpts) => Promise<Duplex>;
};

/** For where addresses of containers can be reached. */
export const directDialer: Dialer = { dial: dialSocket };
