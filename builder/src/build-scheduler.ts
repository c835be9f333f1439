import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Replica } from '@plat/platform-kit/change-feed.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { KeyedQueue } from '@plat/platform-kit/keyed-queue.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { BuildAttempt, type AttemptResult } from './build-attempt.ts';
import type { BuildLogs } from './build-logs.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { BuildDeps } from './run-build.ts';

const ACTOR = 'builder';

/** How long after a cancel the record may still say `building` before the builder itself says `cancelled`. */
const CANCEL_GRACE_MS = 15_000;
const ENGINE_CHECK_MS = 2000;
const STALE_MS = 500;
const NEW_VERSION_WAIT_MS = 5000;
const HELD_MS = 100;

export type SchedulerDeps = {
  replica: Replica;
  metadata: Pick<MetadataClient, 'transitionVersion'>;
  build: BuildDeps;
  images: ImageBuilder;
  logs: BuildLogs;
  logger: Logger;
  timeoutMs: number;
  memoryMb: number;
  concurrency: number;
  /** A build that began at `startedAt` (monotonic) is over now. */
  onOver?: (build: { version: VersionRecord; result: AttemptResult; startedAt: number }) => void;
};

/**
 * Builds what the record says is `pending`. It keeps no list of its own: the replica of the record says what there is to
 * do, each time anew.
 *
 * INVARIANTS
 * 1. One function has at most one build at a time, and its versions are built in the order of their numbers.
 * 2. A version that this process has dealt with is not taken up again, even while the replica still shows it as it was.
 * 3. A version in `building` that is not being built here was left by a builder that died: it goes back to `pending`.
 * 4. A log is closed before its build counts as over.
 * 5. While a function is held (its garbage is being removed), no build of it begins: a build takes earlier images.
 */
