import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Trigger } from './domain.ts';

/** Which version of a function is meant: by alias, or one version itself. */
export type Selector = { alias: string } | { version: number };

/** One invocation, after it was authenticated and authorised (or came in by the function's public host). */
export type InvocationTarget = {
  requestId: string;
  project: string;
  function: string;
  selector: Selector;
  /** Path and query as the function sees them; starts with `/`. */
  path: string;
  trigger: Trigger;
  /** Body limit in bytes; `too_large` beyond. */
  bodyLimitBytes: number;
  /** How long it took from receiving the request until it was authorised; undefined for those that need not be. */
  authorisedMs?: number;
};

/**
 * The data plane as the gateway sees it: in the same process (embedded), or over HTTP (server). `invoke` answers `res`
 * in every case, errors included, with the target's id as `x-request-id`, and resolves when the exchange is over; it
 * never rejects.
 */
export type Invoker = {
  invoke: (req: IncomingMessage, res: ServerResponse, target: InvocationTarget) => Promise<void>;
  upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer, target: InvocationTarget) => Promise<void>;
  /** Answers by the Host header; false when the host is no function's, and nothing was done. */
  edge: (req: IncomingMessage, res: ServerResponse) => boolean;
  edgeUpgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
};
