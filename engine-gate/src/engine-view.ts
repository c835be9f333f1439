import { request } from 'node:http';

export type Labels = Record<string, string>;

/** What the rules ask of the engine: the labels of a thing, undefined when there is no such thing. */
export type EngineView = {
  containerLabels: (id: string) => Promise<Labels | undefined>;
  networkLabels: (id: string) => Promise<Labels | undefined>;
  imageLabels: (id: string) => Promise<Labels | undefined>;
  ping: () => Promise<boolean>;
};

const TIMEOUT_MS = 10_000;

export function createEngineView(socketPath: string): EngineView {
  const get = (path: string) => getJson(socketPath, path);
  return {
    containerLabels: async (id) =>
      ((await get(`/containers/${id}/json`)) as { Config?: { Labels?: Labels } } | undefined)?.Config?.Labels,
    networkLabels: async (id) => ((await get(`/networks/${id}`)) as { Labels?: Labels } | undefined)?.Labels,
    imageLabels: async (id) =>
      ((await get(`/images/${id}/json`)) as { Config?: { Labels?: Labels } } | undefined)?.Config?.Labels,
    ping: async () => (await get('/version').catch(() => undefined)) !== undefined,
  };
}

function getJson(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const req = request(
      { socketPath, path, method: 'GET', signal: AbortSignal.timeout(TIMEOUT_MS) },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          if (res.statusCode !== 200) return resolve(undefined);
          try {
            resolve(JSON.parse(Buffer.concat(chunks).toString()));
          } catch (error) {
            reject(new Error("The engine's answer is not JSON.", { cause: error }));
          }
        });
      },
    );
    req.on('error', reject);
    req.end();
  });
}
