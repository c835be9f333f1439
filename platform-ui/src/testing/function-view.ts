import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';

const AT = '2026-01-02T03:04:05.000Z';

export const CONFIG: FunctionConfig = {
  runtime: 'node',
  contract: 'handler',
  handler: 'index.handler',
  memoryMb: 128,
  cpus: 1,
  timeoutMs: 30_000,
  concurrency: 100,
  env: {},
  scale: { ...SCALE_DEFAULTS },
  edge: 'proxy',
  keepBodies: 'off',
};

export function functionView(change: Partial<FunctionView> = {}): FunctionView {
  const name = change.name ?? 'hello';
  return {
    id: `id-${name}`,
    project: 'default',
    name,
    state: 'active',
    latest: 1,
    aliases: [{ name: 'live', weights: [{ version: 1, weight: 100 }], updatedAt: AT }],
    versions: [],
    domains: [],
    createdAt: AT,
    updatedAt: AT,
    url: `http://localhost:8080/function/${name}`,
    host: `default-${name}.platform.test`,
    hostUrl: `http://default-${name}.localhost:8080`,
    live: CONFIG,
    status: 'active',
    ...change,
  };
}
