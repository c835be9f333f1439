import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { deadline, poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostInstance, InstanceHost, InstanceSpec } from './instance-host.ts';

/** What the suite needs of an adapter: the host, and images that hold `docker/test-image/server.mjs`. */
export type ContractSetting = {
  host: InstanceHost;
  imageId: string;
  /** Something on the same engine that is not an instance of this installation. */
  foreignId: string;
  close: () => Promise<void>;
};

/** What every adapter of InstanceHost has to do. */
export function instanceHostContract(name: string, open: () => Promise<ContractSetting>): void {
  describe(`${name} keeps the contract of InstanceHost`, () => {
    let setting: ContractSetting;
    let host: InstanceHost;
    beforeAll(async () => {
      setting = await open();
      host = setting.host;
    });
    afterAll(() => setting?.close());

    const begin = async (over: Partial<InstanceSpec> = {}): Promise<HostInstance> => {
      const spec = testSpec({ imageId: setting.imageId, ...over });
      return find(host, await host.start(spec));
    };

    test('a started instance is listed with its labels and answers at its address', async () => {
      const spec = testSpec({ imageId: setting.imageId, env: { PORT: '8080', GREETING: 'a=b "c" ü' } });
      const instance = await find(host, await host.start(spec));
      expect(instance).toMatchObject({ status: 'running', address: expect.any(String) });
      expect(instance.labels).toMatchObject({
        functionId: spec.functionId, project: spec.project, function: 'hello', version: 7, port: expect.any(Number), engine: host.engine,
      }); // prettier-ignore
      expect(Math.abs(Date.now() - instance.createdAtMs)).toBeLessThan(60_000);
      expect((await call(instance, 'env')).answer).toMatchObject({ GREETING: 'a=b "c" ü' });
      await host.remove(instance.id, { graceMs: 0 });
    });

    test('a list by function holds that function only', async () => {
      const [a, b] = await Promise.all([begin(), begin()]);
      expect((await host.list({ functionId: a.labels.functionId })).map(({ id }) => id)).toEqual([a.id]);
      const all = (await host.list()).map(({ id }) => id);
      expect(all).toEqual(expect.arrayContaining([a.id, b.id]));
      await Promise.all([a, b].map(({ id }) => host.remove(id, { graceMs: 0 })));
      expect(await host.list({ functionId: a.labels.functionId })).toEqual([]);
    });

    test('remove sends SIGTERM first when there is grace, and may be asked for again', async () => {
      const instance = await begin();
      await call(instance, '');
      const lines = collect(host, instance.id, { follow: true });
      await host.remove(instance.id, { graceMs: 5000 });
      expect((await lines).map((line) => line.text)).toContain('got SIGTERM');
      await host.remove(instance.id, { graceMs: 5000 });
    });

    test('a paused instance is removed too', async () => {
      const instance = await begin();
      await host.pause(instance.id);
      await host.remove(instance.id, { graceMs: 1000 });
      expect(await host.list({ functionId: instance.labels.functionId })).toEqual([]);
    });

    test('a paused instance is paused, and answers again once it is resumed; twice does no harm', async () => {
      const instance = await begin();
      await call(instance, '');
      await host.pause(instance.id);
      await host.pause(instance.id);
      expect((await find(host, instance.id)).status).toBe('paused');
      await host.resume(instance.id);
      await host.resume(instance.id);
      expect((await find(host, instance.id)).status).toBe('running');
      await call(instance, '');
      await host.remove(instance.id, { graceMs: 0 });
    });

    test('a stopped instance was told with SIGTERM, keeps its log, and runs again once it is resumed', async () => {
      const instance = await begin();
      await call(instance, '');
      await host.stop(instance.id, { graceMs: 5000 });
      expect(await host.exits(instance.id)).toMatchObject({ status: 'exited', startedAt: null });
      await host.stop(instance.id, { graceMs: 5000 });
      await settled(async () => (await find(host, instance.id)).status === 'exited');
      expect((await collect(host, instance.id, {})).map(({ text }) => text)).toContain('got SIGTERM');
      await host.resume(instance.id);
      await host.resume(instance.id);
      const again = await find(host, instance.id);
      expect(again).toMatchObject({
        status: 'running',
        labels: instance.labels,
        address: expect.any(String),
      });
      await call(again, '');
      await host.remove(instance.id, { graceMs: 0 });
    });

    test('a paused instance can be stopped, and a stopped one removed', async () => {
      const instance = await begin();
      await host.pause(instance.id);
      await host.stop(instance.id, { graceMs: 1000 });
      await settled(async () => (await find(host, instance.id)).status === 'exited');
      await host.remove(instance.id, { graceMs: 1000 });
      expect(await host.list({ functionId: instance.labels.functionId })).toEqual([]);
    });

    test('an instance has the name that it was given', async () => {
      const name = newId();
      const id = await host.start(testSpec({ imageId: setting.imageId }), undefined, name);
      expect((await find(host, id)).labels.instance).toBe(name);
      await host.remove(id, { graceMs: 0 });
    });

    test('logs have both streams, request ids and times, and obey tail and since', async () => {
      const instance = await begin();
      await call(instance, '');
      await call(instance, 'print', { stream: 'stderr', text: '\x1ereq-1\x1foh no\n' });
      await settled(async () => (await collect(host, instance.id, {})).length === 2);
      const lines = await collect(host, instance.id, {});
      expect(lines).toMatchObject([
        {
          stream: 'stdout',
          text: 'listening',
          requestId: null,
          version: 7,
          instance: instance.labels.instance,
        },
        { stream: 'stderr', text: 'oh no', requestId: 'req-1' },
      ]);
      expect((await collect(host, instance.id, { tail: 1 })).map((line) => line.text)).toEqual(['oh no']);
      expect((await collect(host, instance.id, { requestId: 'req-1' })).map((line) => line.text)).toEqual([
        'oh no',
      ]);
      expect((await collect(host, instance.id, { since: lines[1]!.at })).at(-1)!.text).toBe('oh no');
      expect(
        await collect(host, instance.id, { since: new Date(Date.now() + 60_000).toISOString() }),
      ).toEqual([]);
      await host.remove(instance.id, { graceMs: 0 });
    });

    test('long lines come whole, and lines without an end once the instance ends', async () => {
      const instance = await begin();
      const lines = collect(host, instance.id, { follow: true });
      await call(instance, '');
      await call(instance, 'print', { stream: 'stdout', text: 'abcd', times: '10000', end: '\n' });
      await call(instance, 'print', { stream: 'stdout', text: 'ü€🙂 ', times: '100', end: '\nno end' });
      await host.remove(instance.id, { graceMs: 5000 });
      const texts = (await lines).map((line) => line.text);
      expect(texts.slice(1, 3)).toEqual(['abcd'.repeat(10_000), 'ü€🙂 '.repeat(100)]);
      expect(texts.slice(3).join()).toContain('no end');
    });

    test('followed logs go on until the instance ends, and stop when nobody listens', async () => {
      const instance = await begin();
      const until = new AbortController();
      const left = collect(host, instance.id, { follow: true }, until.signal).catch(() => []);
      const lines = collect(host, instance.id, { follow: true });
      await call(instance, 'print', { stream: 'stdout', text: 'later\n' });
      until.abort();
      await left;
      await host.remove(instance.id, { graceMs: 0 });
      expect((await lines).map((line) => line.text)).toEqual(['listening', 'later']);
    });

    test('stats say what the instance uses', async () => {
      const instance = await begin({ memoryMb: 128 });
      await call(instance, '');
      const stats = await host.stats(instance.id);
      expect(stats.memoryLimitBytes).toBe(128 * 1024 * 1024);
      expect(stats.memoryBytes).toBeGreaterThan(1024 * 1024);
      expect(stats.pids).toBeGreaterThan(0);
      expect(stats.cpuPercent).toBeGreaterThanOrEqual(0);
      await host.remove(instance.id, { graceMs: 0 });
    });

    test('an instance that is killed is started again, and how it ended is still known then', async () => {
      const instance = await begin();
      await call(instance, '');
      expect(await host.exits(instance.id)).toMatchObject({
        restarts: 0,
        exitCode: null,
        outOfMemory: false,
      });
      await call(instance, 'kill').catch(() => undefined);
      await settled(async () => (await host.exits(instance.id)).restarts === 1);
      await settled(async () => (await find(host, instance.id)).status === 'running');
      await call(await find(host, instance.id), '');
      const exits = await host.exits(instance.id);
      expect(exits).toMatchObject({ restarts: 1, exitCode: 137, outOfMemory: false });
      expect(Date.parse(exits.startedAt!)).toBeGreaterThan(Date.now() - 30_000);
      await host.remove(instance.id, { graceMs: 0 });
    });

    test('watch says that something happened to a function, until it is aborted', async () => {
      const events: string[] = [];
      const stop = new AbortController();
      let opened: () => void;
      const isOpen = new Promise<void>((resolve) => (opened = resolve));
      const watching = host.watch({
        signal: stop.signal,
        onOpen: () => opened(),
        onEvent: (functionId, action) => events.push(`${functionId} ${action}`),
      });
      await isOpen;
      const { id, labels } = await begin();
      await host.remove(id, { graceMs: 0 });
      for (const action of ['start', 'die', 'destroy'])
        await settled(async () => events.includes(`${labels.functionId} ${action}`));
      stop.abort();
      await watching;
    });

    test('every method that takes an id knows only its own instances', async () => {
      for (const id of [setting.foreignId, 'nobody', '../images', '']) {
        const asks = [
          () => host.pause(id),
          () => host.stop(id, { graceMs: 0 }),
          () => host.resume(id),
          () => host.exits(id),
          () => host.stats(id),
          () => collect(host, id, {}),
        ];
        for (const ask of asks) await expect(ask()).rejects.toMatchObject({ code: 'not_found' });
        await host.remove(id, { graceMs: 0 });
      }
    });

    test('a start that fails says why and leaves nothing', async () => {
      const spec = testSpec({ imageId: `sha256:${'0'.repeat(64)}` });
      await expect(host.start(spec)).rejects.toMatchObject({ code: 'unavailable' });
      const aborted = host.start(testSpec({ imageId: setting.imageId, functionId: spec.functionId }), AbortSignal.abort()); // prettier-ignore
      await expect(aborted).rejects.toThrow();
      await settled(async () => (await host.list({ functionId: spec.functionId })).every(({ status }) => status === 'created')); // prettier-ignore
      for (const { id } of await host.list({ functionId: spec.functionId }))
        await host.remove(id, { graceMs: 0 });
    });

    test('what a project needs is made by its first start, kept while it is used, and forgotten when asked', async () => {
      const project = `p-${newId().slice(-8)}`;
      const instance = await begin({ project });
      expect(await host.listProjects()).toContain(project);
      await host.forgetProject(project);
      expect(await host.listProjects()).toContain(project);
      await call(instance, '');
      await host.remove(instance.id, { graceMs: 0 });
      await host.forgetProject(project);
      await host.forgetProject(project);
      expect(await host.listProjects()).not.toContain(project);
    });

    test('usage counts what an instance has used, and never less than before', async () => {
      const { usage } = host;
      if (!usage) return;
      const instance = await begin();
      await call(instance, '');
      const before = await usage(instance.id);
      await call(instance, 'burn', { ms: '200' });
      const after = await usage(instance.id);
      expect(after.cpuMs - before.cpuMs).toBeGreaterThan(100);
      expect(after.memoryBytes).toBeGreaterThan(1024 * 1024);
      await host.remove(instance.id, { graceMs: 0 });
      await expect(usage('nobody')).rejects.toMatchObject({ code: 'not_found' });
    });

    test('info says that the engine is there', async () => {
      expect(await host.info()).toMatchObject({
        engine: host.engine, available: true, version: expect.any(String), problem: null,
      }); // prettier-ignore
    });
  });
}

