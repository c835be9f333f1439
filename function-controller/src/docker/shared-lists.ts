import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import type { ManagedContainer, PooledContainer } from '@plat/platform-kit/docker/managed-containers.ts';

/** What one list of the engine showed. */
export type Listed = { instances: ManagedContainer[]; pooled: PooledContainer[] };

/** More questions than this are answered by one list of everything: each list costs the engine some milliseconds. */
const NARROW_LISTS = 4;

type Batch = { labels: Set<string>; isWhole: boolean; listed: Promise<Listed> };

/**
 * Answers those who ask the engine for what there is at the same time with the same lists.
 *
 * INVARIANTS
 * 1. An answer comes from a list that was begun after the question.
 * 2. One batch of lists at a time; who asks meanwhile shares the next one.
 */
export class SharedLists {
  readonly #list: (label?: string) => Promise<Listed>;
  #next: Batch | undefined;
  #running: Promise<unknown> = Promise.resolve();

  /** `list`: asks the engine for what carries a label, or for everything; its wait is bounded. */
  constructor(list: (label?: string) => Promise<Listed>) {
    this.#list = list;
  }

  /** Every instance in any state; with `functionId`, of that function only. */
  async instances(functionId?: string): Promise<ManagedContainer[]> {
    if (functionId === undefined) return (await this.#ask()).instances;
    // The engine finds by labels, and those of containers from a pool do not say whose they are.
    const { instances } = await this.#ask(`${LABELS.functionId}=${functionId}`, LABELS.pool);
    return instances.filter(({ labels }) => labels.functionId === functionId);
  }

  /** Containers of pools that nobody has. */
  async pooled(): Promise<PooledContainer[]> {
    return (await this.#ask(LABELS.pool)).pooled;
  }

  /** No labels: everything. */
  #ask(...labels: string[]): Promise<Listed> {
    const batch = (this.#next ??= this.#begin());
    for (const label of labels) batch.labels.add(label);
    if (labels.length === 0) batch.isWhole = true;
    return batch.listed;
  }

  #begin(): Batch {
    const batch: Batch = { labels: new Set(), isWhole: false, listed: Promise.resolve({ instances: [], pooled: [] }) };
    batch.listed = this.#running.then(() => {
      this.#next = undefined;
      return this.#answer(batch);
    });
    this.#running = batch.listed.catch(() => undefined);
    return batch;
  } // prettier-ignore

  async #answer({ labels, isWhole }: Batch): Promise<Listed> {
    if (isWhole || labels.size > NARROW_LISTS) return this.#list();
    const lists = await Promise.all([...labels].map((label) => this.#list(label)));
    return {
      instances: lists.flatMap(({ instances }) => instances),
      pooled: lists.flatMap(({ pooled }) => pooled),
    };
  }
}
