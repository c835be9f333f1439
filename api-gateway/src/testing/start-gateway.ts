import { createInternalApp, listen, type Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { Router } from 'express';
import { readConfig } from '../config.ts';
import { hashSecret } from '../principals.ts';
import { start } from '../start.ts';
import { FakeBuilder } from './fake-builder.ts';
import { FakeController } from './fake-controller.ts';
import { FakeInvoker } from './fake-invoker.ts';
import { FakeMetadata } from './fake-metadata.ts';

const INTERNAL_TOKEN = 'an-internal-token';

/** Secrets of the tokens that {@link startGateway} puts into the record. */
export const TOKENS = {
  admin: 'dev-token',
  developer: 'plat_developer',
  shopDeveloper: 'plat_shop-developer',
  invoker: 'plat_invoker',
  shopInvoker: 'plat_shop-invoker',
  viewer: 'plat_viewer',
  shopViewer: 'plat_shop-viewer',
  expired: 'plat_expired',
} as const;

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

/** A gateway on a free port in front of services that live in memory and speak the internal API. */
export async function startGateway(
  env: Record<string, string> = {},
  options: { isRecordAway?: boolean } = {},
) {
  const metadata = new FakeMetadata();
  const builder = new FakeBuilder();
  const controller = new FakeController();
  const invoker = new FakeInvoker();
  for (const project of ['default', 'shop', 'other']) metadata.addProject(project);
  metadata.addToken({ hash: hashSecret(TOKENS.developer), name: 'dev', role: 'developer' });
  metadata.addToken({
    hash: hashSecret(TOKENS.shopDeveloper),
    name: 'shop-dev',
    role: 'developer',
    project: 'shop',
  });
  metadata.addToken({ hash: hashSecret(TOKENS.invoker), name: 'caller', role: 'invoker' });
  metadata.addToken({
    hash: hashSecret(TOKENS.shopInvoker),
    name: 'shop-caller',
    role: 'invoker',
    project: 'shop',
  });
  metadata.addToken({ hash: hashSecret(TOKENS.viewer), name: 'watcher', role: 'viewer' });
  metadata.addToken({
    hash: hashSecret(TOKENS.shopViewer),
    name: 'shop-watcher',
    role: 'viewer',
    project: 'shop',
  });
  metadata.addToken({
    hash: hashSecret(TOKENS.expired),
    role: 'admin',
    expiresAt: '2020-01-01T00:00:00.000Z',
  });

  const services: Running[] = [];
  const asked: string[] = [];
  const serve = async (component: string, routes: Router) => {
    const logger = silentLogger();
    const router = Router();
    router.use((req, _res, next) => {
      asked.push(`${component}: ${req.method} ${req.originalUrl}`);
      next();
    }, routes);
    const app = createInternalApp({ component, internalToken: INTERNAL_TOKEN, logger, router });
    const running = await listen(app, 'http://127.0.0.1:0', { drainMs: 0 });
    services.push(running);
    return running.url;
  };
  const config = readConfig({
    PORT: '0',
    INTERNAL_TOKEN,
    METADATA_URL: options.isRecordAway
      ? 'http://127.0.0.1:1'
      : await serve('metadata-service', metadata.router()),
    BUILDER_URL: await serve('builder', builder.router()),
    CONTROLLER_URL: await serve('function-controller', controller.router()),
    RATE_LIMIT_PER_SECOND: '0',
    ...env,
  });
  const gateway = await start(config, { invoker, logger: silentLogger(), drainMs: 0 });
  if (!options.isRecordAway) {
    const ready = await poll(async () => ((await fetch(`${gateway.url}/readyz`)).ok ? true : undefined), {
      intervalMs: 5,
      timeoutMs: 5000,
    });
    if (!ready) throw new Error('The gateway did not become ready.');
  }

  /** A request as one of TOKENS, with a JSON body when there is one. */
  const call = async (
    method: string,
    path: string,
    { as = 'admin', body, headers }: { as?: keyof typeof TOKENS; body?: unknown; headers?: HeadersInit } = {},
  ) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKENS[as]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- tests look into it freely
      body: isJson && text ? JSON.parse(text) : text,
    };
  };

  return {
    url: gateway.url,
    port: Number(new URL(gateway.url).port),
    metadata,
    builder,
    controller,
    invoker,
    /** Every request that a service got from the gateway. */
    asked,
    call,
    close: async () => {
      await gateway.close();
      metadata.release();
      await Promise.all(services.map((service) => service.close()));
    },
  };
}
