import type { Eviction } from '@plat/platform-kit/eviction.ts';
import { Router } from 'express';
import type { InstanceEvent } from '@plat/platform-kit/api/events-api.ts';
import type { Capacity } from '@plat/platform-kit/api/metrics-api.ts';
import type { EngineInfo } from '@plat/platform-kit/clients/controller-client.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';

/** An engine in whatever state a test wants, and logs of a fixed number of lines. */
export class FakeController {
  engine: EngineInfo = { engine: 'docker', available: true, version: '29', problem: null, instances: 0 };
  instances: InstanceEvent[] = [];
  capacity: Capacity = {
    cpus: 2,
    memoryBytes: 1000,
    instances: 3,
    cpuPercent: 12.5,
    usedMemoryBytes: 300,
    budget: {
      memoryMb: { limit: 1024, used: 384 },
      cpus: { limit: 40, used: 3 },
      pids: { limit: 4096, used: 768 },
      waiting: 0,
      evictions: 0,
      pooled: { containers: 2, memoryMb: 256, cpus: 2, pids: 512 },
    },
  };
  logLines = 2;
  evictions: Eviction[] = [];
  readonly logQueries: unknown[] = [];
  readonly instanceQueries: unknown[] = [];
  /** Log streams that are open right now. */
  openStreams = 0;

  router(): Router {
    const router = Router();
    router.get('/engine', (_req, res) => void res.json(this.engine));
    router.get('/instances/states', (_req, res) => void res.json({ items: this.instances }));
    router.get('/evictions', (req, res) => {
      const told = req.query['since'] === undefined ? this.evictions.length : Number(req.query['since']);
      res.json({ count: this.evictions.length, items: this.evictions.slice(told) });
    });
    router.get('/functions/:id/evictions', (_req, res) => void res.json({ items: this.evictions }));
    router.get('/usage', (_req, res) => void res.json(this.capacity));
    router.get('/instances', (req, res) => {
      this.instanceQueries.push(req.query);
      res.json({ items: [] });
    });
    router.get('/functions/:id/logs', async (req, res) => {
      this.logQueries.push(req.query);
      this.openStreams++;
      res.once('close', () => this.openStreams--);
      const stream = openEventStream(res);
      for (let i = 1; i <= this.logLines; i++)
        await stream.send({ event: 'line', data: { text: `line ${i}` } });
      if (req.query['follow'] === 'true') return;
      await stream.send({ event: 'end', data: {} });
      stream.end();
    });
    return router;
  }
}
