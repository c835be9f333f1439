import { Router } from 'express';
import type {
  Change,
  Execution,
  FunctionRecord,
  Project,
  TokenRecord,
  VersionRecord,
} from '@plat/platform-kit/domain.ts';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { AliasSetting } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { pageItems } from '../page-items.ts';
import { hashSecret } from '../principals.ts';
import { NOW, NO_CALLS, newFunction, newRollout, newVersion } from './new-records.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { RolloutView } from '@plat/platform-kit/rollout.ts';
import { namesState } from '@plat/platform-kit/state-tag.ts';
import type { FunctionUse } from '@plat/platform-kit/metrics.ts';
import { isTerminal, type VersionState } from '@plat/platform-kit/version-states.ts';

/** The record in memory, with as much of the metadata service's rules as the gateway can notice. */
export class FakeMetadata {
  readonly projects = new Map<string, Project>();
  readonly functions = new Map<string, FunctionRecord>();
  readonly versions = new Map<string, VersionRecord>();
  readonly tokens = new Map<string, TokenRecord>();
  readonly executions: RecordedExecution[] = [];
  /** What any list of executions answers. */
  readonly listed: object[] = [];
  /** By function id. */
  readonly rollouts = new Map<string, RolloutView>();
  /** What the feed of recorded calls gives next. */
  readonly recorded: Partial<Execution>[] = [];
  recordedSeq = 0;
  use: (FunctionUse & { functionId: string })[] = [];
  readonly calls: { what: string; body: unknown }[] = [];
  /** Runs before a transition is looked at: what somebody else does at the same moment. */
  beforeTransition: () => void = () => undefined;
  #seq = 1;
  readonly #waiters = new Set<() => void>();

  addProject(name: string): void {
    this.projects.set(name, { name, createdAt: NOW });
  }

  addToken(token: Partial<TokenRecord> & { hash: string }): TokenRecord {
    const record: TokenRecord = {
      id: newId(),
      name: 'token',
      role: 'developer',
      project: null,
      expiresAt: null,
      createdBy: 'admin',
      createdAt: NOW,
      ...token,
    };
    this.tokens.set(record.id, record);
    this.#announce();
    return record;
  }

  /** The token with this secret is gone. */
  removeTokenOf(secret: string): void {
    for (const token of this.tokens.values())
      if (token.hash === hashSecret(secret)) this.tokens.delete(token.id);
    this.#announce();
  }

  /** Makes the function when it is new. */
  addVersion(project: string, name: string, given: Partial<VersionRecord> = {}): VersionRecord {
    const id = `${project}/${name}`;
    const record = this.functions.get(id) ?? newFunction(id, project, name);
    record.latest++;
    const version = { ...newVersion(record), ...given };
    this.functions.set(id, record);
    this.versions.set(`${id}@${version.number}`, version);
    this.#refresh(id);
    return version;
  }

  setState(version: VersionRecord, state: VersionState): void {
    const key = `${version.functionId}@${version.number}`;
    this.versions.set(key, { ...this.versions.get(key)!, state });
    this.#refresh(version.functionId);
  }

  setLive(functionId: string, version: number): void {
    const record = this.functions.get(functionId)!;
    record.aliases = [{ name: 'live', weights: [{ version, weight: 100 }], updatedAt: NOW }];
    this.#refresh(functionId);
  }

  /** Changes the rollout of a function, or makes one. */
  setRollout(functionId: string, changes: Partial<RolloutView> = {}): RolloutView {
    const { project, name } = this.functions.get(functionId)!;
    const rollout = { ...newRollout({ project, name }), ...this.rollouts.get(functionId), ...changes };
    this.rollouts.set(functionId, rollout);
    this.#announce();
    return rollout;
  }

  removeFunction(functionId: string): void {
    this.functions.delete(functionId);
    for (const [key, version] of this.versions)
      if (version.functionId === functionId) this.versions.delete(key);
    this.#announce();
  }

