import type { InstanceEvent } from '@plat/platform-kit/api/events-api.ts';
import type { Replica } from '@plat/platform-kit/change-feed.ts';
import type { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Change, FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { backoffMs, pause } from '@plat/platform-kit/waiting.ts';
import { EventHub } from './event-hub.ts';
import {
  evictionEvent,
  functionEvent,
  instanceEvents,
  versionEvents,
  vanishedVersions,
} from './record-events.ts';

const CALLS_EVERY_MS = 1000;
const CALLS_WAIT_MS = 10_000;
const INSTANCES_EVERY_MS = 2000;
/** After the last reader has gone, so that one whose connection broke can go on where it was. */
const LINGER_MS = 60_000;

export type EventSourceDeps = {
  metadata: Pick<MetadataClient, 'recordedSince' | 'getVersion'>;
  controller: Pick<ControllerClient, 'instanceStates' | 'evictionsSince'>;
};

/**
 * Fills the hub: with changes of the record always, for they come by anyway; with calls and instances only while somebody
 * reads, for they have to be asked for.
 *
 * INVARIANTS: while nobody reads, and a minute is over, nothing is asked for; when asking begins again, ids from before
 * are void (`breakOff`), because nobody knows what happened in between.
 */
export class EventSources {
  readonly hub = new EventHub();
  readonly #deps: EventSourceDeps;
  readonly #functions = new Map<string, FunctionRecord>();
  #isRead = false;
  #readers = 0;
  #asking: AbortController | undefined;
  #lingering: NodeJS.Timeout | undefined;

  constructor(deps: EventSourceDeps) {
    this.#deps = deps;
  }

  /** The whole record was read anew: what differs happened. */
  reset(replica: Pick<Replica, 'functions'>): void {
    const ids = new Set([...this.#functions.keys(), ...replica.functions.keys()]);
    for (const key of ids) {
      const value = replica.functions.get(key) ?? null;
      if (!this.#isRead && value) this.#functions.set(key, value);
      else if (JSON.stringify(this.#functions.get(key) ?? null) !== JSON.stringify(value))
        this.#became(key, value);
    }
    this.#isRead = true;
  }

  apply(change: Change): void {
    if (change.kind === 'function') this.#became(change.key, change.value);
  }

  /** Somebody reads from now on; returns what ends that. */
  open(): () => void {
    this.#readers++;
    clearTimeout(this.#lingering);
    if (!this.#asking) {
      this.hub.breakOff();
      this.#asking = new AbortController();
      const { signal } = this.#asking;
      void this.#followCalls(signal);
      void this.#followInstances(signal);
    }
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      if (--this.#readers > 0) return;
      this.#lingering = setTimeout(() => this.close(), LINGER_MS).unref();
    };
  }

  close(): void {
    clearTimeout(this.#lingering);
    this.#asking?.abort();
    this.#asking = undefined;
  }

  #became(id: string, now: FunctionRecord | null): void {
    const before = this.#functions.get(id);
    if (now) this.#functions.set(id, now);
    else this.#functions.delete(id);
    const record = now ?? before;
    if (!record) return;
    for (const event of versionEvents(before, now)) this.#publish('version', record, event);
    if (now) for (const number of vanishedVersions(before, now)) void this.#tellEnd(now, number);
    this.#publish('function', record, functionEvent(record, now !== null));
  }

  #publish(
    kind: 'function' | 'version' | 'instance' | 'eviction',
    of: { project: string; name?: string; function?: string },
    data: object,
  ): void {
    this.hub.publish({ kind, project: of.project, function: of.name ?? of.function ?? null, data });
  }

  /** A version that ended badly is not in the function's record any more: what became of it has to be looked up. */
  async #tellEnd(record: FunctionRecord, number: number): Promise<void> {
    const version: VersionRecord | undefined = await this.#deps.metadata
      .getVersion(record.project, record.name, number)
      .catch(() => undefined);
    if (!version) return;
    for (const event of versionEvents(undefined, { ...record, versions: [version] }))
      this.#publish('version', record, event);
  }

  async #followCalls(signal: AbortSignal): Promise<void> {
    let since = -1;
    for (let failures = 0; !signal.aborted;) {
      try {
        const page = await this.#deps.metadata.recordedSince({ since, waitMs: CALLS_WAIT_MS }, signal);
        failures = 0;
        since = page.seq;
        const { items, skipped } = page;
        if (items.length > 0)
          this.hub.publish({ kind: 'executions', project: null, function: null, data: { items, skipped } });
      } catch {
        failures++;
        since = -1;
      }
      await pause(failures === 0 ? CALLS_EVERY_MS : backoffMs(failures), signal);
    }
  }

  async #followInstances(signal: AbortSignal): Promise<void> {
    const { controller } = this.#deps;
    let known: Map<string, InstanceEvent> | undefined;
    let evicted: number | undefined;
    while (!signal.aborted) {
      const [seen, evictions] = await Promise.all([
        controller.instanceStates().catch(() => undefined),
        controller.evictionsSince(evicted).catch(() => undefined),
      ]);
      if (evictions && !signal.aborted) {
        evicted = evictions.count;
        for (const one of evictions.items) this.#publish('eviction', one.from, evictionEvent(one));
      }
      if (seen && !signal.aborted) {
        const now = new Map(seen.items.map((item) => [item.id, item]));
        if (known) for (const event of instanceEvents(known, now)) this.#publish('instance', event, event);
        known = now;
      }
      await pause(INSTANCES_EVERY_MS, signal);
    }
  }
}