export function testSpec(over: Partial<InstanceSpec> & { imageId: string }): InstanceSpec {
  return {
    functionId: `f-${newId()}`,
    project: 'contract',
    function: 'hello',
    version: 7,
    port: 8080,
    env: { PORT: '8080' },
    memoryMb: 128,
    cpus: 1,
    pids: 64,
    tmpMb: 8,
    ...over,
  };
}

export async function find(host: InstanceHost, id: string): Promise<HostInstance> {
  const instance = (await host.list()).find((candidate) => candidate.id === id);
  if (!instance) throw new Error(`The instance ${id} is not in the list.`);
  return instance;
}

/** Calls the test server in an instance; waits for it to listen. */
export async function call(
  instance: HostInstance,
  action: string,
  query: Record<string, string> = {},
): Promise<{ ok: boolean; code?: string; answer: Record<string, unknown> }> {
  const url = `http://${instance.address}:${instance.labels.port}/${action}?${new URLSearchParams(query)}`;
  const listens = await poll(
    async () => fetch(`http://${instance.address}:${instance.labels.port}/`, { signal: AbortSignal.timeout(2000) }).then(
        (answer) => answer.text(),
        () => undefined,
      ),
    { intervalMs: 20, timeoutMs: 15_000 },
  ); // prettier-ignore
  if (listens === undefined) throw new Error('The instance does not answer.');
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as never;
}

export async function settled(isSo: () => Promise<boolean>): Promise<void> {
  const seen = await poll(async () => ((await isSo()) ? true : undefined), {
    intervalMs: 30,
    timeoutMs: 15_000,
  });
  if (!seen) throw new Error(`It did not come to this: ${String(isSo)}`);
}

async function collect(
  host: InstanceHost,
  id: string,
  query: LogQuery,
  signal: AbortSignal = deadline(20_000),
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of host.logs(id, query, signal)) lines.push(line);
  return lines;
}
