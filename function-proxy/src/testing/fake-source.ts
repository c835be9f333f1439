import type { DiscoveredInstance, InstanceEvent, InstanceSource } from '../instance-source.ts';

/** An engine in memory. */
export class FakeSource implements InstanceSource {
  readonly instances = new Map<string, DiscoveredInstance>();
  readonly calls = { list: 0, watch: 0 };
  isAway = false;
  #onEvent: ((event: InstanceEvent) => void) | undefined;
  #break: (() => void) | undefined;
  #hung: AbortController | undefined;

  async list(signal?: AbortSignal): Promise<DiscoveredInstance[]> {
    this.calls.list++;
    await this.#untilItAnswers(signal);
    if (this.isAway) throw new Error('the engine is away');
    return [...this.instances.values()].map((instance) => ({ ...instance }));
  }

  async watch({ signal, onOpen, onEvent }: Parameters<InstanceSource['watch']>[0]): Promise<void> {
    this.calls.watch++;
    if (this.isAway) throw new Error('the engine is away');
    this.#onEvent = onEvent;
    onOpen();
    await new Promise<void>((resolve) => {
      this.#break = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#onEvent = undefined;
  }

  put(instance: DiscoveredInstance, event: 'began' | 'changed' | 'silent' = 'began'): void {
    this.instances.set(instance.id, instance);
    if (event !== 'silent') this.#onEvent?.({ id: instance.id, began: event === 'began' });
  }

  remove(id: string): void {
    this.instances.delete(id);
    this.#onEvent?.({ id, began: false });
  }

  /** From now on nothing is answered, and nothing refused, until `goOn`. */
  hang(): void {
    this.#hung ??= new AbortController();
  }

  goOn(): void {
    this.#hung?.abort();
    this.#hung = undefined;
  }

  async #untilItAnswers(signal: AbortSignal | undefined): Promise<void> {
    const goesOn = this.#hung?.signal;
    if (!goesOn) return;
    await new Promise<void>((resolve, reject) => {
      goesOn.addEventListener('abort', () => resolve(), { once: true });
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  breakStream(): void {
    this.#break?.();
  }
}
