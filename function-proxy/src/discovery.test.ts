import { silentLogger } from '@plat/platform-kit/logging.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Discovery } from './discovery.ts';
import type { DiscoveredInstance, InstanceEvent, InstanceSource } from './instance-source.ts';
import { until } from './testing/proxy-harness.ts';

const instance = (status: string): DiscoveredInstance => ({
  id: 'one',
  status,
  address: '10.0.0.2',
  labels: {
    functionId: 'f',
    project: 'p',
    function: 'n',
    version: 1,
    instance: 'one',
    port: 8080,
    engine: 'docker',
    spec: 's',
  },
});

/** A source whose every list is written by hand; `lists` counts them. */
class ScriptedSource implements InstanceSource {
  lists = 0;
  emit: (event: InstanceEvent) => void = () => undefined;
  onList: (count: number) => DiscoveredInstance[] = () => [];

  async list(): Promise<DiscoveredInstance[]> {
    return this.onList(++this.lists);
  }

  async watch({ signal, onOpen, onEvent }: Parameters<InstanceSource['watch']>[0]): Promise<void> {
    this.emit = onEvent;
    onOpen();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}

let discovery: Discovery;
afterEach(() => {
  vi.useRealTimers();
  return discovery.close();
});

function discover(source: ScriptedSource) {
  const added: string[] = [];
  const applied: { statuses: string[]; began: string[] }[] = [];
  discovery = new Discovery({
    source,
    logger: silentLogger(),
    apply: (list, began) => applied.push({ statuses: list.map(({ status }) => status), began: [...began] }),
    add: ({ status }) => added.push(status),
  });
  discovery.start();
  return Object.assign(applied, { added });
}

describe('Discovery', () => {
  it('looks again until the list shows what an event said', async () => {
    const source = new ScriptedSource();
    source.onList = () => [instance('paused')];
    const applied = discover(source);
    await until(() => source.lists >= 2);
    const before = source.lists;
    source.onList = (count) => [instance(count < before + 3 ? 'paused' : 'running')];
    source.emit({ id: 'one', began: true });
    await until(() => applied.at(-1)!.statuses[0] === 'running');
    expect(source.lists).toBe(before + 3);
    expect(applied.slice(before).map(({ began }) => began)).toEqual([['one'], [], []]);
  });

  it('takes an announced instance at once, and keeps it while no list shows it yet', async () => {
    vi.useFakeTimers();
    const source = new ScriptedSource();
    const applied = discover(source);
    await vi.advanceTimersByTimeAsync(10);
    discovery.announce(instance('running'));
    expect(applied.added).toEqual(['running']);
    const before = source.lists;
    // Its own event is no reason to hurry.
    source.emit({ id: 'one', began: false, runs: true });
    await vi.advanceTimersByTimeAsync(50);
    expect(source.lists).toBe(before);
    await vi.advanceTimersByTimeAsync(100);
    expect(source.lists).toBeGreaterThan(before);
    expect(applied.at(-1)!.statuses).toEqual(['running']);
    // Once a list has shown it, lists count again.
    source.onList = () => [instance('paused')];
    await vi.advanceTimersByTimeAsync(1000);
    expect(applied.at(-1)!.statuses).toEqual(['paused']);
    source.onList = () => [];
    source.emit({ id: 'one', began: false });
    await vi.advanceTimersByTimeAsync(1000);
    expect(applied.at(-1)!.statuses).toEqual([]);
  });

  it('lets an announced instance go that ended before any list showed it', async () => {
    const source = new ScriptedSource();
    const applied = discover(source);
    await until(() => source.lists >= 1);
    discovery.announce(instance('running'));
    source.emit({ id: 'one', began: false });
    await until(() => applied.length > 1);
    expect(applied.at(-1)!.statuses).toEqual([]);
  });

  it('lets an announced instance go that no list ever shows', async () => {
    vi.useFakeTimers();
    const applied = discover(new ScriptedSource());
    await vi.advanceTimersByTimeAsync(10);
    discovery.announce(instance('running'));
    await vi.advanceTimersByTimeAsync(9000);
    expect(applied.at(-1)!.statuses).toEqual(['running']);
    await vi.advanceTimersByTimeAsync(2000);
    expect(applied.at(-1)!.statuses).toEqual([]);
  });

  it('gives up on an event that no list ever shows', async () => {
    const source = new ScriptedSource();
    source.onList = () => [instance('running')];
    discover(source);
    await until(() => source.lists >= 2);
    const before = source.lists;
    source.emit({ id: 'one', began: false });
    await until(() => source.lists === before + 8);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.lists).toBe(before + 8);
  });

  it('tries a failed list again and keeps what the events said of restarts', async () => {
    const source = new ScriptedSource();
    let isAway = false;
    source.onList = () => {
      if (isAway) throw new Error('away');
      return [instance('running')];
    };
    const applied = discover(source);
    await until(() => source.lists >= 2);
    isAway = true;
    const before = applied.length;
    source.emit({ id: 'one', began: true });
    await until(() => source.lists >= 4);
    expect(applied).toHaveLength(before);
    isAway = false;
    await until(() => applied.length > before);
    expect(applied.at(-1)!.began).toEqual(['one']);
  });
});
