import type { MetadataClient, RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { backoffMs, pause } from '@plat/platform-kit/waiting.ts';

const BATCH_LIMIT = 500;
const SEND_EVERY_MS = 1000;
const QUEUE_LIMIT = 10_000;
/** A character has at most three bytes; the receiver takes 4 MiB a batch. */
const BATCH_CHARS = 1024 * 1024;
const QUEUE_CHARS = 40 * 1024 * 1024;
const FLUSH_TIMEOUT_MS = 5000;

/**
 * Step 5 of an invocation: records of calls, sent in batches off the call's path. Each becomes text as it comes: to make
 * that of a whole batch at once would hold up the calls of the moment, and objects that wait are work for the collector.
 *
 * INVARIANTS
 * 1. `add` never waits and never fails.
 * 2. At most `QUEUE_LIMIT` records are kept, and bodies only as long as all of it is within `QUEUE_CHARS`; records beyond
 *    are dropped and counted, bodies beyond are left out.
 * 3. One batch at a time; a batch that could not be sent is sent again (the receiver knows them by id).
 */
export class ExecutionRecorder {
  readonly #metadata: Pick<MetadataClient, 'recordTexts'>;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  /** JSON, the oldest first. */
  #queue: string[] = [];
  #chars = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isClosing = false;
  #dropped = 0;

  constructor(options: { metadata: Pick<MetadataClient, 'recordTexts'>; logger: Logger }) {
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
    const whole = JSON.stringify(given);
    const fits = !given.bodies || this.#chars + whole.length <= QUEUE_CHARS;
    const text = fits ? whole : JSON.stringify({ ...given, bodies: null, hasBodies: false });
    this.#queue.push(text);
    this.#chars += text.length;
    if (this.#queue.length >= BATCH_LIMIT) this.#send();
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
        if (this.#queue.length < BATCH_LIMIT && !this.#isClosing) return;
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

  #remove(batch: string[]): void {
    this.#queue.splice(0, batch.length);
    for (const text of batch) this.#chars -= text.length;
  }

  /** The flush at the end must not hang on one call that does not come back. */
  async #sendBatch(batch: string[]): Promise<void> {
    const waited = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
      const stop = () => reject(new Error('The recorder was closed.'));
      this.#stop.signal.addEventListener('abort', stop, { once: true, signal: waited.signal });
    });
    await Promise.race([this.#metadata.recordTexts(batch), aborted]).finally(() => waited.abort());
  }
}

/** As many as fit into a batch, at least one. */
function firstBatch(queue: readonly string[]): string[] {
  let chars = 0;
  let count = 0;
  while (count < queue.length && count < BATCH_LIMIT) {
    chars += queue[count]!.length;
    if (count > 0 && chars > BATCH_CHARS) break;
    count++;
  }
  return queue.slice(0, count);
}
