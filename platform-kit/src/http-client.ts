import type { Readable } from 'node:stream';
import { Agent, request, type Dispatcher } from 'undici';
import { PlatformError, fromProblem } from './errors.ts';
import { REQUEST_ID_HEADER } from './http-server.ts';
import { deadline } from './waiting.ts';

export type InternalClientOptions = {
  /** `http://host:port` or `unix:/path.sock`. */
  url: string;
  internalToken: string;
  /** Named in errors: "the builder cannot be reached". */
  service: string;
  timeoutMs?: number;
};

export type CallOptions = {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  /** The same, as JSON already. */
  json?: string;
  /** A body that is streamed instead of `body`. */
  stream?: Readable;
  headers?: Record<string, string>;
  timeoutMs?: number;
  /** The answer may take minutes: it must not have a connection that other calls wait for. */
  isLong?: boolean;
  signal?: AbortSignal;
  requestId?: string;
};

/**
 * HTTP between the services: JSON both ways, the internal token, a deadline on every call. The other side's problem+json
 * comes back as the PlatformError it was; no answer at all is `unreachable`.
 */
export class InternalClient {
  readonly #options: InternalClientOptions;
  readonly #agent: Agent;
  /** Streams, and calls that take long, would take all of the connections that other calls wait for. */
  readonly #streamAgent: Agent;
  readonly #origin: string;

  constructor(options: InternalClientOptions) {
    this.#options = options;
    const socketPath = options.url.startsWith('unix:') ? options.url.slice(5) : undefined;
    this.#origin = socketPath ? 'http://localhost' : options.url.replace(/\/$/, '');
    const connect = socketPath ? { connect: { socketPath } } : {};
    this.#agent = new Agent({ connections: 64, ...connect });
    this.#streamAgent = new Agent(connect);
  }

  async json<T>(method: Dispatcher.HttpMethod, path: string, options: CallOptions = {}): Promise<T> {
    const over = deadline(this.#timeoutMs(options), options.signal);
    const dispatcher = options.isLong ? this.#streamAgent : this.#agent;
    const response = await this.#send(method, path, options, { dispatcher, signal: over });
    if (response.statusCode === 204) {
      await response.body.dump();
      return undefined as T;
    }
    return (await response.body.json().catch((cause: unknown) => {
      throw options.signal?.aborted ? cause : this.#unreachable(cause);
    })) as T;
  }

  /** The body as a stream; the caller reads it to its end or destroys it. The deadline covers the headers only. */
  async stream(method: Dispatcher.HttpMethod, path: string, options: CallOptions = {}): Promise<Readable> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#timeoutMs(options));
    const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
    try {
      return (await this.#send(method, path, options, { dispatcher: this.#streamAgent, signal })).body;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#streamAgent.destroy()]);
  }

  #timeoutMs(options: CallOptions): number {
    return options.timeoutMs ?? this.#options.timeoutMs ?? 15_000;
  }

  async #send(
    method: Dispatcher.HttpMethod,
    path: string,
    options: CallOptions,
    how: { dispatcher: Agent; signal: AbortSignal },
  ): Promise<Dispatcher.ResponseData> {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(options.query ?? {}))
      if (value !== undefined) query.set(key, String(value));
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.#options.internalToken}`,
      ...options.headers,
    };
    if (options.requestId) headers[REQUEST_ID_HEADER] = options.requestId;
    const json = options.json ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    if (json !== undefined) headers['content-type'] = 'application/json';
    const response = await request(`${this.#origin}/internal${path}${query.size ? `?${query}` : ''}`, {
      method,
      headers,
      body: options.stream ?? json ?? null,
      dispatcher: how.dispatcher,
      // The signal is the deadline: it also covers the wait for a free connection.
      headersTimeout: 0,
      bodyTimeout: 0,
      signal: how.signal,
    }).catch((cause: unknown) => {
      if (options.signal?.aborted) throw cause;
      throw this.#unreachable(cause);
    });
    if (response.statusCode < 400) return response;
    const body: unknown = await response.body.json().catch(() => undefined);
    const error = fromProblem(body) ?? this.#unreachable(new Error(`status ${response.statusCode}`));
    error.component ??= this.#options.service;
    throw error;
  }

  #unreachable(cause: unknown): PlatformError {
    const error = new PlatformError(
      'unreachable',
      `The ${this.#options.service} cannot be reached. Is it running?`,
      { cause },
    );
    error.component = this.#options.service;
    return error;
  }
}

/** Encodes each part of a path. */
export function path(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce(
    (text, part, i) => text + part + (i < values.length ? encodeURIComponent(values[i]!) : ''),
    '',
  );
}
