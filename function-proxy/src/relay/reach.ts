import { isIPv4 } from 'node:net';
import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ReachInfo } from '@plat/platform-kit/clients/proxy-client.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { directDialer, type Dialer, type InstanceAddress } from '../dialer.ts';
import type { NetworkMember } from '../network-member.ts';
import type { WayDecision } from './decide-way.ts';
import type { RelayKeeper } from './relay-keeper.ts';

/** The engine behind the same address may become another one; a decision is looked at again after this. */
const DECISION_MS = 60_000;

/** What `/reach`, `/api/system` and `plat doctor` say. */
export type ReachView = {
  info: () => ReachInfo;
  /** There and back to the relay in ms; undefined without one. */
  roundTrip: () => Promise<{ relay: string; ms: number } | undefined>;
};

export type ReachOptions = {
  decide: (signal: AbortSignal) => Promise<WayDecision>;
  keeper: Pick<RelayKeeper, 'dial' | 'join' | 'state'>;
  logger: Logger;
};

/**
 * Reaches instances in the way that works: by their addresses, or through the relay. Decides when there are instances to
 * reach for the first time, and again when one is on a network that was not looked at. What listens on
 * loopback is no container and never goes through the relay.
 */
export class Reach implements Dialer, NetworkMember, ReachView {
  readonly #options: ReachOptions;
  #decision: WayDecision | undefined;
  #decidedAtMs = 0;
  #seen: ReadonlySet<string> = new Set();

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  async join(networks: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const way = await this.#way(networks, signal);
    await this.#options.keeper.join(way === 'relay' ? networks : new Set(), signal);
  }

  dial(address: InstanceAddress, signal: AbortSignal, onread?: OnReadOpts): Promise<Duplex> {
    const isRelayed = this.#decision?.way === 'relay' && !isLoopback(address.host);
    return (isRelayed ? this.#options.keeper : directDialer).dial(address, signal, onread);
  }

  info(): ReachInfo {
    const { way = 'unknown', reason = 'the engine has not been looked at yet' } = this.#decision ?? {};
    const { link, networks, problem } = this.#options.keeper.state();
    const isMissing = way === 'relay' && networks > 0 && !link;
    return { way, reason, problem: isMissing ? (problem ?? 'the relay is being started') : null };
  }

  async roundTrip(): Promise<{ relay: string; ms: number } | undefined> {
    const { link } = this.#options.keeper.state();
    return link && { relay: link.name, ms: await link.session.roundTrip() };
  }

  async #way(networks: ReadonlySet<string>, signal: AbortSignal): Promise<WayDecision['way']> {
    const isFresh = Date.now() - this.#decidedAtMs < DECISION_MS;
    const isKnown = [...networks].every((name) => this.#seen.has(name));
    if (this.#decision && isFresh && isKnown) return this.#decision.way;
    const before = this.#decision?.way;
    this.#decision = await this.#options.decide(signal);
    this.#decidedAtMs = Date.now();
    this.#seen = new Set(networks);
    const { way, reason } = this.#decision;
    if (way !== before && way === 'relay')
      this.#options.logger.warn(
        { reason },
        'addresses of containers cannot be reached: instances are called through a relay container',
      );
    else if (way !== before) this.#options.logger.info({ reason }, 'instances are called by their addresses');
    return way;
  }
}

/** For where nothing is to be decided. `member`: who joins networks first. */
export function reachDirectly(reason: string, member?: NetworkMember): Dialer & NetworkMember & ReachView {
  return {
    join: async (networks, signal) => member?.join(networks, signal),
    dial: directDialer.dial,
    info: () => ({ way: 'direct', reason, problem: null }),
    roundTrip: async () => undefined,
  };
}

function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || (isIPv4(host) && host.startsWith('127.'));
}
