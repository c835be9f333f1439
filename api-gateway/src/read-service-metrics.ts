import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ScrapedService } from '@plat/platform-kit/api/metrics-api.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { serviceTarget } from './service-target.ts';

/** Less than what Prometheus waits by itself, 10 s: so it hears who was away. */
const PATIENCE_MS = 8000;

export type ServiceMetricsReader = {
  /** The text that a service answers `GET /metrics` with. Errors: `unreachable`. */
  read: (service: Exclude<ScrapedService, 'api-gateway'>) => Promise<string>;
};

/** `services`: name → address. */
export function createServiceMetricsReader(options: {
  services: Record<Exclude<ScrapedService, 'api-gateway'>, string>;
  internalToken: string;
}): ServiceMetricsReader {
  const { services, internalToken } = options;
  return {
    read: async (service) => {
      try {
        return await ask(services[service], internalToken);
      } catch (cause) {
        const message = `The ${service} did not give its metrics. Is it running?`;
        const error = new PlatformError('unreachable', message, { cause });
        error.component = service;
        throw error;
      }
    },
  };
}

function ask(url: string, internalToken: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...serviceTarget(url, '/metrics'),
        agent: false,
        headers: { authorization: `Bearer ${internalToken}` },
        signal: deadline(PATIENCE_MS),
      },
      (res) => {
        if (res.statusCode === 200) return text(res).then(resolve, reject);
        res.resume();
        reject(new Error(`It answered with status ${res.statusCode}.`));
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}
