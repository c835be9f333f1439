import type {
  AliasWeight,
  AuditRecord,
  ChangesPage,
  DomainRecord,
  Execution,
  FunctionRecord,
  FunctionState,
  Outcome,
  Project,
  Role,
  TokenRecord,
  Trigger,
  VersionError,
  VersionRecord,
} from '../domain.ts';
import type { BUILD_STATES } from '../api/builds-api.ts';
import type { STATUS_CLASSES } from '../api/executions-api.ts';
import type { KeptBodies, WakeRung } from '../execution.ts';
import type { FunctionConfig } from '../function-config.ts';
import type { RolloutAction, RolloutPlan, RolloutView } from '../rollout.ts';
import type { Sticky } from '../sticky.ts';
import { InternalClient, path, type InternalClientOptions } from '../http-client.ts';
import type { FunctionMetrics, FunctionUse, InstanceSample } from '../metrics.ts';
import type { VersionState } from '../version-states.ts';
import { upkeepCalls, type UpkeepCalls } from './upkeep-calls.ts';

/** `actor` is the principal's name; it is written to the audit log in the same transaction as the change. */
export type By = { actor: string };

/**
 * A change that is only made while the object has a state that `ifMatch` names (`stateTag`s with commas between them,
 * or `*`); otherwise it is `precondition_failed`. Checked in the transaction that makes the change.
 */
export type Guarded = By & { ifMatch?: string };

/**
 * A creation that is made once: a repeat with the same `key` and `request` answers with what the first one made, the
 * same key with another request is `conflict`. Both are sha256 in hex; keys are kept for a day.
 */
export type Idempotency = { key: string; request: string };
export type Once = By & { idempotency?: Idempotency };

export type NewVersion = {
  config: FunctionConfig;
  sourceDigest: string;
  sourceBytes: number;
  promote: boolean;
  /** Alias `live` moves to it in steps once it is ready; `promote` is false then. */
  rollout?: RolloutPlan;
};

/** What an alias becomes; `sticky` null takes it off, undefined leaves it as it is. */
export type AliasSetting = { weights: AliasWeight[]; sticky?: Sticky | null };

/** The version that alias `live` named most, before and after. */
export type LiveMove = { from: number | null; to: number };
/** A move before it is made: what `live` would name. */
export type LivePreview = LiveMove & { weights: AliasWeight[] };
export type LiveChange = Guarded & { version?: number; idempotency?: Idempotency };

export type Transition = {
  from: VersionState;
  to: VersionState;
  imageId?: string;
  imageReused?: boolean;
  imageRef?: string;
  error?: VersionError;
};

/** `from`: the id of the image that the version has had. `imageRef`: where the new one is in the registry, if it is in one. */
export type ImageReplacement = { from: string; imageId: string; imageRef?: string };

export type Page<T> = {
  items: T[];
  /** Hand back as `before` for the next page; null at the end. */ next: string | null;
};

/** All that is given has to hold. Times are ISO 8601. */
export type ExecutionFilter = {
  project?: string | undefined;
  function?: string | undefined;
  version?: number | undefined;
  alias?: string | undefined;
  trigger?: Trigger | undefined;
  /** Class of the status: `2xx`. */
  status?: (typeof STATUS_CLASSES)[number] | undefined;
  outcome?: Outcome | undefined;
  /** Whether the outcome is another than `ok`. */
  failed?: boolean | undefined;
  cold?: boolean | undefined;
  rung?: WakeRung | undefined;
  instance?: string | undefined;
  requestId?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  /** Text that it contains. */
  q?: string | undefined;
  before?: string | undefined;
  limit?: number | undefined;
};

/** All that is given has to hold; `since` is ISO 8601. */
export type BuildFilter = {
  project?: string | undefined;
  function?: string | undefined;
  /** `active`: any that is not terminal. */
  state?: (typeof BUILD_STATES)[number] | undefined;
  since?: string | undefined;
  /** Text that function, actor or error contains. */
  q?: string | undefined;
  before?: string | undefined;
  limit?: number | undefined;
};

/** An execution and what was kept of its bodies. */
export type RecordedExecution = Execution & { bodies?: KeptBodies | null | undefined };

/**
 * The metadata service's internal API, one method a route. Errors: `not_found` for what does not exist, `conflict` for
 * what the present state forbids, `invalid`, `unreachable`.
 */
export class MetadataClient {
  readonly #http: InternalClient;
  /** Checks and garbage of this service. */
  readonly upkeep: UpkeepCalls;

