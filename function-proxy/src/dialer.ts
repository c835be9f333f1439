import type { Duplex } from 'node:stream';
import { dialSocket } from '@plat/platform-kit/upstream/dial-socket.ts';

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

/** For where addresses of containers can be reached. */
export const directDialer: Dialer = { dial: dialSocket };
