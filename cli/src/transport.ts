import type { Readable } from 'node:stream';
import { PROBLEM_CONTENT_TYPE, fromProblem, type Problem } from '@plat/platform-kit/errors.ts';
import axios, { AxiosHeaders, isAxiosError, isCancel, type AxiosInstance, type AxiosResponse } from 'axios';
import { CliError, interrupted } from './cli-error.ts';
import { isLoopback } from './settings.ts';

export type Query = Record<string, string | number | boolean | undefined>;

export type SendOptions = {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string | string[]>;
  /** Until the head of the answer is there; a body that is streamed may take longer. */
  timeoutMs?: number;
  signal?: AbortSignal;
  onUpload?: (sentBytes: number) => void;
};

export type Answer = {
  status: number;
  statusText: string;
  /** As they came, with the case and the order they came in. */
  rawHeaders: [name: string, value: string][];
  header: (name: string) => string | undefined;
  body: Readable;
};

const DEFAULT_TIMEOUT_MS = 30_000;
const PROBLEM_LIMIT_BYTES = 1024 * 1024;

/** A request id, as far as it is known, travels with the error for the last line the program prints. */
export const requestIds = new WeakMap<object, string>();

/**
 * HTTP to the gateway. An error the platform answered with comes back as the PlatformError it was; no answer at all is
 * a `network` CliError; the user's ^C is `interrupted`.
 */
export class Transport {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #signal: AbortSignal;
  readonly #http: AxiosInstance;

  constructor(options: { url: string; token: string | undefined; signal: AbortSignal }) {
    this.url = options.url;
    this.#token = options.token;
    this.#signal = options.signal;
    this.#http = axios.create({
      adapter: 'http',
      baseURL: options.url,
      responseType: 'stream',
      validateStatus: () => true,
      maxRedirects: 0,
      maxBodyLength: Infinity,
      maxContentLength: -1,
      ...(isLoopback(options.url) ? { proxy: false as const } : {}),
    });
  }

  /** Any answer, whatever its status. */
  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const signal = options.signal ?? this.#signal;
    if (this.#token === undefined) {
      throw new CliError('auth', `There is no token for ${this.url}.`, {
        hint: `Log in with \`plat login --url ${this.url}\`, or set PLAT_TOKEN.`,
      });
    }
    const headDeadline = new AbortController();
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timer = setTimeout(() => headDeadline.abort(), timeoutMs);
    try {
      const response = await this.#http.request<Readable>({
        method,
        url: withQuery(path, options.query),
        data: options.body,
        headers: new AxiosHeaders({
          authorization: `Bearer ${this.#token}`,
          ...options.headers,
        }),
        signal: AbortSignal.any([signal, headDeadline.signal]),
        ...(options.onUpload
          ? { onUploadProgress: (event: { loaded: number }) => options.onUpload?.(event.loaded) }
          : {}),
      });
      return answerOf(response);
    } catch (error) {
      if (headDeadline.signal.aborted && !signal.aborted) {
        throw new CliError('network', `${this.url} did not answer within ${timeoutMs / 1000} s.`, {
          cause: error,
        });
      }
      if (options.onUpload && ['EPIPE', 'ECONNRESET'].includes((error as { code?: string }).code ?? '')) {
        throw new CliError('network', `${this.url} broke the upload off.`, {
          hint: 'Is the archive too large? What the function does not need can be left out in .platignore.',
          cause: error,
        });
      }
      throw this.#networkError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer if its status is below 400; throws what went wrong if not. */
  async open(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const answer = await this.send(method, path, options);
    if (answer.status < 300) return answer;
    throw (await this.platformError(answer)).error ?? this.#foreignAnswer(answer.status);
  }

  async json<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
    const answer = await this.open(method, path, options);
    const text = (await this.read(answer)).toString('utf8');
    if (answer.status === 204) return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw this.#foreignAnswer(answer.status);
    }
  }

  /** The body as it comes. An error when it breaks off, or when nothing comes for `silenceMs`. */
  async *chunks(answer: Answer, silenceMs = DEFAULT_TIMEOUT_MS): AsyncGenerator<Buffer> {
    const { body } = answer;
    const silent = () =>
      body.destroy(new CliError('network', `${this.url} fell silent in the middle of its answer.`));
    let timer = setTimeout(silent, silenceMs);
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        clearTimeout(timer);
        yield chunk;
        timer = setTimeout(silent, silenceMs);
      }
    } catch (error) {
      if (this.#signal.aborted) throw interrupted();
      if (error instanceof CliError || isCancel(error)) throw error;
      throw new CliError('network', `The answer of ${this.url} broke off.`, { cause: error });
    } finally {
      clearTimeout(timer);
      body.destroy();
    }
  }

  /** The whole body, or what came of it when it is longer than `limitBytes`. */
  async read(answer: Answer, limitBytes = Infinity): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.chunks(answer)) {
      chunks.push(chunk);
      if ((bytes += chunk.length) > limitBytes) break;
    }
    return Buffer.concat(chunks);
  }

  /**
   * The platform's own error when the answer is one; `body` holds what was read to find out. A function may answer with
   * a problem document too: the platform's has a known code and names the request it belongs to.
   */
  async platformError(answer: Answer): Promise<{ error: Error | undefined; body: Buffer | undefined }> {
    if (!answer.header('content-type')?.startsWith(PROBLEM_CONTENT_TYPE))
      return { error: undefined, body: undefined };
    const body = await this.read(answer, PROBLEM_LIMIT_BYTES);
    let problem: Problem;
    try {
      problem = JSON.parse(body.toString('utf8')) as Problem;
    } catch {
      return { error: undefined, body };
    }
    const error = fromProblem(problem);
    if (!error || problem.status !== answer.status || problem.requestId !== answer.header('x-request-id')) {
      return { error: undefined, body };
    }
    requestIds.set(error, problem.requestId);
    return { error, body };
  }

  #foreignAnswer(status: number): CliError {
    return new CliError(
      'general',
      `${this.url} answered with status ${status}, but not as a Plat gateway does.`,
      {
        hint: 'Check the address: `plat config ls` shows which one is used; --api-url and API_URL change it.',
      },
    );
  }

  #networkError(error: unknown): unknown {
    if (this.#signal.aborted) return interrupted();
    if (isCancel(error) || (error instanceof Error && error.name === 'AbortError')) return error;
    const code = (error as { code?: string }).code;
    if (!isAxiosError(error) && code === undefined) return error;
    if (code === 'ECONNREFUSED' && isLoopback(this.url)) {
      return new CliError('network', `Nothing answers at ${this.url}.`, {
        hint: 'Start Plat with `npm start` or `docker compose up`, or say where it runs with --api-url or API_URL.',
        cause: error,
      });
    }
    return new CliError('network', `${this.url} cannot be reached: ${(error as Error).message || code}.`, {
      hint: 'Is the address right and the platform running? --api-url and API_URL change the address.',
      cause: error,
    });
  }
}

function withQuery(path: string, query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, String(value));
  return given.size ? `${path}?${given}` : path;
}

function answerOf(response: AxiosResponse<Readable>): Answer {
  const message = (response.request as { res?: { rawHeaders?: string[] } } | undefined)?.res;
  const raw = message?.rawHeaders ?? [];
  const rawHeaders: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) rawHeaders.push([raw[i]!, raw[i + 1]!]);
  const headers = response.headers as Record<string, string | undefined>;
  return {
    status: response.status,
    statusText: response.statusText,
    rawHeaders,
    header: (name) => headers[name],
    body: response.data,
  };
}