  router(): Router {
    const router = Router();
    router.get('/changes', async (req, res) => {
      const since = Number(req.query['since']);
      if (since > 0 && since >= this.#seq) await this.#nextChange(Number(req.query['waitMs']));
      res.json({
        seq: this.#seq,
        reset: since !== this.#seq,
        changes: since === this.#seq ? [] : this.#all(),
      });
    });
    router.get('/projects', (_req, res) => void res.json({ items: [...this.projects.values()] }));
    router.post('/projects', (req, res) => {
      const { name } = this.#called<{ name: string }>('createProject', req.body);
      if (this.projects.has(name))
        throw new PlatformError('conflict', `There is a project "${name}" already.`);
      this.addProject(name);
      res.json(this.projects.get(name));
    });
    router.delete('/projects/:project', (req, res) => {
      this.#called('deleteProject', req.query);
      if (!this.projects.delete(req.params.project))
        throw new PlatformError('not_found', 'There is no such project.');
      res.status(204).end();
    });
    router.get('/functions', (req, res) => {
      const items = [...this.functions.values()];
      const { project } = req.query;
      res.json({ items: items.filter((record) => project === undefined || record.project === project) });
    });
    router.get('/functions/page', (req, res) => {
      const { project, before, limit } = req.query as Record<string, string | undefined>;
      const items = [...this.functions.values()].filter(
        (record) => (project === undefined || record.project === project) && !isDraftName(record.name),
      );
      res.json(
        pageItems(items, ({ project: of, name }) => `${of}/${name}`, { before, limit: Number(limit ?? 50) }),
      );
    });
    const at = '/projects/:project/functions/:name';
    router.get(at, (req, res) => void res.json(this.#function(req.params)));
    router.patch(at, (req, res) => {
      const record = this.#function(req.params);
      this.#guard(req.body, record);
      record.state = this.#called<{ state: FunctionRecord['state'] }>('setFunctionState', req.body).state;
      res.json(record);
    });
    router.delete(at, (req, res) => {
      this.#called('deleteFunction', req.query);
      this.removeFunction(this.#function(req.params).id);
      res.status(204).end();
    });
    router.post(`${at}/versions`, (req, res) => {
      const body = this.#called<Partial<VersionRecord>>('createVersion', req.body);
      const { config, sourceDigest, sourceBytes, promote } = body;
      const given = { config, sourceDigest, sourceBytes, promote } as Partial<VersionRecord>;
      res.json(this.addVersion(req.params.project, req.params.name, given));
    });
    router.get(`${at}/versions`, (req, res) => {
      const { id } = this.#function(req.params);
      const before = Number(req.query['before'] ?? Infinity);
      const all = [...this.versions.values()].filter((v) => v.functionId === id && v.number < before);
      const items = all.sort((a, b) => b.number - a.number).slice(0, Number(req.query['limit'] ?? 50));
      res.json({ items, next: items.length < all.length ? String(items.at(-1)!.number) : null });
    });
    router.get(`${at}/versions/:number`, (req, res) => {
      const version = this.versions.get(`${req.params.project}/${req.params.name}@${req.params.number}`);
      if (!version) {
        const { project, name, number } = req.params;
        const latest = this.functions.get(`${project}/${name}`)?.latest;
        throw new PlatformError(
          'not_found',
          `Function "${project}/${name}" has no version ${number}; its latest is ${latest}.`,
        );
      }
      res.json(version);
    });
    router.post('/versions/:id/:number/transition', (req, res) => {
      this.beforeTransition();
      const version = this.versions.get(`${req.params.id}@${req.params.number}`)!;
      const { from, to } = this.#called<{ from: VersionState; to: VersionState }>('transition', req.body);
      if (version.state !== from) throw new PlatformError('conflict', `It is ${version.state}.`);
      this.setState(version, to);
      res.json(this.versions.get(`${req.params.id}@${req.params.number}`));
    });
    router.put(`${at}/aliases/:alias`, (req, res) => {
      const record = this.#function(req.params);
      this.#guard(
        req.body,
        record.aliases.find(({ name }) => name === req.params.alias),
      );
      const { weights, sticky } = this.#called<AliasSetting>('setAlias', req.body);
      const others = record.aliases.filter(({ name }) => name !== req.params.alias);
      const alias = { name: req.params.alias, weights, ...(sticky ? { sticky } : {}), updatedAt: NOW };
      record.aliases = [...others, alias];
      this.#refresh(record.id);
      res.json(record);
    });
    router.delete(`${at}/aliases/:alias`, (req, res) => {
      if (req.params.alias === 'live') throw new PlatformError('conflict', 'Alias "live" cannot be deleted.');
      res.json(this.#function(req.params));
    });
    for (const move of ['promote', 'rollback']) {
      router.post(`${at}/${move}`, (req, res) => {
        this.#guard(
          req.body,
          this.#function(req.params).aliases.find(({ name }) => name === 'live'),
        );
        this.#called(move, req.body);
        res.json({ from: 3, to: 1 });
      });
    }
    router.get(`${at}/rollback`, (req, res) => {
      this.#called('previewRollback', req.query);
      res.json({ from: 3, to: 1, weights: [{ version: 1, weight: 100 }] });
    });
    router.post(`${at}/rollout`, (req, res) => {
      const { id } = this.#function(req.params);
      const { version, plan } = this.#called<Pick<RolloutView, 'version' | 'plan'>>('startRollout', req.body);
      res.status(201).json(this.setRollout(id, { version, plan }));
    });
    router.get(`${at}/rollout`, (req, res) => void res.json(this.#rollout(req.params)));
    router.get(`${at}/rollouts`, (req, res) => {
      const rollout = this.rollouts.get(this.#function(req.params).id);
      res.json({ items: rollout ? [rollout] : [], next: null });
    });
    router.post(`${at}/rollout/steer`, (req, res) => {
      this.#called('steerRollout', req.body);
      res.json(this.#rollout(req.params));
    });
    router.get(`${at}/domains`, (req, res) => {
      const { domains } = this.#function(req.params);
      res.json({ items: domains.map((domain) => ({ domain, createdBy: 'admin', createdAt: NOW })) });
    });
    router.post(`${at}/domains`, (req, res) => {
      const record = this.#function(req.params);
      const { domain } = this.#called<{ domain: string }>('addDomain', req.body);
      if ([...this.functions.values()].some(({ domains }) => domains.includes(domain)))
        throw new PlatformError('conflict', `The domain "${domain}" is in use already.`);
      record.domains = [...record.domains, domain];
      this.#announce();
      res.status(201).json({ domain, createdBy: 'admin', createdAt: NOW });
    });
    router.delete(`${at}/domains/:domain`, (req, res) => {
      const record = this.#function(req.params);
      this.#called('deleteDomain', { ...req.query, domain: req.params.domain });
      if (!record.domains.includes(req.params.domain))
        throw new PlatformError('not_found', 'No such domain.');
      record.domains = record.domains.filter((domain) => domain !== req.params.domain);
      this.#announce();
      res.status(204).end();
    });
    router.get('/tokens', (_req, res) => void res.json({ items: [...this.tokens.values()] }));
    router.post('/tokens', (req, res) => {
      res.json(this.addToken(this.#called<TokenRecord>('createToken', req.body)));
    });
    router.delete('/tokens/:id', (req, res) => {
      if (!this.tokens.delete(req.params.id)) throw new PlatformError('not_found', 'There is no such token.');
      this.#announce();
      res.status(204).end();
    });
    router.get('/builds', (req, res) => {
      const { project } = this.#called<{ project?: string }>('listBuilds', req.query);
      const all = [...this.versions.values()].filter(
        (version) => project === undefined || version.project === project,
      );
      res.json({ items: all.reverse(), next: null });
    });
    router.get('/executions', (req, res) => {
      this.#called('listExecutions', req.query);
      res.json({ items: this.listed, next: null });
    });
    router.get('/executions/recorded', (_req, res) => {
      const items = this.recorded.splice(0);
      this.recordedSeq += items.length;
      res.json({ seq: this.recordedSeq, items, skipped: 0 });
    });
    router.get('/metrics', (req, res) => {
      this.#called('readMetrics', req.query);
      res.json({ from: NOW, to: NOW, stepMs: 10_000, totals: NO_CALLS, points: [] });
    });
    router.get('/metrics/functions', (req, res) => {
      this.#called('listFunctionUse', req.query);
      res.json({ items: this.use });
    });
    router.get('/executions/:id', (req, res) => {
      this.#called('getExecution', req.query);
      const { id } = req.params;
      const known = this.executions.find((execution) => [execution.id, execution.requestId].includes(id));
      res.json(
        known ?? { id, project: 'shop', requestId: id, functionId: 'f', startedAt: NOW, bodies: null },
      );
    });
    router.get('/audit', (req, res) => {
      this.#called('listAudit', req.query);
      res.json({ items: [], next: null });
    });
    return router;
  }

  /** Ends all long polls, so that the server can close. */
  release(): void {
    for (const wake of this.#waiters) wake();
  }

  #called<T>(what: string, body: unknown): T {
    this.calls.push({ what, body });
    return body as T;
  }

  #guard(body: unknown, record: object | undefined): void {
    const { ifMatch } = body as { ifMatch?: string };
    if (ifMatch === undefined || namesState(ifMatch, record)) return;
    throw new PlatformError('precondition_failed', 'It has changed.');
  }

  #function(params: { project: string; name: string }): FunctionRecord {
    const record = this.functions.get(`${params.project}/${params.name}`);
    if (!record) throw new PlatformError('not_found', `There is no function "${params.name}".`);
    return record;
  }

  #rollout(params: { project: string; name: string }): RolloutView {
    const rollout = this.rollouts.get(this.#function(params).id);
    if (!rollout) throw new PlatformError('not_found', 'There was no rollout.');
    return rollout;
  }

  #refresh(id: string): void {
    const record = this.functions.get(id)!;
    const named = new Set(record.aliases.flatMap(({ weights }) => weights.map(({ version }) => version)));
    const all = [...this.versions.values()].filter((version) => version.functionId === id);
    record.versions = all.filter((version) => named.has(version.number) || !isTerminal(version.state));
    this.#announce();
  }

  #all(): Change[] {
    const seq = this.#seq;
    return [
      ...[...this.projects.values()].map((value): Change => ({
        seq,
        kind: 'project',
        key: value.name,
        value,
      })),
      ...[...this.functions.values()].map((value): Change => ({
        seq,
        kind: 'function',
        key: value.id,
        value,
      })),
      ...[...this.tokens.values()].map((value): Change => ({ seq, kind: 'token', key: value.id, value })),
    ];
  }

  #announce(): void {
    this.#seq++;
    this.release();
  }

  #nextChange(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiters.add(done);
    });
  }
}
