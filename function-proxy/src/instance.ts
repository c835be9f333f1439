import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { InstanceLabels } from '@plat/platform-kit/docker/labels.ts';
import type { Readiness } from '@plat/platform-kit/clients/proxy-client.ts';
import type { WakeRung } from '@plat/platform-kit/execution.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import type { StreamBuffers } from '@plat/platform-kit/upstream/stream-buffers.ts';
import { UpstreamPool } from '@plat/platform-kit/upstream/upstream-pool.ts';
import type { Dialer } from './dialer.ts';
import type { DiscoveredInstance } from './instance-source.ts';
import { versionKey } from './version-route.ts';

const CONNECT_TIMEOUT_MS = 5000;

/**
 * `parked`: ready, but about to be put to rest: no calls any more. `paused`: frozen by its engine; `wasReady`: it goes on
 * where it was.
 */
export type InstanceState =
  | { state: 'parked'; sinceMs: number }
  | { state: 'paused'; wasReady: boolean }
  | { state: 'probing' }
  | { state: 'ready' }
  | { state: 'failed'; reason: string }
  | { state: 'draining' };

/**
 * One run of an instance: a container that stops and starts again, or changes its address, becomes a new object; one
 * that is paused and goes on stays the same.
 * The pool has as many connections as there are calls at once, which `acquire` keeps within the version's concurrency;
 * each carries one call at a time.
 */
export class Instance {
  readonly id: string;
  readonly labels: InstanceLabels;
  readonly key: string;
  readonly address: string;
  readonly pool: UpstreamPool;
  /** Upgraded connections; they count as in flight. */
  readonly sockets = new Set<Duplex>();
  state: InstanceState = { state: 'probing' };
  inFlight = 0;
  /** The rung on which it was before it could serve. */
  cameFrom: Exclude<WakeRung, 'hot'> = 'new';
  #busyMs = 0;
  #busySince = 0;
  readonly #idle = new Set<() => void>();
  readonly #dial: () => Promise<Duplex>;

  constructor(
    found: DiscoveredInstance & { address: string },
    { dialer, streams }: { dialer: Dialer; streams?: StreamBuffers },
  ) {
    this.id = found.id;
    this.labels = found.labels;
    this.key = versionKey(found.labels.functionId, found.labels.version);
    this.address = addressOf(found);
    const place = { host: found.address, port: found.labels.port };
    this.#dial = () => dialer.dial(place, deadline(CONNECT_TIMEOUT_MS));
    this.pool = new UpstreamPool({
      host: this.address,
      dial: (signal, onread) => dialer.dial(place, signal, onread),
      streams,
    });
  }

  /** A connection of its own, beside those of the pool; as Node's client wants it. */
  connect(done: (...outcome: [null, Socket] | [Error, null]) => void): void {
    // It takes any duplex stream, whatever its types say.
    this.#dial().then(
      (socket) => done(null, socket as Socket),
      (error: Error) => done(error, null),
    );
  }

  get readiness(): Readiness {
    switch (this.state.state) {
      case 'draining':
        return { state: 'unknown' };
      case 'parked':
      case 'paused':
        return { state: 'resting' };
      default:
        return this.state;
    }
  }

  /** How long its calls have taken so far, all of them added up. */
  busyMs(): number {
    return this.#busyMs + this.inFlight * (performance.now() - this.#busySince);
  }

  begin(): void {
    this.#addUp();
    this.inFlight++;
  }

  end(): void {
    this.#addUp();
    this.inFlight--;
    if (this.inFlight > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }

  #addUp(): void {
    const now = performance.now();
    this.#busyMs += this.inFlight * (now - this.#busySince);
    this.#busySince = now;
  }

  /** Resolves when nothing is in flight. */
  whenIdle(): Promise<void> {
    return this.inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.add(resolve));
  }

  /** Lets the connections go: calls that are under way still end by themselves. */
  close(): void {
    this.pool.close();
  }
}

/** `host:port` as it stands in a URL. */
export function addressOf(found: DiscoveredInstance & { address: string }): string {
  const host = found.address.includes(':') ? `[${found.address}]` : found.address;
  return `${host}:${found.labels.port}`;
}
