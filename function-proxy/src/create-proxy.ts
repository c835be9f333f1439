import { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import type { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import type { MetadataClient, RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Invoker } from '@plat/platform-kit/invoker.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { StreamBuffers } from '@plat/platform-kit/upstream/stream-buffers.ts';
import type { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';
import type { Tracing } from '@plat/platform-kit/telemetry/tracing.ts';
import { Acquirer } from './acquire.ts';
import { CallMeter } from './call-meter.ts';
import type { ProxyConfig } from './config.ts';
import { createInvoker } from './create-invoker.ts';
import { directDialer, type Dialer } from './dialer.ts';
import type { CallFacts } from './execution.ts';
import { Discovery } from './discovery.ts';
import { HungInstances } from './hung-instances.ts';
import type { Instance } from './instance.ts';
import { InstanceIndex } from './instance-index.ts';
import type { InstanceSource } from './instance-source.ts';
import type { Contract } from './judge-probe.ts';
import { PastVersions } from './past-versions.ts';
import { probeInstance } from './probe-instance.ts';
import { proxyMetrics } from './proxy-metrics.ts';
import { ExecutionRecorder } from './record-execution.ts';
import { recordTrace } from './trace-call.ts';
import { UsageSampler } from './usage-sampler.ts';
import { RoutingTable } from './routing-table.ts';

export type ProxyDeps = {
  source: InstanceSource;
  metadata: Pick<MetadataClient, 'changes' | 'getVersion' | 'recordTexts'>;
  controller: Pick<ControllerClient, 'wake' | 'reportLoad' | 'replaceInstance' | 'instanceUsages'>;
  logger: Logger;
  /** How instances are reached; by their addresses unless told otherwise. */
  dialer?: Dialer;
  /** None unless somebody is to be told. */
  tracing?: Tracing | undefined;
  random?: () => number;
};

export type DataPlane = {
  /** For requests on the callers' own connections. */
  invoker: Invoker;
  /** For requests that our gateway passes on. */
  gatewayInvoker: Invoker;
  index: InstanceIndex;
  acquirer: Acquirer;
  follower: ChangeFollower;
  recorder: ExecutionRecorder;
  metrics: ServiceMetrics;
  discovery: Pick<Discovery, 'announce'>;
  start: () => void;
  /** Ends what waits, sends what is left to record. Calls that are under way are the listeners' to drain before. */
  close: () => Promise<void>;
};

/** Wires the data plane: the feed and the discovery fill the tables, the invoker reads them. Nothing runs before `start`. */
export function createProxy(config: ProxyConfig, deps: ProxyDeps): DataPlane {
  const { source, metadata, controller, logger, dialer = directDialer, tracing, random = Math.random } = deps;
  const stop = new AbortController();
  const coldStartTimeoutMs = config.COLD_START_TIMEOUT_SECONDS * 1000;
  const table = new RoutingTable();
  const past = new PastVersions(metadata);
  const recorder = new ExecutionRecorder({ metadata, logger });
  const meter = new CallMeter(config.METRICS_FUNCTIONS);

  const probe = async (instance: Instance, signal: AbortSignal) => {
    const contract = await contractOf(instance, table, past);
    const verdict = await probeInstance(instance, { contract, timeoutMs: coldStartTimeoutMs, signal });
    if (verdict?.state === 'ready') index.markReady(instance);
    if (verdict?.state !== 'failed') return;
    logger.warn({ instance: instance.id, key: instance.key, reason: verdict.reason }, 'an instance failed');
    index.markFailed(instance, verdict.reason);
  };
  const index = new InstanceIndex({
    probe: (instance, signal) => void probe(instance, signal),
    onChange: (key) => acquirer.serve(key),
    dialer,
    streams: new StreamBuffers(),
  });
  const acquirer: Acquirer = new Acquirer({
    index,
    limits: {
      queueLimit: config.QUEUE_LIMIT,
      coldStartTimeoutMs,
      queueTimeoutMs: config.QUEUE_TIMEOUT_SECONDS * 1000,
    },
    report: (loads) => controller.reportLoad(loads),
    wake: {
      controller,
      timeoutMs: coldStartTimeoutMs,
      onAway: (error) => logger.warn({ err: error }, 'a version could not be woken; trying again'),
    },
  });
  const prune = () => {
    acquirer.prune(({ functionId, number }) => table.byId(functionId)?.versions.has(number) === true);
    meter.prune((functionId) => table.byId(functionId) !== undefined);
  };
  const follower = new ChangeFollower({
    metadata,
    logger,
    listener: {
      onReset: (replica) => {
        table.reset(replica);
        acquirer.rerouteAll();
        prune();
      },
      onChange: (change) => {
        if (change.kind !== 'function') return;
        table.apply(change);
        acquirer.reroute(change.key);
        prune();
      },
    },
  });
  const discovery = new Discovery({
    source,
    logger,
    apply: (list, began) => index.apply(list, began),
    add: (found) => index.add(found),
  });
  const hung = new HungInstances({ index, controller, logger, signal: stop.signal });
  const isSynced = () => follower.synced;
  const keepBodyBytes = config.KEEP_BODY_BYTES;
  const usages = new UsageSampler({ controller, record: (execution) => recorder.add(execution) });
  const record = (execution: RecordedExecution, call: CallFacts) => {
    meter.note(execution);
    if (tracing && call.trace) recordTrace(tracing, call, execution);
    if (!usages.take(execution, call)) recorder.add(execution);
  };
  const steps = {
    table,
    past,
    index,
    acquirer,
    hung,
    record,
    tracing,
    logger,
    isSynced,
    random,
    keepBodyBytes,
  };
  const edge = { table, domain: config.DOMAIN, bodyLimitBytes: config.BODY_LIMIT_BYTES };
  return {
    invoker: createInvoker({ ...steps, isPeerCaller: true }, edge),
    gatewayInvoker: createInvoker({ ...steps, isPeerCaller: false }, edge),
    index,
    acquirer,
    follower,
    recorder,
    discovery,
    metrics: proxyMetrics({ meter, acquirer, index, recorder }),
    start: () => {
      follower.start();
      discovery.start();
    },
    close: async () => {
      stop.abort();
      acquirer.close();
      await Promise.all([discovery.close(), follower.close()]);
      index.close();
      usages.close();
      await recorder.close();
    },
  };
}

/** By which rule an instance is judged ready. One of a version that nobody knows is held to the strictest. */
async function contractOf({ labels }: Instance, table: RoutingTable, past: PastVersions): Promise<Contract> {
  const { functionId, project, function: name, version } = labels;
  const known = table.byId(functionId)?.versions.get(version);
  if (known) return known.route.contract;
  const found = await past.find(functionId, project, name, version).catch(() => undefined);
  return found?.config.contract ?? 'handler';
}
