import { PlatformError } from '@plat/platform-kit/errors.ts';
import { describe, expect, test } from 'vitest';
import { IMAGE_MISSING } from './instance-host.ts';
import { until, useController } from './testing/controller-harness.ts';

const at = useController();
const missing = new PlatformError('unavailable', 'The image is gone.', {
  details: { reason: IMAGE_MISSING },
});

describe('an image that is gone', () => {
  test('is asked of the builder, while who woke the function goes on waiting', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { min: 0, idleMs: 1000 } } });
    await until('it sleeps', () => at.host.instances.size === 0);
    at.host.startError = missing;
    const wake = at.client.wake('f1', 1, { timeoutMs: 8000 });
    await until('the builder is asked', () => at.rebuildsAsked.includes('f1/1'));
    at.host.startError = undefined;
    expect(await wake).toEqual({ outcome: 'ready' });
  });

  test('is the reason of the failure when it cannot be built again', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { min: 0, idleMs: 1000 } } });
    await until('it sleeps', () => at.host.instances.size === 0);
    at.host.startError = missing;
    at.rebuild = { outcome: 'failed', reason: 'There is no source.' };
    expect(await at.client.wake('f1', 1, { timeoutMs: 5000 })).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/could not be built again: There is no source/),
    });
  });

  test('does not fail a deploy while it is built again', async () => {
    await at.open({ READY_TIMEOUT_SECONDS: '3' });
    at.host.startError = missing;
    at.metadata.deploy(1);
    await until('the builder is asked', () => at.rebuildsAsked.length > 0);
    const endMs = performance.now() + 4000;
    await until('a start would have been overdue', () => performance.now() > endMs);
    expect(at.metadata.version(1).state).toBe('starting');
    at.host.startError = undefined;
    await until('version 1 is ready', () => at.metadata.version(1).state === 'ready');
  });
});
