import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { deadline } from '../waiting.ts';
import { Intake } from './intake.ts';
import type { StreamBuffers } from './stream-buffers.ts';
import { Exchange, type AnswerHandler, type UpstreamRequest } from './exchange.ts';
import { UpstreamConnection, type ConnectionOwner } from './upstream-connection.ts';
import { PoolClosed } from './upstream-error.ts';

/** Shorter than any usual server keeps an idle connection (Node's own default is 5 s), so that we are the one who closes. */
const KEEP_ALIVE_MS = 4000;
/** A server that says so (`Keep-Alive: timeout=…`) may be kept for longer, up to this. */
const KEEP_ALIVE_MAX_MS = 600_000;
/** So much earlier than it says, for what is on its way meanwhile. */
const KEEP_ALIVE_MARGIN_MS = 2000;
const CONNECT_TIMEOUT_MS = 5000;

export type UpstreamPoolOptions = {
  /** The `Host` of requests that come without one. */
  host: string;
  /** As {@link dialSocket} does. */
  dial: (signal: AbortSignal, onread: OnReadOpts) => Promise<Duplex>;
  /** What large answers are read into; without, they are read in small parts. */
  streams?: StreamBuffers | undefined;
};

/**
 * Connections to one server of HTTP/1.1: as many as there are requests at once, which is the caller's to bound; those that
 * rest are used again, the last first.
 */
export class UpstreamPool implements ConnectionOwner {
  readonly #options: UpstreamPoolOptions;
  readonly #open = new Set<UpstreamConnection>();
  readonly #resting: UpstreamConnection[] = [];
  #sweeper: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: UpstreamPoolOptions) {
    this.#options = options;
  }

  /** Connections that are open. */
  get connected(): number {
    return this.#open.size;
  }

  /** Those of them that carry nothing. */
  get resting(): number {
    return this.#resting.length;
  }

  /** `isFresh`: over a new connection, as those that rest may be closed at the other end. The handler is told all else. */
  send(request: UpstreamRequest, handler: AnswerHandler, isFresh = false): Exchange {
    const exchange = new Exchange(request, handler);
    if (this.#isClosed) process.nextTick(failUnsent, exchange, new PoolClosed());
    else {
      const resting = isFresh ? undefined : this.#takeResting();
      if (resting) this.#carry(resting, exchange);
      else void this.#carryByNew(exchange);
    }
    return exchange;
  }

  /** Lets resting connections go, and the others when their exchange is over. What is sent from now on fails. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#sweeper);
    for (const connection of this.#resting.splice(0)) connection.destroy();
  }

  /** Cuts all connections. */
  destroy(): void {
    this.close();
    for (const connection of this.#open) connection.destroy();
  }

  onRest(connection: UpstreamConnection, saidMs: number | undefined): void {
    const ms =
      saidMs === undefined ? KEEP_ALIVE_MS : Math.min(saidMs - KEEP_ALIVE_MARGIN_MS, KEEP_ALIVE_MAX_MS);
    if (this.#isClosed || ms <= 0) return connection.destroy();
    connection.restsUntil = performance.now() + ms;
    this.#resting.push(connection);
    this.#sweeper ??= this.#sweepIn(ms);
  }

  onGone(connection: UpstreamConnection): void {
    this.#open.delete(connection);
    const at = this.#resting.indexOf(connection);
    if (at >= 0) this.#resting.splice(at, 1);
  }

  #takeResting(): UpstreamConnection | undefined {
    for (;;) {
      const connection = this.#resting.pop();
      if (!connection || connection.restsUntil > performance.now()) return connection;
      connection.destroy();
    }
  }

  #carry(connection: UpstreamConnection, exchange: Exchange): void {
    try {
      connection.carry(exchange);
    } catch (error) {
      this.onRest(connection, undefined);
      process.nextTick(failUnsent, exchange, error);
    }
  }

  async #carryByNew(exchange: Exchange): Promise<void> {
    const { host, dial, streams } = this.#options;
    const intake = new Intake(streams);
    let socket: Duplex;
    try {
      socket = await dial(deadline(CONNECT_TIMEOUT_MS), intake.onread);
    } catch (error) {
      return failUnsent(exchange, error as Error);
    }
    if (this.#isClosed && exchange.isOver) return void socket.destroy();
    const connection = new UpstreamConnection(socket, { intake, host, owner: this });
    this.#open.add(connection);
    // It was left while the connection was made, which the next one can use.
    if (exchange.isOver) this.onRest(connection, undefined);
    else this.#carry(connection, exchange);
  }

  #sweepIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#sweep(), ms).unref();
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#resting.filter(({ restsUntil }) => restsUntil <= now)) {
      this.onGone(connection);
      connection.destroy();
    }
    const next = Math.min(...this.#resting.map(({ restsUntil }) => restsUntil));
    this.#sweeper = this.#resting.length > 0 ? this.#sweepIn(Math.max(1, next - now)) : undefined;
  }
}

function failUnsent(exchange: Exchange, error: Error): void {
  if (exchange.finish()) exchange.handler.onFail(error, false);
}
