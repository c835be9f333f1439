import type { Transition } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';
import type { Change, FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { createInternalApp, listen, type Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { Router } from 'express';
import type { FakeInstanceHost } from './fake-instance-host.ts';
import { functionRecord, versionRecord } from './test-records.ts';

export const INTERNAL_TOKEN = 'internal-token-for-tests';

/** The metadata service in memory, over HTTP, as far as the controller asks it. */
export class FakeMetadata {
  readonly functions = new Map<string, FunctionRecord>();
  /** All versions, those too that the record no longer names. */
  readonly versions = new Map<string, VersionRecord>();
  seq = 1;
  isAway = false;
  readonly #changed = new Map<string, number>();
  #wake = new AbortController();

  /** Puts a version into state `starting`, as the builder does once it is built. */
  deploy(number: number, over: Parameters<typeof versionRecord>[0] = {}): VersionRecord {
    const version = versionRecord({ number, state: 'starting', finishedAt: null, ...over });
    this.versions.set(key(version.functionId, number), version);
    const record = this.functions.get(version.functionId) ??
      functionRecord({ id: version.functionId, project: version.project, name: version.function }); // prettier-ignore
    this.put({ ...record, latest: number, versions: [...record.versions, version] });
    return version;
  }

  /** Alias `live` of function `id` moves; versions that nothing names leave the record. */
  setLive(id: string, number: number, weight = 100): void {
    const record = this.functions.get(id)!;
    const now = new Date().toISOString();
    const live = { name: 'live', weights: [{ version: number, weight }], updatedAt: now };
    const versions = [...this.versions.values()].filter(
      (version) => version.functionId === id && (version.number === number || version.state === 'starting'),
    );
    this.put({ ...record, updatedAt: now, aliases: [live], versions });
  }

  put(record: FunctionRecord): void {
    this.functions.set(record.id, record);
    this.#change(record.id);
  }

  delete(id: string): void {
    this.functions.delete(id);
    this.#change(id);
  }

  version(number: number, id = 'f1'): VersionRecord {
    return this.versions.get(key(id, number))!;
  }

  goAway(): void {
    this.isAway = true;
    this.#wakeAll();
  }

  router(): Router {
    const router = Router();
    router.use((_req, _res, next) => {
      if (this.isAway) throw new PlatformError('unreachable', 'The metadata service is away.');
      next();
    });
    router.get('/changes', async (req, res) => {
      const since = Number(req.query['since']);
      const left = new AbortController();
      res.once('close', () => left.abort());
      if (since === this.seq && Number(req.query['waitMs']) > 0)
        await pause(20_000, AbortSignal.any([left.signal, this.#wake.signal]));
      if (this.isAway) throw new PlatformError('unreachable', 'The metadata service is away.');
      const ids = since === 0 ? [...this.functions.keys()] : [...this.#changed].filter(([, seq]) => seq > since).map(([id]) => id); // prettier-ignore
      const changes = ids.map((id): Change => ({ seq: this.seq, kind: 'function', key: id, value: this.functions.get(id) ?? null })); // prettier-ignore
      res.json({ seq: this.seq, reset: since === 0, changes });
    });
    router.get('/projects/:project/functions/:name/versions/:version', (req, res) => {
      const found = [...this.versions.values()].find(
        (version) => version.function === req.params.name && version.number === Number(req.params.version),
      );
      if (!found) throw new PlatformError('not_found', 'There is no such version.');
      res.json(found);
    });
    router.post('/versions/:functionId/:version/transition', (req, res) => {
      const number = Number(req.params.version);
      const id = req.params.functionId;
      const body = req.body as Transition;
      const version = this.versions.get(key(id, number));
      if (version?.state !== body.from) throw new PlatformError('conflict', 'It is no longer in that state.');
      const next = {
        ...version,
        state: body.to,
        error: body.error ?? null,
        finishedAt: new Date().toISOString(),
      };
      this.versions.set(key(id, number), next);
      const record = this.functions.get(id);
      if (record) {
        this.put({ ...record, versions: record.versions.filter((one) => one.number !== number) });
        if (body.to === 'ready' && version.promote) this.setLive(id, number);
      }
      res.json(next);
    });
    return router;
  }

  #change(id: string): void {
    this.#changed.set(id, ++this.seq);
    this.#wakeAll();
  }

  #wakeAll(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }
}

/** The function-proxy in memory, over HTTP: readiness is what the fake engine's behaviour says. */
export class FakeProxy {
  readonly drained: { instanceId: string; seq: number; timeoutMs: number; callsTimeoutMs?: number }[] = [];
  readonly parked = new Set<string>();
  /** Instances that have calls: they cannot be parked. */
  readonly busy = new Set<string>();
  load: VersionLoad[] = [];
  isAway = false;
  /** Drains wait until it is false. */
  holdDrains = false;
  readonly #host: FakeInstanceHost;

  constructor(host: FakeInstanceHost) {
    this.#host = host;
  }

  router(): Router {
    const router = Router();
    router.use((_req, _res, next) => {
      if (this.isAway) throw new PlatformError('unreachable', 'The proxy is away.');
      next();
    });
    router.get('/instances', (_req, res) => {
      const items = [...this.#host.instances.values()].map((instance) => ({
        instanceId: instance.id,
        readiness: this.#readiness(instance.id),
        inFlight: 0,
      }));
      res.json({ items });
    });
    router.get('/instances/:id/readiness', async (req, res) => {
      const left = new AbortController();
      res.once('close', () => left.abort());
      const end = Date.now() + Math.min(1000, Number(req.query['waitMs']));
      while (!left.signal.aborted && Date.now() < end && ['probing', 'unknown'].includes(this.#readiness(req.params.id).state))
        await pause(10, left.signal); // prettier-ignore
      res.json(this.#readiness(req.params.id));
    });
    router.post('/instances/:id/drain', async (req, res) => {
      const left = new AbortController();
      res.once('close', () => left.abort());
      this.drained.push({ instanceId: req.params.id, ...(req.body as { seq: number; timeoutMs: number }) });
      while (this.holdDrains && !left.signal.aborted) await pause(5, left.signal);
      res.json({ inFlight: 0 });
    });
    router.post('/instances/:id/park', (req, res) => {
      const { id } = req.params;
      const isReady =
        this.#readiness(id).state === 'ready' || this.#host.instances.get(id)?.status === 'paused';
      const parked = isReady && !this.busy.has(id);
      if (parked) this.parked.add(id);
      res.json({ parked });
    });
    router.delete('/instances/:id/park', (req, res) => {
      this.parked.delete(req.params.id);
      res.status(204).end();
    });
    router.post('/pooled/await', (req, res) => {
      const { host } = req.body as { host: string };
      res.json({ state: this.#host.pool.at(host)?.says ?? 'silent' });
    });
    router.post('/pooled/specialize', async (req, res) => {
      const { host, env, files, instance } = req.body as { host: string; env: Record<string, string>; files: object[]; instance: object }; // prettier-ignore
      const { pool } = this.#host;
      if (pool.specializeError) throw pool.specializeError;
      pool.givenAt(host, { env, files, instance });
      res.status(204).end();
    });
    router.get('/load', (_req, res) => void res.json({ items: this.load }));
    return router;
  }

  #readiness(id: string) {
    const instance = this.#host.instances.get(id);
    if (!instance || this.drained.some((drain) => drain.instanceId === id))
      return { state: 'unknown' as const };
    return instance.status === 'paused' ? { state: 'resting' as const } : this.#host.readiness(instance);
  }
}

/** Serves a fake's router as that service would be. */
export function serve(component: string, router: Router, socket: string): Promise<Running> {
  const app = createInternalApp({ component, internalToken: INTERNAL_TOKEN, logger: silentLogger(), router });
  return listen(app, `unix:${socket}`, { drainMs: 0 });
}

function key(id: string, number: number): string {
  return `${id}/${number}`;
}
