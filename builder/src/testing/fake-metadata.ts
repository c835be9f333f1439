import { Router } from 'express';
import type { Change, FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { createInternalApp, listen, type Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { advance, isTerminal, type VersionState } from '@plat/platform-kit/version-states.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';

export const INTERNAL_TOKEN = 'internal-token-of-the-tests';
const NOW = '2026-01-01T00:00:00.000Z';

type Move = Partial<VersionRecord> & { from: VersionState; to: VersionState };

/** The part of the metadata service that the builder needs, over real HTTP, in memory. */
export class FakeMetadata {
  readonly functions = new Map<string, { record: FunctionRecord; history: VersionRecord[] }>();
  readonly transitions: string[] = [];
  readonly released: string[] = [];
  url = '';
  #seq = 1;
  #changes: Change[] = [];
  #waiters = new Set<() => void>();
  #server: Running | undefined;

  async start(): Promise<this> {
    const router = this.#routes();
    const app = createInternalApp({
      component: 'metadata',
      internalToken: INTERNAL_TOKEN,
      logger: silentLogger(),
      router,
    });
    this.#server = await listen(app, 'http://127.0.0.1:0', { drainMs: 0 });
    this.url = this.#server.url;
    return this;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** Adds the next version of a function, `pending` unless said otherwise; makes the function when it is new. */
  addVersion(
    functionId: string,
    input: { sourceDigest: string; state?: VersionState; handler?: string; runtime?: string },
  ): VersionRecord {
    const fn = this.functions.get(functionId) ?? { record: newFunction(functionId), history: [] };
    this.functions.set(functionId, fn);
    const version = newVersion(fn.record, input);
    fn.record.latest = version.number;
    fn.history.push(version);
    this.#changed(functionId);
    return version;
  }

  version(functionId: string, number: number): VersionRecord {
    return this.functions.get(functionId)!.history.find((version) => version.number === number)!;
  }

  deleteFunction(functionId: string): void {
    this.functions.delete(functionId);
    this.#publish({ kind: 'function', key: functionId, value: null, seq: 0 });
  }

  move(functionId: string, number: number, body: Move): VersionRecord {
    const version = this.functions.get(functionId)?.history.find((candidate) => candidate.number === number);
    if (!version) throw new PlatformError('not_found', 'There is no such version.');
    const { from, to, ...rest } = body;
    if (version.state !== from) throw new PlatformError('conflict', `It is ${version.state}, not ${from}.`);
    advance(from, to);
    Object.assign(version, { ...rest, state: to });
    this.transitions.push(`${functionId}/${number} ${from}→${to}`);
    this.#changed(functionId);
    return version;
  }

  /** Points an alias at versions, as the record would. */
  setAlias(functionId: string, name: string, numbers: number[]): void {
    const { record } = this.functions.get(functionId)!;
    const weights = numbers.map((version) => ({ version, weight: Math.floor(100 / numbers.length) }));
    record.aliases = [
      ...record.aliases.filter((alias) => alias.name !== name),
      { name, weights, updatedAt: NOW },
    ];
    this.#changed(functionId);
  }

  async untilState(functionId: string, number: number, state: VersionState): Promise<VersionRecord> {
    const end = Date.now() + 10_000;
    while (this.version(functionId, number).state !== state) {
      if (Date.now() > end)
        throw new Error(
          `version ${number} is ${JSON.stringify(this.version(functionId, number))}, not ${state}`,
        );
      await pause(5, new AbortController().signal);
    }
    return this.version(functionId, number);
  }

  #changed(functionId: string): void {
    const { record, history } = this.functions.get(functionId)!;
    const named = new Set(record.aliases.flatMap(({ weights }) => weights.map(({ version }) => version)));
    record.versions = structuredClone(
      history.filter(({ state, number }) => !isTerminal(state) || named.has(number)),
    );
    this.#publish({ kind: 'function', key: functionId, value: structuredClone(record), seq: 0 });
  }

  #publish(change: Change): void {
    this.#changes.push({ ...change, seq: ++this.#seq });
    for (const wake of this.#waiters) wake();
  }

  #routes(): Router {
    const router = Router();
    router.get('/changes', async (req, res) => {
      const since = Number(req.query.since);
      if (since === 0) {
        const changes = [...this.functions.values()].map(({ record }) => ({
          seq: this.#seq,
          kind: 'function',
          key: record.id,
          value: record,
        }));
        res.json({ seq: this.#seq, reset: true, changes });
        return;
      }
      const fresh = () => this.#changes.filter(({ seq }) => seq > since);
      if (fresh().length === 0) await this.#nextChange(Number(req.query.waitMs), res);
      res.json({ seq: this.#seq, reset: false, changes: fresh() });
    });
    router.post('/versions/:functionId/:version/transition', (req, res) => {
      res.json(this.move(req.params.functionId, Number(req.params.version), req.body as Move));
    });
    router.post('/versions/:functionId/:version/release-image', (req, res) => {
      const { functionId, version: number } = req.params;
      const { record } = this.functions.get(functionId)!;
      const version = this.version(functionId, Number(number));
      const isNamed = record.aliases.some(({ weights }) =>
        weights.some((part) => part.version === Number(number)),
      );
      if (isNamed || !isTerminal(version.state)) throw new PlatformError('conflict', 'It keeps its image.');
      version.imageId = null;
      this.released.push(`${functionId}/${number}`);
      res.json(version);
    });
    router.get('/projects/:project/functions/:name/versions/:version', (req, res) => {
      res.json(this.version(req.params.name, Number(req.params.version)));
    });
    router.post('/versions/:functionId/:version/image', (req, res) => {
      const version = this.version(req.params.functionId, Number(req.params.version));
      const { from, imageId } = req.body as { from: string; imageId: string };
      if (version.imageId !== from) throw new PlatformError('conflict', 'It has another image.');
      version.imageId = imageId;
      this.#changed(req.params.functionId);
      res.json(version);
    });
    router.get('/projects/:project/functions/:name/versions', (req, res) => {
      const fn = [...this.functions.values()].find(({ record }) => record.name === req.params.name);
      if (!fn) throw new PlatformError('not_found', 'There is no such function.');
      res.json({ items: [...fn.history].reverse(), next: null });
    });
    return router;
  }

  #nextChange(
    waitMs: number,
    res: { once: (event: 'close', listener: () => void) => unknown },
  ): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiters.add(done);
      res.once('close', done);
    });
  }
}

function newFunction(id: string): FunctionRecord {
  return {
    id,
    project: 'demo',
    name: id,
    state: 'active',
    latest: 0,
    aliases: [],
    domains: [],
    versions: [],
    createdAt: NOW,
    updatedAt: NOW,
  };
}

function newVersion(
  fn: FunctionRecord,
  input: { sourceDigest: string; state?: VersionState; handler?: string; runtime?: string },
): VersionRecord {
  return {
    functionId: fn.id,
    project: fn.project,
    function: fn.name,
    number: fn.latest + 1,
    state: input.state ?? 'pending',
    config: functionConfig(input),
    sourceDigest: input.sourceDigest,
    sourceBytes: 1,
    imageId: null,
    imageReused: false,
    imageRef: null,
    promote: true,
    error: null,
    createdBy: 'test',
    createdAt: NOW,
    buildStartedAt: null,
    builtAt: null,
    finishedAt: null,
  };
}

export function functionConfig(input: { handler?: string; runtime?: string } = {}): VersionRecord['config'] {
  return {
    runtime: input.runtime ?? 'tiny',
    contract: 'handler',
    handler: input.handler ?? 'index.handler',
    memoryMb: 128,
    cpus: 1,
    timeoutMs: 30_000,
    concurrency: 10,
    env: {},
    scale: { ...SCALE_DEFAULTS, idleMs: 1000 },
    edge: 'proxy',
    keepBodies: 'off',
  };
}
