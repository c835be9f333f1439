import { createHash } from 'node:crypto';
import { Router } from 'express';
import type { BuildLogLine } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';

/** Sources in memory, and build logs that a test writes. */
export class FakeBuilder {
  readonly sources = new Map<string, Buffer>();
  readonly checks: unknown[] = [];
  readonly cancelled: string[] = [];
  /** How many uploads began, and how many were broken off. */
  uploads = 0;
  brokenUploads = 0;
  /** Bytes that arrived so far, of all uploads. */
  received = 0;
  /** Set to refuse an archive: at once (before it is read) or at its end. */
  refuse: { when: 'at-once' | 'at-end'; error: PlatformError } | undefined;
  checkError: PlatformError | undefined;
  isCancelBroken = false;
  readonly #log: BuildLogLine[] = [];
  #isBuildOver = false;
  readonly #listeners = new Set<() => void>();

  addLogLine(text: string): void {
    const at = new Date(Date.UTC(2026, 0, 1) + this.#log.length).toISOString();
    this.#log.push({ at, phase: 'build', text });
    this.#tell();
  }

  endBuild(): void {
    this.#isBuildOver = true;
    this.#tell();
  }

  router(): Router {
    const router = Router();
    router.get('/runtimes', (_req, res) => {
      res.json({
        items: [
          {
            id: 'node',
            title: 'Node.js',
            contract: 'handler',
            defaults: { handler: 'index.handler', memoryMb: 128, concurrency: 100, timeoutSeconds: 30 },
            dependencyFiles: [],
            handlerFiles: ['{module}.js'],
            baseImages: [],
          },
        ],
      });
    });
    router.post('/sources', async (req, res) => {
      this.uploads++;
      if (this.refuse?.when === 'at-once') throw this.refuse.error;
      const chunks: Buffer[] = [];
      req.once('close', () => {
        if (!req.complete) this.brokenUploads++;
      });
      for await (const chunk of req as AsyncIterable<Buffer>) {
        this.received += chunk.length;
        chunks.push(chunk);
      }
      if (this.refuse) throw this.refuse.error;
      const archive = Buffer.concat(chunks);
      const digest = `sha256:${createHash('sha256').update(archive).digest('hex')}`;
      this.sources.set(digest, archive);
      res.json({ digest, bytes: archive.length, entries: 1 });
    });
    router.post('/sources/:digest/check', (req, res) => {
      this.checks.push(req.body);
      if (this.checkError) throw this.checkError;
      res.status(204).end();
    });
    router.get('/sources/:digest', (_req, res) => void res.type('zip').send(Buffer.from('zip')));
    router.get('/builds/:id/:version/log', async (req, res) => {
      const stream = openEventStream(res);
      const follow = req.query['follow'] === 'true';
      let next = 0;
      while (!stream.closed.aborted) {
        while (next < this.#log.length) await stream.send({ event: 'line', data: this.#log[next++] });
        if (!follow || this.#isBuildOver) break;
        await new Promise<void>((resolve) => {
          this.#listeners.add(resolve);
          stream.closed.addEventListener('abort', () => resolve());
        });
      }
      await stream.send({ event: 'end', data: {} });
      stream.end();
    });
    router.post('/builds/:id/:version/cancel', (req, res) => {
      if (this.isCancelBroken) throw new PlatformError('internal', 'broken');
      this.cancelled.push(`${req.params.id}@${req.params.version}`);
      res.status(204).end();
    });
    return router;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