export class BuildScheduler {
  readonly #deps: SchedulerDeps;
  readonly #queue: KeyedQueue;
  /** By function id. */
  readonly #running = new Map<string, BuildAttempt>();
  readonly #held = new Set<string>();
  /** By version key: since when this process is done with it, while the replica shows it as unfinished. */
  readonly #settled = new Map<string, number>();
  /** By version key: since when it waits for the engine. */
  readonly #engineAwaySince = new Map<string, number>();

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#queue = new KeyedQueue({
      run: (functionId, signal) => this.#run(functionId, signal),
      onError: (functionId, error, retryInMs) =>
        deps.logger.warn({ err: error, functionId, retryInMs }, 'build round failed'),
      concurrency: deps.concurrency,
      retry: { baseMs: 500, maxMs: 15_000 },
    });
  }

  /** Looks at one function again; to be called whenever the record of it changed, or it is gone. */
  functionChanged(functionId: string): void {
    const fn = this.#deps.replica.functions.get(functionId);
    const unfinished = new Set(fn?.versions.filter(isUnbuilt).map(({ number }) => number));
    for (const keys of [this.#settled, this.#engineAwaySince]) {
      for (const key of keys.keys()) {
        const [id, number] = parseKey(key);
        if (id === functionId && !unfinished.has(number)) keys.delete(key);
      }
    }
    const attempt = this.#running.get(functionId);
    if (attempt && !unfinished.has(attempt.number)) attempt.cancel();
    if (unfinished.size > 0) this.#queue.add(functionId);
  }

  allChanged(): void {
    const ids = new Set([...this.#deps.replica.functions.keys(), ...this.#running.keys()]);
    for (const id of ids) this.functionChanged(id);
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Versions that are to be built and are not yet. */
  get waitingCount(): number {
    const unbuilt = [...this.#deps.replica.functions.values()].flatMap(({ versions }) => versions.filter(isUnbuilt));
    const isPending = ({ functionId, number }: VersionRecord) => !this.isOver(functionId, number);
    return Math.max(0, unbuilt.filter(isPending).length - this.#running.size);
  } // prettier-ignore

  isBuilding(functionId: string): boolean {
    return this.#running.has(functionId);
  }

  /** Keeps builds of the function from beginning until `letGo`; false when one is under way. */
  hold(functionId: string): boolean {
    if (this.#running.has(functionId)) return false;
    this.#held.add(functionId);
    return true;
  }

  letGo(functionId: string): void {
    this.#held.delete(functionId);
  }

  /** True when nothing will be added to the log of this version any more. */
  isOver(functionId: string, number: number): boolean {
    if (this.#running.get(functionId)?.number === number) return false;
    if (this.#settled.has(keyOf(functionId, number))) return true;
    const fn = this.#deps.replica.functions.get(functionId);
    return !fn?.versions.some((version) => version.number === number && isUnbuilt(version));
  }

  /** Waits a moment for a version that was made just now and that the replica does not show yet. */
  async untilKnown(functionId: string, number: number, signal: AbortSignal): Promise<void> {
    const end = Date.now() + NEW_VERSION_WAIT_MS;
    const isKnown = () => (this.#deps.replica.functions.get(functionId)?.latest ?? 0) >= number;
    while (!isKnown() && Date.now() < end && !signal.aborted) await pause(50, signal);
  }

  /** Stops a build and resolves when it has stopped. The caller changes the record. */
  async cancel(functionId: string, number: number): Promise<void> {
    const attempt = this.#running.get(functionId);
    if (attempt?.number !== number) return;
    attempt.cancel();
    await attempt.over;
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }

  async #run(functionId: string, signal: AbortSignal): Promise<number | void> {
    const { again, versions } = await this.#waitingVersions(functionId);
    const version = versions[0];
    if (!version) return again;
    const wait = await this.#waitForEngine(version, signal);
    if (wait !== undefined) return wait;
    if (this.#held.has(functionId)) return HELD_MS;
    const attempt = new BuildAttempt(version, this.#deps, signal);
    this.#running.set(functionId, attempt);
    const startedAt = performance.now();
    try {
      const outcome = await attempt.run();
      // When this process stops, the version stays in `building`; the next builder finds it there.
      if (outcome === 'settled' || outcome === 'cancelled') this.#settle(version);
      if (outcome === 'stopped') return undefined;
      return outcome === 'try_again' ? ENGINE_CHECK_MS : 0;
    } finally {
      this.#running.delete(functionId);
      this.#deps.onOver?.({ version, result: attempt.result, startedAt });
      this.#deps.logs.wake(functionId, version.number);
      attempt.markOver();
    }
  }

  /** Versions that wait for their build, lowest number first; `again` is when to look again if there are none. */
  async #waitingVersions(
    functionId: string,
  ): Promise<{ again: number | undefined; versions: VersionRecord[] }> {
    const versions: VersionRecord[] = [];
    let again: number | undefined;
    for (const version of this.#deps.replica.functions.get(functionId)?.versions.filter(isUnbuilt) ?? []) {
      const settledAt = this.#settled.get(keyOf(functionId, version.number));
      if (settledAt !== undefined) {
        again = await this.#confirmCancelled(version, settledAt);
      } else if (version.state === 'pending') {
        versions.push(version);
      } else {
        const back = await this.#putBack(version);
        if (back) versions.push(back);
        else again = STALE_MS;
      }
    }
    return { again, versions: versions.sort((a, b) => a.number - b.number) };
  }

  /** Normally the replica catches up long before the grace is over, or the gateway has written `cancelled`. */
  async #confirmCancelled(version: VersionRecord, settledAt: number): Promise<number | undefined> {
    const left = settledAt + CANCEL_GRACE_MS - Date.now();
    if (left > 0) return left;
    if (await this.#transition(version, { from: version.state, to: 'cancelled' })) return undefined;
    this.#settle(version);
    return CANCEL_GRACE_MS;
  }

  /** Needed only as long as the replica lags behind. */
  #settle(version: VersionRecord): void {
    const { functionId, number } = version;
    const shown = this.#deps.replica.functions.get(functionId)?.versions ?? [];
    if (shown.some((other) => other.number === number && isUnbuilt(other)))
      this.#settled.set(keyOf(functionId, number), Date.now());
  }

  async #putBack(version: VersionRecord): Promise<VersionRecord | undefined> {
    const back = await this.#transition(version, { from: 'building', to: 'pending' });
    if (back)
      this.#deps.logger.info(
        { functionId: version.functionId, version: version.number },
        'unfinished build put back',
      );
    return back;
  }

  /** Undefined when the engine answers, else how long to wait; fails the version when that took too long. */
  async #waitForEngine(version: VersionRecord, signal: AbortSignal): Promise<number | undefined> {
    const key = keyOf(version.functionId, version.number);
    try {
      await this.#deps.images.check(signal);
      this.#engineAwaySince.delete(key);
      return undefined;
    } catch (error) {
      if (signal.aborted || !(error instanceof PlatformError) || error.code !== 'unavailable') throw error;
      const since = this.#engineAwaySince.get(key);
      if (since === undefined) {
        this.#engineAwaySince.set(key, Date.now());
        await this.#note(version, `Waiting for the engine. ${error.message}`);
      } else if (Date.now() - since > this.#deps.timeoutMs) {
        this.#engineAwaySince.delete(key);
        await this.#note(version, `Failed: ${error.message}`);
        const failed = { code: error.code, message: error.message, phase: 'building' as const };
        await this.#transition(version, { from: 'pending', to: 'failed', error: failed });
        this.#settle(version);
        this.#deps.logs.wake(version.functionId, version.number);
        return 0;
      }
      return ENGINE_CHECK_MS;
    }
  }

  async #note(version: VersionRecord, text: string): Promise<void> {
    const log = await this.#deps.logs.open(version.functionId, version.number);
    log.note('engine', text);
    await log.close();
  }

  /** Undefined when the record is no longer in that state (or the version is gone): then there is nothing to do. */
  async #transition(
    version: VersionRecord,
    body: Omit<Parameters<MetadataClient['transitionVersion']>[2], 'actor'>,
  ): Promise<VersionRecord | undefined> {
    try {
      return await this.#deps.metadata.transitionVersion(version.functionId, version.number, {
        ...body,
        actor: ACTOR,
      });
    } catch (error) {
      if (error instanceof PlatformError && (error.code === 'conflict' || error.code === 'not_found'))
        return undefined;
      throw error;
    }
  }
}

function isUnbuilt(version: VersionRecord): boolean {
  return version.state === 'pending' || version.state === 'building';
}

function keyOf(functionId: string, number: number): string {
  return `${functionId}/${number}`;
}

function parseKey(key: string): [string, number] {
  const at = key.lastIndexOf('/');
  return [key.slice(0, at), Number(key.slice(at + 1))];
}
