import { expect } from 'vitest';
import { IDENTITY } from './case.ts';
import type { Fixture } from './fixture.ts';
import { json, send } from './http-client.ts';
import type { Instance } from './launcher.ts';
import { specialize, type Code } from './specialize.ts';
import { untilLoaded } from './waiting.ts';

type GenericCase = {
  name: string;
  check: (bench: { instance: Instance; fixture: Fixture; code: Code }) => Promise<void>;
};

const file = (path: string, text = '') => ({
  path,
  data: Buffer.from(text).toString('base64'),
  executable: false,
});

/** What an instance does that was started without code, until it gets it. */
export const genericCases: GenericCase[] = [
  {
    name: 'is healthy and not ready, and says that it waits for its function',
    check: async ({ instance }) => {
      expect((await send(instance, { path: '/_plat/health' })).status).toBe(200);
      const ready = await send(instance, { path: '/_plat/ready' });
      expect([ready.status, json(ready)]).toEqual([503, { status: 'generic' }]);
    },
  },
  {
    name: 'takes its function once, and refuses a second one with 409',
    check: async ({ instance, fixture, code }) => {
      const env = { ...IDENTITY, PLAT_HANDLER: fixture.handler };
      expect((await specialize(instance, code, env)).status).toBe(202);
      expect((await untilLoaded(instance)).body).toEqual({ status: 'ready' });
      const second = await specialize(instance, { files: [file('other.txt')] }, env);
      expect([second.status, json(second).errorType]).toEqual([409, 'AlreadySpecialized']);
      expect((await send(instance, { case: 'number' })).status).toBe(200);
    },
  },
  {
    name: 'takes one of two functions that come at the same time',
    check: async ({ instance, fixture, code }) => {
      const env = { ...IDENTITY, PLAT_HANDLER: fixture.handler };
      const both = await Promise.all([specialize(instance, code, env), specialize(instance, code, env)]);
      expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    },
  },
  {
    name: 'stays as it was after a request that it cannot take',
    check: async ({ instance, fixture, code }) => {
      const env = { ...IDENTITY, PLAT_HANDLER: fixture.handler };
      for (const path of ['../out', '/etc/out', 'a/../../out', '', '.', 'a//b'])
        expect((await specialize(instance, { files: [file(path)] }, env)).status).toBe(400);
      for (const body of [
        'not json',
        '[]',
        '{"files":[]}',
        '{"files":[{}],"env":{}}',
        '{"files":[],"env":{"A":1}}',
      ])
        expect((await send(instance, { path: '/_plat/specialize', method: 'POST', body })).status).toBe(400);
      const bad = await specialize(instance, { files: [] }, { ...env, PLAT_CONCURRENCY: 'many' });
      expect([bad.status, json(bad).errorMessage]).toEqual([
        400,
        expect.stringContaining('PLAT_CONCURRENCY'),
      ]);
      expect((await send(instance, { path: '/_plat/specialize' })).status).toBe(404);
      expect(json(await send(instance, { path: '/_plat/ready' }))).toEqual({ status: 'generic' });
      expect((await specialize(instance, code, env)).status).toBe(202);
    },
  },
  {
    name: 'refuses more code than it takes with 413',
    check: async ({ instance }) => {
      const tooMuch = { files: [{ ...file('big'), data: 'A'.repeat(4 * 1024 ** 2) }] };
      expect((await specialize(instance, tooMuch, {})).status).toBe(413);
      expect(json(await send(instance, { path: '/_plat/ready' }))).toEqual({ status: 'generic' });
    },
  },
  {
    name: 'says nothing of its variables in its log',
    check: async ({ instance, fixture, code }) => {
      const env = { ...IDENTITY, PLAT_HANDLER: fixture.handler, API_KEY: 'a-secret-value' };
      await specialize(instance, code, env);
      await untilLoaded(instance);
      expect(instance.logs()).not.toContain('a-secret-value');
    },
  },
  {
    name: 'ends at once when it has nothing to do',
    check: async ({ instance }) => {
      await instance.terminate();
      expect(await instance.ended).toBe(0);
    },
  },
];