  constructor(options: Omit<InternalClientOptions, 'service'>) {
    this.#http = new InternalClient({ ...options, service: 'metadata service' });
    this.upkeep = upkeepCalls(this.#http);
  }

  /** Waits up to `waitMs` for something newer than `since`; `since: 0` (or one too old) gives the whole state. */
  changes(query: { since: number; waitMs: number }, signal?: AbortSignal): Promise<ChangesPage> {
    return this.#http.json('GET', '/changes', { query, signal, timeoutMs: query.waitMs + 10_000 });
  }

  listProjects(): Promise<{ items: Project[] }> {
    return this.#http.json('GET', '/projects');
  }
  /** `conflict` when it exists. */
  createProject(body: { name: string } & Once): Promise<Project> {
    return this.#http.json('POST', '/projects', { body });
  }
  /** `conflict` while it has functions. */
  deleteProject(name: string, by: By): Promise<void> {
    return this.#http.json('DELETE', path`/projects/${name}`, { query: by });
  }

  /** Sorted by project, then name; without `project`, of all projects. */
  listFunctions(query: { project?: string } = {}): Promise<{ items: FunctionRecord[] }> {
    return this.#http.json('GET', '/functions', { query });
  }
  /** The same in pages, without drafts, in the order of `project/name`; `before` is the `next` of the page before. */
  pageFunctions(query: {
    project?: string | undefined;
    before?: string | undefined;
    limit: number;
  }): Promise<Page<FunctionRecord>> {
    return this.#http.json('GET', '/functions/page', { query });
  }
  getFunction(project: string, name: string): Promise<FunctionRecord> {
    return this.#http.json('GET', path`/projects/${project}/functions/${name}`);
  }
  setFunctionState(
    project: string,
    name: string,
    body: { state: FunctionState } & Guarded,
  ): Promise<FunctionRecord> {
    return this.#http.json('PATCH', path`/projects/${project}/functions/${name}`, { body });
  }
  deleteFunction(project: string, name: string, by: Guarded): Promise<void> {
    return this.#http.json('DELETE', path`/projects/${project}/functions/${name}`, { query: by });
  }

  /**
   * Gives out the next number, state `pending`; makes the function when it is new. `not_found` for an unknown project,
   * `conflict` when another function already has the host `<project>-<name>`.
   */
  createVersion(project: string, name: string, body: NewVersion & Once): Promise<VersionRecord> {
    return this.#http.json('POST', path`/projects/${project}/functions/${name}/versions`, { body });
  }
  /** Newest first. */
  listVersions(
    project: string,
    name: string,
    query: { before?: number; limit?: number } = {},
  ): Promise<Page<VersionRecord>> {
    return this.#http.json('GET', path`/projects/${project}/functions/${name}/versions`, { query });
  }
  /** Versions of all functions, newest first; without drafts. */
  listBuilds(query: BuildFilter): Promise<Page<VersionRecord>> {
    return this.#http.json('GET', '/builds', { query });
  }
  getVersion(project: string, name: string, version: number): Promise<VersionRecord> {
    return this.#http.json('GET', path`/projects/${project}/functions/${name}/versions/${version}`);
  }
  /**
   * Moves a version along its state machine; `conflict` when it is no longer in `from`. `ready` with `promote` also
   * moves alias `live`, in the same transaction, unless a later version was already promoted.
   */
  transitionVersion(functionId: string, version: number, body: Transition & By): Promise<VersionRecord> {
    return this.#http.json('POST', path`/versions/${functionId}/${version}/transition`, { body });
  }

  /**
   * The image of this version is about to be removed: from now on the version has none. `conflict` when an alias names
   * the version, when it is not terminal, or when it has another image by now.
   */
  releaseImage(functionId: string, version: number, body: { imageId: string } & By): Promise<VersionRecord> {
    return this.#http.json('POST', path`/versions/${functionId}/${version}/release-image`, { body });
  }

  /** The version runs from another image from now on; `conflict` when its image is not `from` (any more). */
  replaceImage(functionId: string, version: number, body: ImageReplacement & By): Promise<VersionRecord> {
    return this.#http.json('POST', path`/versions/${functionId}/${version}/image`, { body });
  }

  /** Weights must sum to 100 and name versions that are `ready` (`conflict` otherwise). */
  setAlias(
    project: string,
    name: string,
    alias: string,
    body: AliasSetting & Guarded,
  ): Promise<FunctionRecord> {
    return this.#http.json('PUT', path`/projects/${project}/functions/${name}/aliases/${alias}`, { body });
  }
  /** `live` cannot be deleted (`conflict`). */
  deleteAlias(project: string, name: string, alias: string, by: Guarded): Promise<FunctionRecord> {
    return this.#http.json('DELETE', path`/projects/${project}/functions/${name}/aliases/${alias}`, {
      query: by,
    });
  }

  /** Moves alias `live` to `version`, or to the newest version that is ready; `conflict` when there is none. */
  promote(project: string, name: string, body: LiveChange): Promise<LiveMove> {
    return this.#http.json('POST', path`/projects/${project}/functions/${name}/promote`, { body });
  }
  /** Moves alias `live` to `version`, or back to what it named before; `conflict` when there is nothing to go back to. */
  rollback(project: string, name: string, body: LiveChange): Promise<LiveMove> {
    return this.#http.json('POST', path`/projects/${project}/functions/${name}/rollback`, { body });
  }

  /** What `rollback` would do now; `conflict` when it would be. */
  previewRollback(
    project: string,
    name: string,
    query: { version?: number | undefined } = {},
  ): Promise<LivePreview> {
    return this.#http.json('GET', path`/projects/${project}/functions/${name}/rollback`, { query });
  }

  /** `conflict` while another rollout is under way, and while `live` names several versions. */
  startRollout(
    project: string,
    name: string,
    body: { version: number; plan: RolloutPlan } & By,
  ): Promise<RolloutView> {
    return this.#http.json('POST', path`/projects/${project}/functions/${name}/rollout`, { body });
  }
  /** The one under way, or the last; `not_found` when there was none. */
  getRollout(project: string, name: string): Promise<RolloutView> {
    return this.#http.json('GET', path`/projects/${project}/functions/${name}/rollout`);
  }
  /** Newest first; the latest of a function are kept. */
  listRollouts(
    project: string,
    name: string,
    query: { before?: string | undefined; limit?: number } = {},
  ): Promise<Page<RolloutView>> {
    return this.#http.json('GET', path`/projects/${project}/functions/${name}/rollouts`, { query });
  }
  steerRollout(project: string, name: string, body: { action: RolloutAction } & By): Promise<RolloutView> {
    return this.#http.json('POST', path`/projects/${project}/functions/${name}/rollout/steer`, { body });
  }

  /** By name. */
  listDomains(project: string, name: string): Promise<{ items: DomainRecord[] }> {
    return this.#http.json('GET', path`/projects/${project}/functions/${name}/domains`);
  }
  /** `domain` is in its normal form. `conflict` when a function has it, without telling whose when it is another project's. */
  addDomain(project: string, name: string, body: { domain: string } & By): Promise<DomainRecord> {
    return this.#http.json('POST', path`/projects/${project}/functions/${name}/domains`, { body });
  }
  deleteDomain(project: string, name: string, domain: string, by: By): Promise<void> {
    return this.#http.json('DELETE', path`/projects/${project}/functions/${name}/domains/${domain}`, {
      query: by,
    });
  }

  listTokens(): Promise<{ items: TokenRecord[] }> {
    return this.#http.json('GET', '/tokens');
  }
  /** A repeat is `conflict`: the secret is not kept. */
  createToken(
    body: { name: string; role: Role; project: string | null; hash: string; expiresAt: string | null } & Once,
  ): Promise<TokenRecord> {
    return this.#http.json('POST', '/tokens', { body });
  }
  deleteToken(id: string, by: By): Promise<void> {
    return this.#http.json('DELETE', path`/tokens/${id}`, { query: by });
  }

  /** Idempotent by execution id, so a batch may be sent again. */
  recordExecutions(executions: RecordedExecution[]): Promise<void> {
    return this.recordTexts(executions.map((execution) => JSON.stringify(execution)));
  }
  /** The same; each is the JSON of a {@link RecordedExecution}. */
  recordTexts(texts: readonly string[]): Promise<void> {
    return this.#http.json('POST', '/executions', { json: `{"executions":[${texts.join(',')}]}` });
  }
  /** Newest first; `before` is the `next` of the page before. */
  listExecutions(query: ExecutionFilter): Promise<Page<Execution>> {
    return this.#http.json('GET', '/executions', { query });
  }
  /** By execution id or request id; with `project`, of that project only. */
  getExecution(id: string, query: { project?: string | undefined } = {}): Promise<RecordedExecution> {
    return this.#http.json('GET', path`/executions/${id}`, { query });
  }

  /** Calls as they are recorded, oldest first; `since: -1` gives the present number only. Waits up to `waitMs`. */
  recordedSince(
    query: { since: number; waitMs: number },
    signal?: AbortSignal,
  ): Promise<{ seq: number; items: Execution[]; skipped: number }> {
    return this.#http.json('GET', '/executions/recorded', {
      query,
      signal,
      timeoutMs: query.waitMs + 10_000,
    });
  }

  /** Of a function, a project, or all. `invalid` when that would be too many points. */
  readMetrics(query: {
    functionId?: string;
    version?: number | undefined;
    project?: string | undefined;
    rangeMs: number;
    stepMs?: number | undefined;
    pointsMax?: number;
  }): Promise<Omit<FunctionMetrics, 'project' | 'function' | 'version'>> {
    return this.#http.json('GET', '/metrics', { query });
  }
  /** In no order. `trend`: so many steps are told; `quiet`: of functions that were not called in the range too. */
  listFunctionUse(query: {
    project?: string | undefined;
    rangeMs: number;
    trend?: number | undefined;
    quiet?: boolean;
  }): Promise<{ items: (FunctionUse & { functionId: string })[] }> {
    return this.#http.json('GET', '/metrics/functions', { query });
  }
  /** Each call counts: one that may have arrived is not sent again. */
  recordSamples(samples: InstanceSample[]): Promise<void> {
    return this.#http.json('POST', '/metrics/samples', { body: { samples } });
  }

  listAudit(query: { before?: string; limit?: number; object?: string }): Promise<Page<AuditRecord>> {
    return this.#http.json('GET', '/audit', { query });
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}
