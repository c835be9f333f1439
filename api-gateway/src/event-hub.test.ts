import { expect, test } from 'vitest';
import { EventHub } from './event-hub.ts';

const event = (n: number) => ({ kind: 'function' as const, project: 'p', function: 'f', data: { n } });
const told = (hub: EventHub, position: number) =>
  hub.after(position).events.map(({ data }) => (data as { n: number }).n);

test('a reader goes on behind the event whose id it has', () => {
  const hub = new EventHub();
  for (const n of [1, 2, 3]) hub.publish(event(n));
  const position = hub.positionOf(hub.idOf(1));
  expect(position).toBe(1);
  expect(told(hub, position!)).toEqual([2, 3]);
  expect(told(hub, hub.last)).toEqual([]);
});

test('ids of another process, of the future, from before a break, and nonsense mean nothing', () => {
  const hub = new EventHub();
  hub.publish(event(1));
  const id = hub.idOf(1);
  for (const other of [new EventHub().idOf(0), `${id}9`, 'x', '', '1-1'])
    expect(hub.positionOf(other)).toBeUndefined();
  hub.breakOff();
  expect(hub.positionOf(id)).toBeUndefined();
});

test('a reader that is too slow learns how many it missed; events of many calls weigh more', () => {
  const hub = new EventHub();
  for (let n = 1; n <= 10_005; n++) hub.publish(event(n));
  expect(hub.after(0)).toMatchObject({ missed: 5 });
  expect(hub.after(0).events).toHaveLength(10_000);
  expect(hub.positionOf(hub.idOf(3))).toBeUndefined();
  const items = Array.from({ length: 4999 }, () => ({}));
  hub.publish({ kind: 'executions', project: null, function: null, data: { items, skipped: 0 } });
  expect(hub.after(0)).toMatchObject({ missed: 5005 });
});

test('who waits for news hears of the next event', () => {
  const hub = new EventHub();
  const { news } = hub;
  expect(news.aborted).toBe(false);
  hub.publish(event(1));
  expect(news.aborted).toBe(true);
  expect(hub.news.aborted).toBe(false);
});
