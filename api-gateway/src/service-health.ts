import { request } from 'node:http';
import type { ControllerClient, EngineInfo } from '@plat/platform-kit/clients/controller-client.ts';
import type { ProxyClient, ReachInfo } from '@plat/platform-kit/clients/proxy-client.ts';
import { toPlatformError } from '@plat/platform-kit/errors.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { serviceTarget } from './service-target.ts';

export type ServiceState = { name: string; ok: boolean; problem: string | null };

const PATIENCE_MS = 2000;

/** Asks the other services how they are, all at once and for two seconds at most. */
export class ServiceHealth {
  readonly #services: Readonly<Record<string, string>>;
  readonly #controller: Pick<ControllerClient, 'engine'>;
  readonly #proxy: Pick<ProxyClient, 'reach'>;

  /** `services`: name → address. */
  constructor(options: {
    services: Readonly<Record<string, string>>;
    controller: Pick<ControllerClient, 'engine'>;
    proxy: Pick<ProxyClient, 'reach'>;
  }) {
    this.#services = options.services;
    this.#controller = options.controller;
    this.#proxy = options.proxy;
  }

  services(): Promise<ServiceState[]> {
    return Promise.all(Object.entries(this.#services).map(([name, url]) => ask(name, url)));
  }

  /** Never throws, and takes two seconds at most. */
  reach(): Promise<ReachInfo> {
    return this.#proxy.reach().catch((error: unknown) => ({
      way: 'unknown' as const,
      reason: 'the function-proxy did not say it',
      problem: toPlatformError(error).message,
    }));
  }

  /** Never throws: an engine nobody can be asked about is one that is not available. */
  async engine(): Promise<EngineInfo> {
    let resolve: (info: EngineInfo) => void = () => undefined;
    const late = new Promise<EngineInfo>((done) => (resolve = done));
    const timer = setTimeout(
      () => resolve(unknownEngine('The function-controller did not answer.')),
      PATIENCE_MS,
    );
    const asked = this.#controller
      .engine()
      .catch((error: unknown) => unknownEngine(toPlatformError(error).message));
    return Promise.race([asked, late]).finally(() => clearTimeout(timer));
  }
}

function unknownEngine(problem: string): EngineInfo {
  return { engine: 'unknown', available: false, version: null, problem, instances: 0 };
}

async function ask(name: string, url: string): Promise<ServiceState> {
  return new Promise((resolve) => {
    const answer = (problem: string | null) => resolve({ name, ok: problem === null, problem });
    const asking = request(
      { ...serviceTarget(url, '/healthz'), agent: false, signal: deadline(PATIENCE_MS) },
      (res) => {
        res.resume();
        answer(res.statusCode === 200 ? null : `It answered with status ${res.statusCode}.`);
      },
    );
    asking.on('error', (error) =>
      answer(error.name === 'AbortError' ? 'It did not answer in time.' : 'It cannot be reached.'),
    );
    asking.end();
  });
}
