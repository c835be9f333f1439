import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DiscoveredInstance } from '../instance-source.ts';

export type Behaviour = (req: IncomingMessage, res: ServerResponse) => void;

/** A small in-container server on loopback; reserved paths answer as the runtime contract says. */
export class TestInstance {
  readonly server: Server;
  readonly requests: {
    method: string;
    url: string;
    headers: IncomingMessage['headers'];
    rawHeaders: string[];
  }[] = [];
  ready: { status: number; body: object } = { status: 200, body: { status: 'ready' } };
  healthStatus: number | 'silent' = 200;
  probes = 0;
  /** Calls at the same time, now and at most. */
  running = 0;
  peak = 0;

  behaviour: Behaviour;

  constructor(behaviour: Behaviour = (_req, res) => void res.end('ok')) {
    this.behaviour = behaviour;
    this.server = createServer((req, res) => this.#answer(req, res));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  describe(options: InstanceNames): DiscoveredInstance {
    return describeInstance(this.port, options);
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    if (req.url === '/_plat/ready') {
      this.probes++;
      res.writeHead(this.ready.status, { 'content-type': 'application/json' });
      return void res.end(JSON.stringify(this.ready.body));
    }
    if (req.url === '/_plat/health') {
      if (this.healthStatus === 'silent') return;
      res.writeHead(this.healthStatus);
      return void res.end();
    }
    const { method = '', url = '', headers, rawHeaders } = req;
    this.requests.push({ method, url, headers, rawHeaders });
    this.running++;
    this.peak = Math.max(this.peak, this.running);
    res.once('close', () => this.running--);
    this.behaviour(req, res);
  }
}

export type InstanceNames = {
  id: string;
  functionId: string;
  version?: number | undefined;
  name?: string;
  project?: string;
};

/** What the engine lists of an instance that listens on `port` of loopback. */
export function describeInstance(port: number, options: InstanceNames): DiscoveredInstance {
  const { id, functionId, version = 1, name = 'hello', project = 'default' } = options;
  return {
    id,
    status: 'running',
    address: '127.0.0.1',
    labels: { functionId, project, function: name, version, instance: id, port, engine: 'docker', spec: 's' },
  };
}
