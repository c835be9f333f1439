import { expect } from 'vitest';
import type { Bench, Case } from './case.ts';
import { json, send } from './http-client.ts';
import { eventually, untilLoaded, untilPrinted } from './waiting.ts';

export const saysWhyLoadingFails: Case = {
  name: 'says for every way that loading fails what was wrong, and stays up to say so',
  check: async (bench) => {
    await Promise.all(bench.fixture.loadFailures.map((failure) => expectLoadFailure(bench, failure)));
  },
};

/** What becomes of a handler that fails. */
export const failureCases: Case[] = [
  fails('throw', { errorType: 'TypeError', errorMessage: 'thrown on purpose' }),
  fails('throw-async', { errorType: 'RangeError', errorMessage: 'rejected on purpose' }),
  fails('uncaught', { errorType: 'Error', errorMessage: 'uncaught on purpose' }),
  fails('unhandled-rejection', { errorType: 'Error', errorMessage: 'unhandled on purpose' }),
  {
    name: 'answers with outcome error when something that is no error is thrown',
    needs: 'throw-nonerror',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'throw-nonerror' });
      expect(received.headers['x-plat-outcome']).toBe('error');
      expect(json(received)).toMatchObject({
        errorType: expect.any(String),
        errorMessage: expect.stringMatching(/./),
      });
    },
  },
  {
    name: 'writes the stack of a failure to the log only, as lines of its call',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'throw', requestId: 'failing-1' });
      expect(received.body.toString()).not.toMatch(/index\.mjs|main\.py/);
      await untilPrinted(shared, 'failing-1', { pattern: /(index|main)\./ });
    },
  },
  {
    name: 'takes the first of two answers and warns of the second',
    needs: 'answer-twice',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'answer-twice', requestId: 'twice-1' });
      expect(json(received)).toEqual({ answer: 'first' });
      await untilPrinted(shared, 'twice-1', { pattern: /second time/ });
    },
  },
  {
    name: 'drops the connection and ends when the handler exits the process',
    needs: 'exit',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler });
      await expect(send(instance, { case: 'exit' })).rejects.toThrow();
      expect(await instance.ended).toBe(3);
    },
  },
  {
    name: 'ends with code 1 after an exception outside of any call',
    needs: 'crash-later',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler });
      expect(json(await send(instance, { case: 'crash-later' }))).toBe('answered');
      expect(await instance.ended).toBe(1);
      expect(instance.logs()).toContain('crashed outside of any call');
    },
  },
  {
    name: 'stays healthy while a handler hangs, and is stuck when no call can be taken any more',
    needs: 'hang',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler, PLAT_CONCURRENCY: '1' });
      const caller = new AbortController();
      const headers = { 'x-plat-timeout-ms': '100' };
      const hanging = send(instance, { case: 'hang', headers, signal: caller.signal }).catch(() => 'left');
      expect((await send(instance, { path: '/_plat/health' })).status).toBe(200);
      await eventually('the instance is stuck', async () => {
        const health = await send(instance, { path: '/_plat/health' });
        return health.status === 503 && json(health).status === 'stuck' ? true : undefined;
      });
      caller.abort();
      expect(await hanging).toBe('left');
      expect((await send(instance, { path: '/_plat/health' })).status).toBe(503);
    },
  },
  saysWhyLoadingFails,
];

async function expectLoadFailure(
  bench: Bench,
  { name, handler, reason }: { name: string; handler: string; reason: string[] },
): Promise<void> {
  const instance = await bench.start({ PLAT_HANDLER: handler }, { wait: false });
  const { status, body } = await untilLoaded(instance);
  expect({ name, status, said: body.status }).toEqual({ name, status: 503, said: 'failed' });
  for (const word of reason) expect(body.reason, name).toContain(word);
  expect((await send(instance, { path: '/_plat/health' })).status).toBe(200);
  const received = await send(instance);
  expect(received.status).toBe(500);
  expect(received.headers['x-plat-outcome']).toBe('error');
  expect(json(received)).toMatchObject({ errorType: 'LoadError' });
  await eventually(
    'the failure is in the log',
    () => instance.logs().includes('could not be loaded') || undefined,
  );
}

function fails(fixtureCase: string, error: { errorType: string; errorMessage: string }): Case {
  return {
    name: `answers "${fixtureCase}" with outcome error`,
    needs: fixtureCase,
    check: async ({ shared }) => {
      const received = await send(shared, { case: fixtureCase });
      expect(received.status).toBe(500);
      expect(received.headers['x-plat-outcome']).toBe('error');
      expect(json(received)).toEqual(error);
    },
  };
}
