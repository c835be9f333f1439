import type { InstanceEvent } from '@plat/platform-kit/api/events-api.ts';
import {
  USAGES_MAX,
  type EngineInfo,
  type InstanceUsage,
} from '@plat/platform-kit/clients/controller-client.ts';
import type { Capacity } from '@plat/platform-kit/api/metrics-api.ts';
import type { ProxyClient, Readiness } from '@plat/platform-kit/clients/proxy-client.ts';
import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Controller } from './controller.ts';
import { followFunctionLogs, readFunctionLogs } from './function-logs.ts';
import type { HostInstance, InstanceHost } from './instance-host.ts';
import type { Pools } from './pools/pools.ts';
import type { InstanceSampler } from './instance-sampler.ts';
import { readUsages } from './read-usages.ts';
import type { WakeTraces } from './wake-traces.ts';
import type { KeptLogs } from './kept-logs.ts';

const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const Count = z.string().regex(/^\d+$/, 'expected a whole number').transform(Number);
const WakePath = z.object({ functionId: z.string(), version: Count });
const WakeBody = z.strictObject({
  timeoutMs: z.int().min(1).max(3_600_000),
  waiting: z.int().min(0).optional(),
  paused: z.array(z.string()).max(100).optional(),
});
const Load = z.object({
  functionId: z.string(),
  version: z.int(),
  inFlight: z.int().min(0),
  waiting: z.int().min(0),
  lastRequestAt: z.iso.datetime().nullable(),
});
const LoadBody = z.strictObject({ items: z.array(Load) });
const UsageQuery = z.strictObject({
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().min(1)).max(USAGES_MAX)),
});
const ReplaceBody = z.strictObject({ reason: z.string().max(500) });
const InstancesQuery = z.strictObject({
  project: z.string().optional(),
  functionId: z.string().optional(),
  stats: Flag.optional(),
});
const LogsQuery = z.strictObject({
  follow: Flag.optional(),
  since: z.iso.datetime().optional(),
  tail: Count.pipe(z.int().max(10_000)).optional(),
  requestId: z.string().optional(),
  version: Count.optional(),
  until: z.iso.datetime().optional(),
  q: z.string().optional(),
  instance: z.string().optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
});

const EvictionsQuery = z.strictObject({ since: Count.optional() });

export type RouteDeps = {
  controller: Pick<Controller, 'wake' | 'reportLoad' | 'replaceInstance' | 'budget' | 'evictions'> & {
    pools: Pick<Pools, 'list'>;
  };
  host: InstanceHost;
  proxy: Pick<ProxyClient, 'listReadiness'>;
  keptLogs: KeptLogs;
  sampler: Pick<InstanceSampler, 'capacity'>;
  wakeTraces?: WakeTraces | undefined;
  /** Aborts when the service closes: streams that go on forever end then. */
  closing: AbortSignal;
};

