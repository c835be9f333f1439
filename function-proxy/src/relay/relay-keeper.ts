import type { Duplex } from 'node:stream';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { backoffMs, deadline, pause } from '@plat/platform-kit/waiting.ts';
import { dialError } from '@plat/platform-kit/upstream/dial-socket.ts';
import type { Dialer, InstanceAddress } from '../dialer.ts';
import type { NetworkMember } from '../network-member.ts';
import type { RelayLink } from './relay-container.ts';

/** A relay that lived for so long was a good one: the next may come at once. */
const GOOD_MS = 10_000;
/** Includes pulling its image. */
const OPEN_MS = 300_000;
const JOIN_MS = 20_000;

export type RelayKeeperOptions = {
  open: (networks: ReadonlySet<string>, signal: AbortSignal) => Promise<RelayLink>;
  logger: Logger;
  /** How long a relay stays that no instance needs. */
  idleMs: number;
  backoff?: { baseMs: number; maxMs: number };
};

/**
 * Keeps one relay while there are networks to be on.
 *
 * INVARIANTS
 * 1. One relay at a time: the loop opens the next only after the last one is closed and removed.
 * 2. `#link` is set exactly while its session is open; whoever dials meanwhile waits for it within their own deadline.
 * 3. A relay is opened on the networks wanted at that moment, and joins those wanted meanwhile before waiting dials go on.
 * 4. Without a network for `idleMs`, or once closed, there is no relay.
 */
export class RelayKeeper implements Dialer, NetworkMember {
  readonly #options: RelayKeeperOptions;
  readonly #stop = new AbortController();
  #wanted: ReadonlySet<string> = new Set();
  #link: RelayLink | undefined;
  #loop: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<() => void>();
  /** Why there is no relay although one is wanted. */
  #problem: string | undefined;

  constructor(options: RelayKeeperOptions) {
    this.#options = options;
  }

  /** Does not wait for a relay that is not there yet: that one will be on these networks from its start. */
  async join(networks: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    this.#wanted = networks;
    if (networks.size === 0) return this.#armIdle();
    clearTimeout(this.#idle);
    this.#idle = undefined;
    if (this.#stop.signal.aborted) return;
    if (this.#link) await this.#joinOrReplace(this.#link, networks, signal);
    else this.#ensureLoop();
  }

  async dial(address: InstanceAddress, signal: AbortSignal): Promise<Duplex> {
    const link = this.#link ?? (await this.#nextLink(signal));
    if (!link)
      throw dialError('EHOSTUNREACH', `There is no relay: ${this.#problem ?? 'it is being started'}.`);
    return link.session.dial(address, signal);
  }

  state(): { link: RelayLink | undefined; networks: number; problem: string | undefined } {
    return { link: this.#link, networks: this.#wanted.size, problem: this.#problem };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#idle);
    await this.#link?.close().catch(() => undefined);
    await this.#loop;
  }

  #ensureLoop(): void {
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
      // Wanted again while the loop was ending.
      if (this.#wanted.size > 0 && !this.#stop.signal.aborted) this.#ensureLoop();
    });
  }

  async #run(): Promise<void> {
    const { logger, open, backoff = { baseMs: 100, maxMs: 5000 } } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted && this.#wanted.size > 0) {
      try {
        const link = await open(this.#wanted, deadline(OPEN_MS, signal));
        const since = Date.now();
        await this.#use(link);
        if (Date.now() - since >= GOOD_MS) failures = 0;
        if (this.#wanted.size > 0 && !signal.aborted) {
          this.#problem = 'it ended';
          logger.warn({ relay: link.name }, 'the relay ended; starting another');
        }
      } catch (error) {
        if (signal.aborted) break;
        this.#problem = (error as Error).message;
        if (failures === 0) logger.warn({ err: error }, 'the relay cannot be started; trying again');
      }
      if (this.#wanted.size > 0) await pause(backoffMs(++failures, backoff), signal);
    }
    this.#tellWaiting();
  }

  /** Resolves when the relay ended and is removed. */
  async #use(link: RelayLink): Promise<void> {
    const { logger } = this.#options;
    this.#link = link;
    this.#problem = undefined;
    logger.info({ relay: link.name, networks: this.#wanted.size }, 'the relay is up');
    await this.#joinOrReplace(link, this.#wanted, deadline(JOIN_MS, this.#stop.signal)).catch(
      (error: unknown) => logger.warn({ err: error, relay: link.name }, 'the relay is not on all networks'),
    );
    this.#tellWaiting();
    if (this.#wanted.size === 0) this.#armIdle();
    if (this.#stop.signal.aborted) await link.close().catch(() => undefined);
    await link.closed;
    this.#link = undefined;
    await link.close().catch((error: unknown) => {
      logger.warn({ err: error, relay: link.name }, 'a relay that ended could not be removed');
    });
  }

  /** A relay of which the engine knows nothing any more makes room for the next. */
  async #joinOrReplace(link: RelayLink, networks: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    try {
      await link.join(networks, signal);
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode !== 404) throw error;
      await link.close();
    }
  }

  /** The relay, once there is one; undefined when `signal` aborts or the relay is given up before. */
  #nextLink(signal: AbortSignal): Promise<RelayLink | undefined> {
    return new Promise((resolve) => {
      const over = () => {
        signal.removeEventListener('abort', over);
        this.#waiting.delete(over);
        resolve(this.#link);
      };
      if (signal.aborted || this.#stop.signal.aborted) return over();
      this.#waiting.add(over);
      signal.addEventListener('abort', over, { once: true });
    });
  }

  #tellWaiting(): void {
    for (const tell of [...this.#waiting]) tell();
  }

  #armIdle(): void {
    if (this.#idle || !this.#loop) return;
    this.#idle = setTimeout(() => {
      this.#idle = undefined;
      if (this.#wanted.size === 0) void this.#link?.close().catch(() => undefined);
    }, this.#options.idleMs);
    this.#idle.unref();
  }
}
