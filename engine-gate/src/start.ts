import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { listen, type Running } from '@plat/platform-kit/http-server.ts';
import { createLogger, type Logger } from '@plat/platform-kit/logging.ts';
import type { GateConfig } from './config.ts';
import { createGate } from './create-gate.ts';
import { createEngineView } from './engine-view.ts';
import { SERVICE_RULES } from './service-rules.ts';

/** `sockets`: where each service finds its engine, by the service's name. */
export type RunningGate = Running & { sockets: Record<string, string> };

/**
 * Opens one socket a service in `GATE_DIR/<service>/engine.sock`. Whoever can see a socket may use it: each folder is a
 * volume that only its service mounts.
 */
export async function start(config: GateConfig, deps: { logger?: Logger } = {}): Promise<RunningGate> {
  const logger = deps.logger ?? createLogger('engine-gate', { level: config.LOG_LEVEL });
  const engine = createEngineView(config.ENGINE_SOCKET);
  const running: Running[] = [];
  const sockets: Record<string, string> = {};
  const close = async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  };
  try {
    for (const [service, rules] of Object.entries(SERVICE_RULES)) {
      const socketPath = path.join(config.GATE_DIR, service, 'engine.sock');
      await mkdir(path.dirname(socketPath), { recursive: true });
      await rm(socketPath, { force: true });
      const gate = createGate({
        service, rules, engine, engineSocket: config.ENGINE_SOCKET, namespace: config.PLAT_NAMESPACE,
        networkPool: config.FUNCTIONS_NETWORK_POOL, logger,
      }); // prettier-ignore
      running.push(await listen(gate, `unix:${socketPath}`, { drainMs: 500 }));
      await chmod(socketPath, 0o666);
      sockets[service] = socketPath;
    }
    const health = await listen(healthServer(engine.ping), config.GATE_LISTEN, { drainMs: 0 });
    running.push(health);
    logger.info({ services: Object.keys(sockets), namespace: config.PLAT_NAMESPACE }, 'listening');
    return { url: health.url, sockets, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function healthServer(ping: () => Promise<boolean>): Server {
  return createServer((_req, res) => {
    void ping().then((isUp) => {
      res.writeHead(isUp ? 200 : 503, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ status: isUp ? 'ok' : 'The Docker engine does not answer.' }));
    });
  });
}
