import { describe, expect, it } from 'vitest';
import { Call } from '../server/call.cjs';
import { CallSlots } from '../server/call-slots.cjs';

const newCall = (timeoutMs = 1_000, nowMs = 0) => new Call({ requestId: undefined, timeoutMs, nowMs });

describe('CallSlots', () => {
  it('lets a waiting call in when another leaves, in the order they came', async () => {
    const slots = new CallSlots(1);
    const [first, second, third] = [newCall(), newCall(), newCall()];
    expect(slots.enter(first)).toBe(true);
    const entered: string[] = [];
    const waits = [slots.enter(second), slots.enter(third)].map(async (wait, index) => {
      await wait;
      entered.push(['second', 'third'][index] ?? '');
    });
    slots.leave(first);
    await waits[0];
    expect(entered).toEqual(['second']);
    slots.leave(second);
    await waits[1];
    expect(entered).toEqual(['second', 'third']);
  });

  it('forgets a waiting call whose caller has left', async () => {
    const slots = new CallSlots(1);
    const [running, gone] = [newCall(), newCall()];
    void slots.enter(running);
    const wait = slots.enter(gone);
    gone.leave();
    expect(await wait).toBe(false);
    slots.leave(running);
    expect(slots.running.size).toBe(0);
  });

  it('is stuck only when every slot is held by a call a second past its deadline', () => {
    const slots = new CallSlots(2);
    void slots.enter(newCall(100));
    expect(slots.isStuck(10_000)).toBe(false);
    void slots.enter(newCall(500));
    expect(slots.isStuck(1_400)).toBe(false);
    expect(slots.isStuck(1_501)).toBe(true);
  });
});
