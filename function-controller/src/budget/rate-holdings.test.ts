import { expect, test } from 'vitest';
import type { HostInstance } from '../instance-host.ts';
import { rateHoldings, type VersionStanding } from './rate-holdings.ts';

const CLAIM = { memoryMb: 128, cpus: 1, pids: 256 };
const IDLE: VersionStanding = { isServing: true, isBusy: false, lastUsedAtMs: 0, min: 0 };

function instance(id: string, over: Partial<HostInstance> = {}): HostInstance {
  const labels = { functionId: 'f1', project: 'p', function: 'hello', version: 1, instance: `${id}-name`, port: 1, engine: 'fake', spec: 's' }; // prettier-ignore
  return { id, name: id, labels, status: 'running', address: null, createdAtMs: 0, ...over };
}
function rate(instances: HostInstance[], standing: Partial<VersionStanding> = {}) {
  const rated = rateHoldings({
    instances,
    claimOf: () => CLAIM,
    standing: () => ({ ...IDLE, ...standing }),
    worth: () => 1,
    isLeaving: (id) => id === 'leaving',
    isHeld: (id) => id === 'held',
    nowMs: 1_000_000,
  });
  return Object.fromEntries(rated.map(({ id, keeping }) => [id, keeping]));
}
const three = [instance('old', { createdAtMs: 1 }), instance('new', { createdAtMs: 2 }), instance('paused', { status: 'paused' })]; // prettier-ignore

test('a paused instance has no CPU, and one that is stopped has nothing', () => {
  const rated = rateHoldings({
    instances: [instance('stopped', { status: 'exited' }), instance('paused', { status: 'paused' })],
    claimOf: () => CLAIM,
    standing: () => IDLE,
    worth: () => 1,
    isLeaving: () => false,
    isHeld: () => false,
    nowMs: 0,
  });
  expect(rated).toMatchObject([
    { id: 'stopped', memoryMb: 0, cpus: 0, pids: 0 },
    { id: 'paused', ...CLAIM, cpus: 0 },
  ]);
});

test('without a call all are spare beyond the least that the version keeps, those that serve at once kept first', () => {
  expect(rate(three)).toEqual({ old: 'spare', new: 'spare', paused: 'spare' });
  expect(rate(three, { min: 1 })).toEqual({ old: 'kept', new: 'spare', paused: 'spare' });
});

test('with calls, or a moment after, one is needed; others are surplus, and spare when they are paused', () => {
  const busy = { old: 'needed', new: 'surplus', paused: 'spare' };
  expect(rate(three, { isBusy: true })).toEqual(busy);
  expect(rate(three, { lastUsedAtMs: 999_500 })).toEqual(busy);
  expect(rate([three[2]!], { isBusy: true })).toEqual({ paused: 'needed' });
});

test('what leaves takes no place, what is held and what is being deployed is needed', () => {
  expect(rate([instance('leaving'), instance('other', { createdAtMs: 5 })], { isBusy: true }).other).toBe('needed'); // prettier-ignore
  expect(rate([instance('held')]).held).toBe('needed');
  expect(rate(three, { isServing: false })).toEqual({ old: 'needed', new: 'needed', paused: 'needed' });
});