/** The routes of ControllerClient, one for each of its methods. */
export function controllerRoutes(deps: RouteDeps): Router {
  const { controller, host, proxy, keptLogs, sampler, wakeTraces, closing } = deps;
  const router = Router();

  router.post('/versions/:functionId/:version/wake', async (req, res) => {
    const { functionId, version } = parseInput(WakePath, req.params, 'The path');
    const request = parseInput(WakeBody, req.body, 'The body');
    const left = new AbortController();
    res.once('close', () => left.abort());
    const wake = () => controller.wake(functionId, version, request, left.signal);
    const { traceparent } = req.headers;
    res.json(await (wakeTraces ? wakeTraces.wake({ functionId, version }, traceparent, wake) : wake()));
  });

  router.post('/load', (req, res) => {
    controller.reportLoad(parseInput(LoadBody, req.body, 'The body').items);
    res.status(204).end();
  });

  router.post('/instances/:id/replace', async (req, res) => {
    await controller.replaceInstance(req.params.id, parseInput(ReplaceBody, req.body, 'The body').reason);
    res.status(204).end();
  });

  router.get('/instances', async (req, res) => {
    const query = parseInput(InstancesQuery, req.query, 'The query');
    const instances = (await host.list({ functionId: query.functionId })).filter(
      (instance) => !query.project || instance.labels.project === query.project,
    );
    const known = await proxy.listReadiness().catch(() => ({ items: [] }));
    const readiness = new Map(known.items.map((item) => [item.instanceId, item.readiness.state]));
    const items = await Promise.all(
      instances.map((instance) =>
        describe(host, instance, readiness.get(instance.id) ?? 'unknown', query.stats ?? false),
      ),
    );
    res.json({ items });
  });

  router.get('/instances/states', async (_req, res) => {
    const [instances, known] = await Promise.all([
      host.list(),
      proxy.listReadiness().catch(() => ({ items: [] })),
    ]);
    const readiness = new Map(known.items.map((item) => [item.instanceId, item.readiness.state]));
    const items = instances.map(({ id, labels, status }): InstanceEvent => {
      const { functionId, project, function: name, version } = labels;
      const known = readinessOf(status, readiness.get(id));
      return { id, functionId, project, function: name, version, status, readiness: known };
    });
    res.json({ items });
  });

  router.get('/pools', async (_req, res) => {
    res.json({ items: await controller.pools.list() });
  });

  router.get('/usage', async (_req, res) => {
    const budget = await controller.budget().catch(() => null);
    res.json({ ...sampler.capacity(), budget } satisfies Capacity);
  });

  router.get('/instances/usage', async (req, res) => {
    const { ids } = parseInput(UsageQuery, req.query, 'The query');
    res.json({ items: await readUsages(host, ids) } satisfies { items: InstanceUsage[] });
  });

  router.get('/evictions', (req, res) => {
    res.json(controller.evictions.since(parseInput(EvictionsQuery, req.query, 'The query').since));
  });

  router.get('/functions/:functionId/evictions', (req, res) => {
    res.json({ items: controller.evictions.of(req.params.functionId) });
  });

  router.get('/functions/:functionId/logs', async (req, res) => {
    const query = parseInput(LogsQuery, req.query, 'The query');
    const { functionId } = req.params;
    if (query.follow) {
      await host.list({ functionId });
      const events = openEventStream(res);
      await followFunctionLogs({ host, keptLogs }, functionId, query, {
        signal: AbortSignal.any([events.closed, closing]),
        onLine: (line) => events.send({ event: 'line', data: line }),
      });
      events.end();
      return;
    }
    const left = new AbortController();
    res.once('close', () => left.abort());
    const lines = await readFunctionLogs({ host, keptLogs }, functionId, query, left.signal);
    const events = openEventStream(res);
    for (const line of lines) await events.send({ event: 'line', data: line });
    await events.send({ event: 'end', data: {} });
    events.end();
  });

  router.get('/engine', async (_req, res) => {
    const info = await host.info();
    const instances = info.available
      ? (await host.list()).filter((instance) => instance.status === 'running').length
      : 0;
    res.json({ ...info, instances } satisfies EngineInfo);
  });

  return router;
}

async function describe(
  host: InstanceHost,
  instance: HostInstance,
  known: Readiness['state'],
  withStats: boolean,
): Promise<InstanceInfo> {
  const running = instance.status === 'running';
  const [exits, stats] = await Promise.all([
    host.exits(instance.id).catch(() => undefined),
    withStats && running ? host.stats(instance.id).catch(() => null) : null,
  ]);
  const status = exits?.status ?? instance.status;
  return {
    id: instance.id,
    name: instance.name,
    functionId: instance.labels.functionId,
    project: instance.labels.project,
    function: instance.labels.function,
    version: instance.labels.version,
    engine: instance.labels.engine,
    status,
    readiness: readinessOf(status, known),
    rung: rungOf(status, known),
    startedAt: exits?.startedAt ?? null,
    stats,
  };
}

/** Of one that rests nothing is to be known. */
function readinessOf(
  status: HostInstance['status'],
  known: Readiness['state'] = 'unknown',
): InstanceInfo['readiness'] {
  return status !== 'running' || known === 'resting' ? 'unknown' : known;
}

function rungOf(status: HostInstance['status'], known: Readiness['state']): InstanceInfo['rung'] {
  if (status === 'exited') return 'stopped';
  if (status === 'paused' || (status === 'running' && known === 'resting')) return 'paused';
  return status === 'running' && known === 'ready' ? 'hot' : null;
}
