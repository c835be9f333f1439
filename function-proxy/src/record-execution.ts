import type { MetadataClient, RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { backoffMs, pause } from '@plat/platform-kit/waiting.ts';

const BATCH_LIMIT = 500;
const SEND_AT = 200;
const SEND_EVERY_MS = 1000;
const QUEUE_LIMIT = 10_000;
/** Of text in bodies; the receiver takes 4 MiB a batch. */
const BATCH_BODY_CHARS = 1024 * 1024;
const QUEUE_BODY_CHARS = 32 * 1024 * 1024;
const FLUSH_TIMEOUT_MS = 5000;

/**
 * Step 5 of an invocation: records of calls, sent in batches off the call's path.
 *
 * INVARIANTS
 * 1. `add` never waits and never fails.
 * 2. At most `QUEUE_LIMIT` records with bodies of `QUEUE_BODY_CHARS` are kept; records beyond are dropped and counted,
 *    bodies beyond are left out.
 * 3. One batch at a time; a batch that could not be sent is sent again (the receiver knows them by id).
 */
export class ExecutionRecorder {
  readonly #metadata: Pick<MetadataClient, 'recordExecutions'>;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  #queue: RecordedExecution[] = [];
  #bodyChars = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isClosing = false;
  #dropped = 0;

  constructor(options: { metadata: Pick<MetadataClient, 'recordExecutions'>; logger: Logger }) {
    this.#metadata = options.metadata;
    this.#logger = options.logger;
  }

  /** How many records were lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  get queued(): number {
    return this.#queue.length;
  }

  add(given: RecordedExecution): void {
    if (this.#queue.length >= QUEUE_LIMIT) {
      if (this.#dropped++ === 0) this.#logger.warn({}, 'executions are being dropped; the queue is full');
      return;
    }
    const chars = bodyChars(given);
    const fits = this.#bodyChars + chars <= QUEUE_BODY_CHARS;
    this.#queue.push(fits ? given : { ...given, bodies: null, hasBodies: false });
    if (fits) this.#bodyChars += chars;
    if (this.#queue.length >= SEND_AT) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), SEND_EVERY_MS);
  }

  /** Sends what is left, for at most 5 s. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const timeout = setTimeout(() => this.#stop.abort(), FLUSH_TIMEOUT_MS);
    this.#send();
    await this.#sending;
    clearTimeout(timeout);
    this.#stop.abort();
    if (this.#queue.length > 0)
      this.#logger.warn({ lost: this.#queue.length }, 'executions could not be sent');
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#queue.length > 0 && !this.#isClosing)
        this.#timer ??= setTimeout(() => this.#send(), SEND_EVERY_MS);
    });
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (this.#queue.length > 0 && !signal.aborted) {
      const batch = firstBatch(this.#queue);
      try {
        await this.#sendBatch(batch);
        this.#remove(batch);
        failures = 0;
        if (this.#queue.length < SEND_AT && !this.#isClosing) return;
      } catch (error) {
        failures++;
        if ((error as { code?: string }).code === 'invalid') {
          this.#logger.error({ err: error, lost: batch.length }, 'executions were refused');
          this.#remove(batch);
          this.#dropped += batch.length;
          continue;
        }
        if (failures === 1) this.#logger.warn({ err: error }, 'executions cannot be sent; trying again');
        await pause(backoffMs(failures, this.#isClosing ? { baseMs: 50, maxMs: 500 } : undefined), signal);
      }
    }
  }

  #remove(batch: RecordedExecution[]): void {
    this.#queue.splice(0, batch.length);
    for (const execution of batch) this.#bodyChars -= bodyChars(execution);
  }

  /** The flush at the end must not hang on one call that does not come back. */
  async #sendBatch(batch: RecordedExecution[]): Promise<void> {
    const waited = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
      const stop = () => reject(new Error('The recorder was closed.'));
      this.#stop.signal.addEventListener('abort', stop, { once: true, signal: waited.signal });
    });
    await Promise.race([this.#metadata.recordExecutions(batch), aborted]).finally(() => waited.abort());
  }
}

/** As many as fit into a batch, at least one. */
function firstBatch(queue: readonly RecordedExecution[]): RecordedExecution[] {
  const batch: RecordedExecution[] = [];
  let chars = 0;
  for (const execution of queue) {
    chars += bodyChars(execution);
    if (batch.length > 0 && (batch.length === BATCH_LIMIT || chars > BATCH_BODY_CHARS)) break;
    batch.push(execution);
  }
  return batch;
}

function bodyChars({ bodies }: RecordedExecution): number {
  return bodies ? (bodies.request?.text?.length ?? 0) + (bodies.response?.text?.length ?? 0) : 0;
}
