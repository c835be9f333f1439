import { createServer, type Server } from 'node:http';
import { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { listen } from '@plat/platform-kit/http-server.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { Agent, request, type Dispatcher } from 'undici';
import type { ProxyConfig } from '../config.ts';
import type { ProxyDeps } from '../create-proxy.ts';
import type { InstanceSource } from '../instance-source.ts';
import { start, type RunningProxy } from '../start.ts';
import { FakeController } from './fake-controller.ts';
import { FakeMetadata } from './fake-metadata.ts';
import { FakeSource } from './fake-source.ts';
import { RawInstance, type RawBehaviour } from './raw-instance.ts';
import { TestInstance, type Behaviour } from './test-instance.ts';

export const TOKEN = 'internal-token-of-tests';

const CONFIG: ProxyConfig = {
  PROXY_LISTEN: 'http://127.0.0.1:0',
  EDGE_LISTEN: 'http://127.0.0.1:0',
  METADATA_URL: 'http://127.0.0.1:9',
  CONTROLLER_URL: 'http://127.0.0.1:9',
  INTERNAL_TOKEN: TOKEN,
  DOCKER_HOST: undefined,
  JOIN_NETWORKS: false,
  CONTAINER_ID: '',
  ENGINE: 'docker',
  PROCESS_DIR: '/nowhere',
  RELAY: 'never',
  RELAY_IMAGE: '',
  RELAY_IDLE_SECONDS: 60,
  PLAT_NAMESPACE: 'test',
  DOMAIN: 'platform.test',
  QUEUE_LIMIT: 1000,
  COLD_START_TIMEOUT_SECONDS: 5,
  QUEUE_TIMEOUT_SECONDS: 5,
  BODY_LIMIT_BYTES: 1024 * 1024,
  KEEP_BODY_BYTES: 1024,
  METRICS_FUNCTIONS: 200,
  OTEL_TRACES_SAMPLER_ARG: 1,
  LOG_LEVEL: 'silent',
};

export type Reply = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/**
 * A real proxy between fakes. `front` stands for a gateway in the same process: `/<function>/<path>` is an invocation
 * of that function in project `default`, with `target` laid over it.
 */
export class ProxyHarness {
  readonly metadata = new FakeMetadata();
  readonly controller = new FakeController();
  readonly source = new FakeSource();
  readonly instances: (TestInstance | RawInstance)[] = [];
  readonly agent = new Agent({ connections: 200 });
  target: Partial<InvocationTarget> = {};
  random = 0;
  proxy!: RunningProxy;
  client!: ProxyClient;
  front!: Server;
  frontUrl = '';
  #closeFront: () => Promise<void> = async () => undefined;

  static async start(
    functions: FunctionRecord[],
    config: Partial<ProxyConfig> = {},
    otherSource?: InstanceSource,
    deps: Pick<ProxyDeps, 'dialer' | 'tracing'> = {},
  ): Promise<ProxyHarness> {
    const harness = new ProxyHarness();
    for (const record of functions) harness.metadata.put(record);
    const { metadata, controller, source } = harness;
    harness.proxy = await start(
      { ...CONFIG, ...config },
      {
        metadata,
        controller,
        source: otherSource ?? source,
        logger: silentLogger(),
        random: () => harness.random,
        ...deps,
      },
    );
    harness.client = new ProxyClient({ url: harness.proxy.url, internalToken: TOKEN });
    harness.front = createServer(
      (req, res) => void harness.proxy.invoker.invoke(req, res, harness.#targetOf(req.url!)),
    );
    harness.front.on('upgrade', (req, socket, head) => {
      void harness.proxy.invoker.upgrade(req, socket, head, harness.#targetOf(req.url!));
    });
    const front = await listen(harness.front, 'http://127.0.0.1:0', { drainMs: 100 });
    harness.frontUrl = front.url;
    harness.#closeFront = front.close;
    await until(() => metadata.calls.changes > 1 && (otherSource !== undefined || source.calls.watch > 0));
    return harness;
  }

  async close(): Promise<void> {
    await this.agent.destroy();
    await this.#closeFront();
    await this.proxy.close();
    await this.client.close();
    await Promise.all(this.instances.map((instance) => instance.close()));
  }

  /** Starts a server and lets the proxy find it. */
  async addInstance(
    record: FunctionRecord,
    options: { id?: string; version?: number; behaviour?: Behaviour; wait?: boolean } = {},
  ): Promise<TestInstance> {
    return this.#add(await new TestInstance(options.behaviour).listen(), record, options);
  }

  /** The same with a server that need not speak HTTP. */
  async addRawInstance(
    record: FunctionRecord,
    behaviour: RawBehaviour,
    options: { id?: string } = {},
  ): Promise<RawInstance> {
    return this.#add(await new RawInstance(behaviour).listen(), record, options);
  }

  async #add<T extends TestInstance | RawInstance>(
    instance: T,
    record: FunctionRecord,
    options: { id?: string; version?: number; wait?: boolean },
  ): Promise<T> {
    this.instances.push(instance);
    const id = options.id ?? `instance-${this.instances.length}`;
    this.source.put(
      instance.describe({
        id,
        functionId: record.id,
        version: options.version,
        name: record.name,
        project: record.project,
      }),
    );
    if (options.wait !== false) await this.ready(id);
    return instance;
  }

  async ready(id: string): Promise<void> {
    const readiness = await this.client.readiness(id, { waitMs: 5000 });
    if (readiness.state !== 'ready') throw new Error(`${id} is ${readiness.state}`);
  }

  async call(
    path: string,
    options: Partial<Omit<Dispatcher.RequestOptions, 'path' | 'origin'>> = {},
  ): Promise<Reply> {
    const response = await request(`${this.frontUrl}${path}`, {
      method: 'GET',
      ...options,
      dispatcher: this.agent,
    });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  }

  /** Executions arrive in batches, a second after the call at the latest. */
  async executions(count: number) {
    await until(() => this.metadata.executions.length >= count, 4000);
    return this.metadata.executions;
  }

  #targetOf(url: string): InvocationTarget {
    const [, name = '', rest = ''] = /^\/([^/?]*)(.*)$/.exec(url) ?? [];
    return {
      requestId: newId(),
      project: 'default',
      function: name,
      selector: { alias: 'live' },
      path: rest.startsWith('/') ? rest : `/${rest}`,
      trigger: 'api',
      bodyLimitBytes: 1024 * 1024,
      ...this.target,
    };
  }
}

/** Waits for a condition that another part of the process brings about; throws when it does not. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 5000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain for: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
