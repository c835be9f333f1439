import { connect } from 'node:net';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { SocketAddress } from '@plat/platform-kit/upstream/dial-socket.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

/** Calls that may wait at the same time; beyond that they are refused at once. */
const HELD_LIMIT = 1000;
const PROBE_MS = 100;
const CONNECT_TIMEOUT_MS = 1000;

/**
 * How connections fail: before anything was sent, or in the middle. A name is unknown while its container is away, and so
 * is a Unix socket's path; EAGAIN is such a socket's whose queue of new connections is full (connect(2)).
 */
const CONNECTION_FAILURES = new Set([
  'ECONNREFUSED', 'ENOENT', 'EAGAIN', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET',
  'EPIPE', 'connection_broken',
]); // prettier-ignore

export function isConnectionFailure(error: unknown): boolean {
  return CONNECTION_FAILURES.has((error as { code?: string }).code ?? '');
}

type Held = (isBack: boolean) => void;

/**
 * Where calls wait while the function-proxy takes no connections, as in a restart. One probe at a time asks for all of
 * them, so that a thousand that wait cost no more than one.
 *
 * INVARIANTS: whoever waits leaves by exactly one of: the proxy is back, its own deadline or signal, the gate's closing;
 * there is a probe under way while anybody waits, and none otherwise.
 */
export class ProxyGate {
  readonly #url: string;
  readonly #logger: Logger;
  readonly #held = new Set<Held>();
  #isProbing = false;

  constructor(options: { url: string; logger: Logger }) {
    this.#url = options.url;
    this.#logger = options.logger;
  }

  /** Resolves with true when the proxy takes connections; with false after `ms`, on abort, and when too many wait. */
  wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (this.#held.size >= HELD_LIMIT || ms <= 0 || signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const leave: Held = (isBack) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#held.delete(leave);
        resolve(isBack);
      };
      const giveUp = () => leave(false);
      const timer = setTimeout(giveUp, ms);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#held.add(leave);
      if (!this.#isProbing) void this.#probe();
    });
  }

  close(): void {
    for (const leave of [...this.#held]) leave(false);
  }

  async #probe(): Promise<void> {
    this.#isProbing = true;
    const never = new AbortController().signal;
    this.#logger.warn({ url: this.#url }, 'function-proxy takes no connections; calls are held');
    while (this.#held.size > 0) {
      // First the pause: who comes back at once, because the first connections were refused again, must not spin.
      await pause(PROBE_MS, never);
      if (!(await this.#takesConnections())) continue;
      this.#logger.info({ held: this.#held.size }, 'function-proxy takes connections');
      for (const leave of [...this.#held]) leave(true);
    }
    this.#isProbing = false;
  }

  #takesConnections(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(socketAddress(this.#url));
      const end = (isOpen: boolean) => {
        socket.destroy();
        resolve(isOpen);
      };
      socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(false));
      socket.once('connect', () => end(true));
      socket.once('error', () => end(false));
    });
  }
}

/** Where a service's URL (`http://…` or `unix:/path`) leads. */
export function socketAddress(url: string): SocketAddress {
  if (url.startsWith('unix:')) return { path: url.slice(5) };
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
}
