import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import {
  ChangesPage,
  Execution,
  FunctionRecord,
  VersionRecord,
  type Change,
} from '@plat/platform-kit/domain.ts';
import { InternalClient } from '@plat/platform-kit/http-client.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MetadataConfig } from './config.ts';
import { start } from './start.ts';
import { BY, digest, makeReady, sampleExecution, sampleVersion } from './store/sample-records.ts';

const INTERNAL_TOKEN = 'internal-token-of-a-test';

let folder: string;
let config: MetadataConfig;
let running: Running;
let client: MetadataClient;
/** For what the typed client would not send. */
let raw: InternalClient;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-meta-'));
  config = {
    METADATA_LISTEN: `unix:${folder}/metadata.sock`,
    DATABASE_CONNECTIONS: 10,
    DATABASE_URL: `sqlite:${folder}/data/plat.db`,
    INTERNAL_TOKEN,
    LOG_LEVEL: 'silent',
    EXECUTIONS_KEEP_DAYS: 30,
    EXECUTIONS_KEEP_COUNT: 1000,
    AUDIT_KEEP_DAYS: 365,
  };
  running = await start(config);
  client = new MetadataClient({ url: running.url, internalToken: INTERNAL_TOKEN });
  raw = new InternalClient({ url: running.url, internalToken: INTERNAL_TOKEN, service: 'metadata service' });
});

afterEach(async () => {
  await client.close();
  await raw.close();
  await running.close();
  await rm(folder, { recursive: true });
});

describe('the life of a function', () => {
  test('goes from project to deletion, and every answer has the shape of the domain', async () => {
    expect(await client.createProject({ name: 'shop', ...BY })).toMatchObject({ name: 'shop' });
    const pending = await client.createVersion('shop', 'cart', sampleVersion());
    expect(VersionRecord.parse(pending)).toEqual(pending);
    await makeReady(client, pending);
    await makeReady(client, await client.createVersion('shop', 'cart', sampleVersion()));

    const fn = await client.getFunction('shop', 'cart');
    expect(FunctionRecord.parse(fn)).toEqual(fn);
    expect(fn.aliases).toMatchObject([{ name: 'live', weights: [{ version: 2, weight: 100 }] }]);
    const weights = [
      { version: 2, weight: 75 },
      { version: 1, weight: 25 },
    ];
    const split = await client.setAlias('shop', 'cart', 'live', { weights, ...BY });
    expect(split.aliases[0]).toMatchObject({ weights });
    await client.setAlias('shop', 'cart', 'old', { weights: [{ version: 1, weight: 100 }], ...BY });
    expect((await client.deleteAlias('shop', 'cart', 'old', BY)).aliases).toHaveLength(1);

    expect(await client.setFunctionState('shop', 'cart', { state: 'stopped', ...BY })).toMatchObject({
      state: 'stopped',
    });
    expect((await client.listFunctions({ project: 'shop' })).items).toHaveLength(1);
    const first = await client.listVersions('shop', 'cart', { limit: 1 });
    expect(first.items[0]!.number).toBe(2);
    const second = await client.listVersions('shop', 'cart', { limit: 1, before: Number(first.next) });
    expect(second).toMatchObject({ items: [{ number: 1 }], next: null });

    await expect(client.deleteProject('shop', BY)).rejects.toMatchObject({ code: 'conflict' });
    await client.deleteFunction('shop', 'cart', BY);
    await client.deleteProject('shop', BY);
    expect((await client.listProjects()).items.map((project) => project.name)).toEqual(['default']);
    expect((await client.listAudit({ object: 'shop/cart', limit: 1 })).items[0]).toMatchObject({
      action: 'function.delete',
      actor: 'tester',
    });
  });

  test('tokens are made, listed and deleted', async () => {
    const token = await client.createToken({
      name: 'ci',
      role: 'invoker',
      project: 'default',
      hash: 'd'.repeat(64),
      expiresAt: '2030-01-01T00:00:00Z',
      ...BY,
    });
    expect(token.expiresAt).toBe('2030-01-01T00:00:00.000Z');
    expect((await client.listTokens()).items).toEqual([token]);
    await client.deleteToken(token.id, BY);
    expect((await client.listTokens()).items).toEqual([]);
  });

  test('executions are recorded in batches of up to 1000 and found again', async () => {
    const executions = Array.from({ length: 1000 }, (_, i) =>
      sampleExecution({ id: `e${i}`, startedAt: new Date(Date.now() - 1000 + i).toISOString() }),
    );
    await client.recordExecutions(executions);
    await client.recordExecutions(executions);
    const page = await client.listExecutions({ project: 'default', function: 'hello', version: 1, limit: 2 });
    expect(page.items.map((execution) => execution.id)).toEqual(['e999', 'e998']);
    const next = await client.listExecutions({ project: 'default', before: page.next!, limit: 1 });
    expect(next.items).toEqual([executions[997]]);
    expect(Execution.parse(await client.getExecution(executions[5]!.requestId))).toEqual(executions[5]);
    const tooMany = [...executions, sampleExecution()];
    await expect(client.recordExecutions(tooMany)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('at most 1000'),
    });
  });
});

