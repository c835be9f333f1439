import type { DiscoveredInstance, InstanceEvent, InstanceSource } from '../instance-source.ts';

/** An engine in memory. */
export class FakeSource implements InstanceSource {
  readonly instances = new Map<string, DiscoveredInstance>();
  readonly calls = { list: 0, watch: 0 };
  isAway = false;
  #onEvent: ((event: InstanceEvent) => void) | undefined;
  #break: (() => void) | undefined;

  async list(): Promise<DiscoveredInstance[]> {
    this.calls.list++;
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

  breakStream(): void {
    this.#break?.();
  }
}
