import { afterEach, expect, test, vi } from 'vitest';
import { createLiveEvents, type LiveEvent } from './live-events.ts';

afterEach(() => vi.useRealTimers());

/** A platform that can be made to say something, to break off and to refuse; a page that can be looked away from. */
function start() {
  const opened: { lastId: string | undefined; signal: AbortSignal }[] = [];
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  let token: string | null = 'a';
  const state = { refuses: false };
  const sessionListeners = new Set<() => void>();
  const visible: { visibilityState: DocumentVisibilityState } = { visibilityState: 'visible' };
  const page = Object.assign(new EventTarget(), visible);
  const live = createLiveEvents({
    open: async (lastId, signal) => {
      opened.push({ lastId, signal });
      if (state.refuses) throw new Error('away');
      return new Response(new ReadableStream({ start: (controller) => void (stream = controller) }));
    },
    session: {
      token: () => token,
      subscribe: (listener) => {
        sessionListeners.add(listener);
        return () => sessionListeners.delete(listener);
      },
    },
    page: page,
    random: () => 1,
  });
  return {
    live,
    opened,
    state,
    say: (id: string, event: string, data: object) =>
      stream!.enqueue(
        new TextEncoder().encode(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
      ),
    breakOff: () => stream!.error(new Error('broken')),
    look: (visibilityState: DocumentVisibilityState) => {
      page.visibilityState = visibilityState;
      page.dispatchEvent(new Event('visibilitychange'));
    },
    signInAs: (next: string | null) => {
      token = next;
      sessionListeners.forEach((listener) => listener());
    },
  };
}

const settled = () => vi.advanceTimersByTimeAsync(1);

test('many listeners share one connection, which goes on from the last event when it breaks', async () => {
  vi.useFakeTimers();
  const { live, opened, say, breakOff } = start();
  const told: LiveEvent['kind'][] = [];
  const leave = live.subscribe(({ kind }) => told.push(kind));
  live.subscribe(({ kind }) => told.push(kind));
  await settled();
  expect([opened.length, live.isOpen(), told]).toEqual([1, true, ['missed', 'missed']]);
  leave();
  say('e-7', 'function', { project: 'default' });
  await settled();
  expect(told.slice(2)).toEqual(['function']);
  breakOff();
  await settled();
  expect(live.isOpen()).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(opened.map(({ lastId }) => lastId)).toEqual([undefined, 'e-7']);
  expect([live.isOpen(), told.length]).toEqual([true, 3]);
});

test('a platform that refuses is asked ever more seldom, and tells that it was not listened to', async () => {
  vi.useFakeTimers();
  const { live, opened, state } = start();
  state.refuses = true;
  const told: LiveEvent['kind'][] = [];
  live.subscribe(({ kind }) => told.push(kind));
  await vi.advanceTimersByTimeAsync(15_001);
  expect(opened.length).toBe(5);
  expect(live.isOpen()).toBe(false);
  state.refuses = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([live.isOpen(), told]).toEqual([true, ['missed']]);
});

test('a tab that nobody looks at gives its connection up, and goes on where it was when it is looked at again', async () => {
  vi.useFakeTimers();
  const { live, opened, say, look } = start();
  live.subscribe(() => undefined);
  await settled();
  say('e-1', 'instance', {});
  await settled();
  look('hidden');
  await vi.advanceTimersByTimeAsync(5000);
  expect(live.isOpen()).toBe(true);
  await vi.advanceTimersByTimeAsync(20_000);
  expect([live.isOpen(), opened[0]!.signal.aborted]).toEqual([false, true]);
  look('visible');
  await settled();
  expect([live.isOpen(), opened.at(-1)!.lastId]).toEqual([true, 'e-1']);
});

test('the next principal is told nothing of what came for the one before', async () => {
  vi.useFakeTimers();
  const { live, opened, say, signInAs } = start();
  live.subscribe(() => undefined);
  await settled();
  say('e-1', 'instance', {});
  await settled();
  signInAs(null);
  await settled();
  expect([live.isOpen(), opened.length]).toEqual([false, 1]);
  signInAs('b');
  await settled();
  expect([live.isOpen(), opened.at(-1)!.lastId]).toEqual([true, undefined]);
});