describe('the door', () => {
  test('a wrong internal token is unauthenticated', async () => {
    const stranger = new MetadataClient({ url: running.url, internalToken: 'x'.repeat(24) });
    await expect(stranger.listProjects()).rejects.toMatchObject({ code: 'unauthenticated' });
    await stranger.close();
  });

  test.each([
    ['POST', '/projects', { name: 'Shop', actor: 'a' }, /name: .*lower-case.*\(received "Shop"\)/],
    ['POST', '/projects', { name: 'shop' }, /actor: expected/],
    ['POST', '/projects', undefined, /The project is not valid/],
    ['POST', '/projects/default/functions/hello/versions', { ...sampleVersion(), promote: 1 }, /promote: /],
    [
      'POST',
      '/projects/default/functions/hello/versions',
      { ...sampleVersion(), sourceDigest: 'abc' },
      /sourceDigest: .*64/,
    ],
    [
      'POST',
      '/projects/default/functions/hello/versions',
      { ...sampleVersion(), config: { ...sampleVersion().config, memory: 5 } },
      /config\.memory: unknown key; did you mean "memoryMb"/,
    ],
    ['POST', '/projects/default/functions/admin/versions', sampleVersion(), /function: "admin" is reserved/],
    ['POST', '/versions/f/1/transition', { from: 'building', to: 'starting', ...BY }, /imageId: /],
    ['POST', '/versions/f/1/transition', { from: 'building', to: 'failed', ...BY }, /error: .*says why/],
    [
      'POST',
      '/versions/f/1/transition',
      { from: 'pending', to: 'building', imageId: digest('b'), ...BY },
      /imageId: only goes with "starting"/,
    ],
    ['PUT', '/projects/a/functions/b/aliases/live', { weights: [], ...BY }, /weights: expected at least one/],
    [
      'PUT',
      '/projects/a/functions/b/aliases/live',
      { weights: [{ version: 1, weight: 90 }], ...BY },
      /weights: .*sum to 90/,
    ],
    [
      'PUT',
      '/projects/a/functions/b/aliases/live',
      { weights: [1, 1].map((version) => ({ version, weight: 50 })), ...BY },
      /weights: each version stands here only once/,
    ],
    ['PUT', '/projects/a/functions/b/aliases/UP', { weights: [], ...BY }, /alias: /],
    ['PATCH', '/projects/a/functions/b', { state: 'paused', ...BY }, /state: /],
    [
      'POST',
      '/tokens',
      { name: 'x', role: 'admin', project: 'default', hash: 'e'.repeat(64), expiresAt: null, ...BY },
      /project: a token with the role admin/,
    ],
    ['POST', '/executions', { executions: [{ id: 'a' }] }, /executions\.0\.requestId: /],
    ['GET', '/executions?limt=5', undefined, /limt: unknown key; did you mean "limit"/],
    ['GET', '/executions?limit=201', undefined, /limit: expected a whole number from 1 to 200/],
    ['GET', '/executions?outcome=bad', undefined, /outcome: /],
    ['GET', '/functions?name=x', undefined, /name: unknown key/],
    ['GET', '/changes?since=-1', undefined, /since: expected a whole number/],
    ['GET', '/changes?since=1&waitMs=30001', undefined, /waitMs: expected at most 30000/],
    ['DELETE', '/projects/shop', undefined, /actor: expected/],
  ] as const)('%s %s with a wrong input names the field (%#)', async (method, at, body, message) => {
    await expect(raw.json(method, at, { body })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(message),
    });
  });

  test('a version that is no number does not exist', async () => {
    await expect(raw.json('GET', '/projects/default/functions/a/versions/x')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the change feed over HTTP', () => {
  test('a long poll is answered as soon as something changes', async () => {
    const { seq } = await client.changes({ since: 0, waitMs: 0 });
    const began = performance.now();
    const page = client.changes({ since: seq, waitMs: 30_000 });
    await client.createProject({ name: 'shop', ...BY });
    expect(ChangesPage.parse(await page)).toMatchObject({ changes: [{ kind: 'project', key: 'shop' }] });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('a long poll that nothing happens to is answered empty in time', async () => {
    const { seq } = await client.changes({ since: 0, waitMs: 0 });
    expect(await client.changes({ since: seq, waitMs: 50 })).toEqual({ seq, reset: false, changes: [] });
  });

  test('followers have the record as it is, and follow it through a restart', async () => {
    const seen: Change[] = [];
    const followers = [1, 2, 3].map(
      () =>
        new ChangeFollower({
          metadata: client,
          logger: silentLogger(),
          listener: { onChange: (change) => seen.push(change) },
        }),
    );
    for (const follower of followers) follower.start();
    await makeReady(client, await client.createVersion('default', 'hello', sampleVersion()));
    const { seq } = await client.changes({ since: 0, waitMs: 0 });
    for (const follower of followers) {
      expect(await follower.caughtUp(seq, 5000)).toBe(true);
      expect([...follower.replica.functions.values()]).toEqual((await client.listFunctions()).items);
    }

    await running.close();
    running = await start(config);
    await client.deleteFunction('default', 'hello', BY);
    for (const follower of followers) {
      expect(await follower.caughtUp(seq + 1, 10_000)).toBe(true);
      expect(follower.replica.functions.size).toBe(0);
      await follower.close();
    }
    expect(seen.at(-1)).toMatchObject({ kind: 'function', value: null });
  });

  test('close() answers who waits, at once, and is idempotent', async () => {
    const { seq } = await client.changes({ since: 0, waitMs: 0 });
    const page = client.changes({ since: seq, waitMs: 30_000 });
    await otherRequests();
    const began = performance.now();
    await Promise.all([running.close(), running.close()]);
    expect(await page).toEqual({ seq, reset: false, changes: [] });
    expect(performance.now() - began).toBeLessThan(5000);
    await expect(client.listProjects()).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('close() takes the connection from who it answers, so that they ask the next process', async () => {
    const socket = await rawPoll();
    const answer = text(socket);
    await running.close();
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*"changes":\[\]/i);
  });

  test('a follower that hangs up does not hold up the close', async () => {
    const socket = await rawPoll();
    socket.destroy();
    const began = performance.now();
    await running.close();
    expect(performance.now() - began).toBeLessThan(5000);
  });

  /** A long poll on a connection of its own, which the service has read. */
  async function rawPoll(): Promise<Socket> {
    const { seq } = await client.changes({ since: 0, waitMs: 0 });
    const socket = createConnection(`${folder}/metadata.sock`);
    await once(socket, 'connect');
    socket.write(
      `GET /internal/changes?since=${seq}&waitMs=30000 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${INTERNAL_TOKEN}\r\n\r\n`,
    );
    await otherRequests();
    return socket;
  }

  /** So many turns of the service that it has read what was sent before. */
  async function otherRequests(): Promise<void> {
    for (let i = 0; i < 10; i++) await client.listProjects();
  }
});

test('old executions are deleted in the background', async () => {
  await running.close();
  running = await start(config, { retention: { firstRunMs: 10, intervalMs: 10 } });
  await client.recordExecutions([sampleExecution({ id: 'old', startedAt: '2020-01-01T00:00:00.000Z' })]);
  const gone = await poll(
    async () => ((await client.listExecutions({})).items.length === 0 ? true : undefined),
    { intervalMs: 20, timeoutMs: 12_000 },
  );
  expect(gone).toBe(true);
});

test('a port that is taken is an error, and the database is free again', async () => {
  const at = { ...config, METADATA_LISTEN: 'http://127.0.0.1:0', DATABASE_URL: 'sqlite::memory:' };
  const first = await start(at);
  await expect(start({ ...at, METADATA_LISTEN: first.url })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await first.close();
});
