import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { EDGE_PATH, INVOKE_PATH, encodeEdge, encodeTarget } from '@plat/platform-kit/invocation-headers.ts';
import type { InvocationTarget, Invoker } from '@plat/platform-kit/invoker.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { dialSocket } from '@plat/platform-kit/upstream/dial-socket.ts';
import { StreamBuffers } from '@plat/platform-kit/upstream/stream-buffers.ts';
import { UpstreamPool } from '@plat/platform-kit/upstream/upstream-pool.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { Forwarding, type ForwardingDeps } from './forwarding.ts';
import { ProxyGate, socketAddress } from './proxy-gate.ts';

/** `holdMs`: how long a call waits for a proxy that takes no connections, as in a restart, before it is refused. */
export type HttpInvokerOptions = { url: string; internalToken: string; holdMs: number; logger: Logger };

/** The data plane in another process: every invocation is one request to the function-proxy, streamed both ways. */
export class HttpInvoker implements Invoker {
  readonly #forwarding: ForwardingDeps;
  readonly #url: string;
  readonly #authorization: string;

  constructor(options: HttpInvokerOptions) {
    this.#url = options.url;
    this.#authorization = `Bearer ${options.internalToken}`;
    const address = socketAddress(options.url);
    const pool = new UpstreamPool({
      host: 'path' in address ? 'localhost' : new URL(options.url).host,
      dial: (signal, onread) => dialSocket(address, signal, onread),
      streams: new StreamBuffers(),
    });
    const { holdMs, logger } = options;
    this.#forwarding = { pool, gate: new ProxyGate(options), holdMs, logger };
  }

  invoke(req: IncomingMessage, res: ServerResponse, target: InvocationTarget): Promise<void> {
    return this.#forward(req, res, { path: INVOKE_PATH, extra: encodeTarget(target) });
  }

  async upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, target: InvocationTarget): Promise<void> {
    await forwardUpgrade(
      this.#upgradeBy(),
      { req, socket, head },
      this.#upgradeTo(req, INVOKE_PATH, encodeTarget(target)),
    );
  }

  /** Always true: only the proxy knows the hosts, and it answers for those that are nobody's. */
  edge(req: IncomingMessage, res: ServerResponse): boolean {
    void this.#forward(req, res, { path: EDGE_PATH, extra: encodeEdge(req) });
    return true;
  }

  edgeUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    void forwardUpgrade(
      this.#upgradeBy(),
      { req, socket, head },
      this.#upgradeTo(req, EDGE_PATH, encodeEdge(req)),
    );
    return true;
  }

  close(): Promise<void> {
    this.#forwarding.gate.close();
    this.#forwarding.pool.destroy();
    return Promise.resolve();
  }

  #upgradeBy() {
    const { gate, holdMs } = this.#forwarding;
    return { url: this.#url, gate, holdMs };
  }

  #upgradeTo(req: IncomingMessage, path: string, extra: Record<string, string>) {
    return { path, headers: this.#headers(req, extra) };
  }

  #headers(req: IncomingMessage, extra: Record<string, string>): string[] {
    return forwardedHeaders(req, { ...extra, authorization: this.#authorization });
  }

  #forward(
    req: IncomingMessage,
    res: ServerResponse,
    { path, extra }: { path: string; extra: Record<string, string> },
  ): Promise<void> {
    const request = { path, headers: this.#headers(req, extra) };
    return new Promise((resolve) => {
      new Forwarding({ req, res, resolve }, request, this.#forwarding).send();
    });
  }
}
