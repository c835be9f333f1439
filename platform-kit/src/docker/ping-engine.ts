import { request } from 'node:http';

/** What the headers of `GET /_ping` say. `clockMs`: the engine's time in ms since the epoch, in whole seconds. */
export type EnginePing = {
  apiVersion: string | null;
  builderVersion: string | null;
  clockMs: number | null;
};

/** Asks the engine that DOCKER_HOST names; rejects when it does not answer. */
export function pingEngine(dockerHost: string | undefined, signal: AbortSignal): Promise<EnginePing> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...target(dockerHost), path: '/_ping', agent: false, signal }, (res) => {
      res.resume();
      const header = (name: string) => {
        const value = res.headers[name];
        return typeof value === 'string' ? value : null;
      };
      const clockMs = Date.parse(header('date') ?? '');
      resolve({
        apiVersion: header('api-version'),
        builderVersion: header('builder-version'),
        clockMs: Number.isNaN(clockMs) ? null : clockMs,
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

function target(dockerHost: string | undefined) {
  if (!dockerHost) return { socketPath: '/var/run/docker.sock', host: 'localhost' };
  if (dockerHost.startsWith('unix://')) return { socketPath: dockerHost.slice(7), host: 'localhost' };
  const url = new URL(dockerHost.replace(/^tcp:/, 'http:'));
  return { host: url.hostname, port: Number(url.port || 2375) };
}
