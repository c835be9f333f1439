import type { Readable } from 'node:stream';
import {
  createApiClient,
  routePath,
  type ApiClient as GeneratedClient,
  type ApiInput,
} from '@plat/platform-kit/api/api-client.ts';
import type { DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import { API } from '@plat/platform-kit/api/api.ts';
import type { FunctionState, Role } from '@plat/platform-kit/domain.ts';
import type { RolloutAction } from '@plat/platform-kit/rollout.ts';
import { readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import type { Query, SendOptions, Transport } from './transport.ts';

export type FunctionKey = { project: string; name: string };
type PageQuery = { limit?: number; before?: string };
export type LogsQuery = NonNullable<ApiInput<typeof API.getLogs>['query']>;
export type ExecutionsQuery = NonNullable<ApiInput<typeof API.listExecutions>['query']>;
export type BuildsQuery = NonNullable<ApiInput<typeof API.listBuilds>['query']>;
type MetricsQuery = NonNullable<ApiInput<typeof API.getFunctionMetrics>['query']>;
type FunctionUseFilter = Omit<NonNullable<ApiInput<typeof API.listFunctionUse>['query']>, 'before' | 'limit'>;
type DashboardQuery = NonNullable<ApiInput<typeof API.getDashboard>['query']>;
type CallOptions = Pick<SendOptions, 'headers' | 'timeoutMs' | 'signal' | 'onUpload'>;

const PAGE_LIMIT = 200;

/** The gateway says something at least every 15 s on an open event stream. */
const EVENTS_SILENCE_MS = 45_000;

/** The public API as the commands use it, by the declarations that the gateway has its routes from. Errors are those of {@link Transport}. */
export class ApiClient {
  readonly http: Transport;
  readonly #api: GeneratedClient<CallOptions>;

  constructor(http: Transport) {
    this.http = http;
    this.#api = createApiClient(API, (request, options) =>
      http.json(request.method, request.path, {
        ...options,
        query: request.query,
        ...(request.body === undefined ? {} : { body: request.body }),
      }),
    );
  }

  whoami = () => this.#api.whoami();
  system = () => this.#api.getSystem();
  runtimes = () => allItems((query) => this.#api.listRuntimes({ query }));

  /** Takes as long as the slowest check; mending takes longer. */
  doctor = (options: { fix: boolean }) =>
    options.fix ? this.#api.mend({}, { timeoutMs: 120_000 }) : this.#api.examine({}, { timeoutMs: 60_000 });
  collectGarbage = (dryRun: boolean) =>
    this.#api.collectGarbage({ body: { dryRun } }, { timeoutMs: 400_000 });

  listProjects = () => allItems((query) => this.#api.listProjects({ query }));
  createProject = (name: string) => this.#api.createProject({ body: { name } });
  deleteProject = (project: string) => this.#api.deleteProject({ params: { project } });

  listTokens = () => allItems((query) => this.#api.listTokens({ query }));
  createToken = (body: { name: string; role: Role; project?: string; expiresIn?: string }) =>
    this.#api.createToken({ body });
  deleteToken = (id: string) => this.#api.deleteToken({ params: { id } });

  listFunctions = (filter: { project?: string }) =>
    allItems((page) => this.#api.listFunctions({ query: { ...filter, ...page } }));
  getFunction = (key: FunctionKey) => this.#api.getFunction({ params: params(key) });
  setFunctionState = (key: FunctionKey, state: FunctionState) =>
    this.#api.updateFunction({ params: params(key), body: { state } }, { timeoutMs: 60_000 });
  deleteFunction = (key: FunctionKey) =>
    this.#api.deleteFunction({ params: params(key) }, { timeoutMs: 120_000 });

  listVersions = (key: FunctionKey, query: PageQuery = {}) =>
    this.#api.listVersions({ params: params(key), query });
  getVersion = (key: FunctionKey, number: number) =>
    this.#api.getVersion({ params: { ...params(key), number } });
  cancelVersion = (key: FunctionKey, number: number, signal?: AbortSignal) =>
    this.#api.cancelVersion({ params: { ...params(key), number } }, signal ? { signal } : {});
  promote = (key: FunctionKey, version: number | undefined) =>
    this.#api.promote({ params: params(key), body: { version } });
  previewRollback = (key: FunctionKey, version: number | undefined) =>
    this.#api.previewRollback({ params: params(key), query: { version } });
  rollback = (key: FunctionKey, version: number | undefined) =>
    this.#api.rollback({ params: params(key), body: { version } });

  startRollout = (key: FunctionKey, body: ApiInput<typeof API.startRollout>['body']) =>
    this.#api.startRollout({ params: params(key), body });
  listRollouts = (key: FunctionKey) =>
    allItems((query) => this.#api.listRollouts({ params: params(key), query }));
  getRollout = (key: FunctionKey) => this.#api.getRollout({ params: params(key) });
  steerRollout = (key: FunctionKey, action: RolloutAction) =>
    action === 'abort'
      ? this.#api.abortRollout({ params: params(key) })
      : this.#api.steerRollout({ params: { ...params(key), action } });
  rolloutEvents = (key: FunctionKey, signal: AbortSignal) =>
    this.#events(routePath(API.watchRollout, params(key)), {}, signal);

  /** `body` is multipart, as `docs/api.md` says; its own headers carry the boundary and the length. */
  deploy = (
    key: FunctionKey,
    upload: { body: Readable; headers: Record<string, string>; onProgress: (sentBytes: number) => void },
  ) =>
    this.#api.deploy(
      { params: params(key), body: upload.body },
      { headers: upload.headers, onUpload: upload.onProgress, timeoutMs: 600_000 },
    );

  listBuilds = (query: BuildsQuery) => this.#api.listBuilds({ query });
  buildLog = (key: FunctionKey, number: number) =>
    this.#api.getBuildLog({ params: { ...params(key), number } });
  source = async (key: FunctionKey, number: number): Promise<AsyncIterable<Buffer>> =>
    this.http.chunks(await this.http.open('GET', routePath(API.getSource, { ...params(key), number })));

  listAliases = (key: FunctionKey) =>
    allItems((query) => this.#api.listAliases({ params: params(key), query }));
  putAlias = (key: FunctionKey, alias: string, body: ApiInput<typeof API.setAlias>['body']) =>
    this.#api.setAlias({ params: { ...params(key), alias }, body });
  deleteAlias = (key: FunctionKey, alias: string) =>
    this.#api.deleteAlias({ params: { ...params(key), alias } });

  listDomains = (key: FunctionKey) =>
    allItems((query) => this.#api.listDomains({ params: params(key), query }));
  addDomain = (key: FunctionKey, domain: string) =>
    this.#api.addDomain({ params: params(key), body: { domain } });
  deleteDomain = (key: FunctionKey, domain: string) =>
    this.#api.deleteDomain({ params: { ...params(key), domain } });

  listInstances = (key: FunctionKey, query: { stats?: boolean }) =>
    allItems((page) => this.#api.listInstances({ params: params(key), query: { ...query, ...page } }));
  listPools = () => allItems((page) => this.#api.listPools({ query: page }));
  listAllInstances = (query: { stats?: boolean; project?: string }) =>
    allItems((page) => this.#api.listAllInstances({ query: { ...query, ...page } }));
  logs = (key: FunctionKey, query: LogsQuery) => this.#api.getLogs({ params: params(key), query });

  functionMetrics = (key: FunctionKey, query: MetricsQuery) =>
    this.#api.getFunctionMetrics({ params: params(key), query });
  listFunctionUse = (filter: FunctionUseFilter) =>
    allItems((page) => this.#api.listFunctionUse({ query: { ...filter, ...page } }));
  dashboard = (query: DashboardQuery) => this.#api.getDashboard({ query });

  /** Builds, starts and calls: as long as a deploy and the call take. */
  testDraft = (project: string, form: { body: Readable; headers: Record<string, string> }) =>
    this.http.json<DraftResult>('POST', routePath(API.testFunction), {
      query: { project },
      body: form.body,
      headers: form.headers,
      timeoutMs: 1_260_000,
    });

  listExecutions = (query: ExecutionsQuery) => this.#api.listExecutions({ query });
  getExecution = (id: string, query: { logs: boolean }) => this.#api.getExecution({ params: { id }, query });

  /** `state`, `log` and `end` of a version's deploy. */
  versionEvents = (key: FunctionKey, version: number, signal: AbortSignal) =>
    this.#events(routePath(API.watchVersion, { ...params(key), number: version }), {}, signal);
  followBuildLog = (key: FunctionKey, version: number, signal: AbortSignal) =>
    this.#events(routePath(API.getBuildLog, { ...params(key), number: version }), { follow: true }, signal);
  followLogs = (key: FunctionKey, query: LogsQuery, signal: AbortSignal) =>
    this.#events(routePath(API.getLogs, params(key)), { ...query, follow: true }, signal);

  /** Server-sent events; throws a `network` error when the stream breaks or falls silent. */
  async *#events(path: string, query: Query, signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
    const answer = await this.http.open('GET', path, {
      query,
      headers: { accept: 'text/event-stream' },
      signal,
    });
    yield* readEvents(this.http.chunks(answer, EVENTS_SILENCE_MS));
  }
}

/** A key may have more to it than a path needs. */
function params({ project, name }: FunctionKey): FunctionKey {
  return { project, name };
}

/** A list whole, page by page. */
async function allItems<T>(
  read: (page: PageQuery) => Promise<{ items: T[]; next: string | null }>,
): Promise<{ items: T[] }> {
  const items: T[] = [];
  for (let before: string | undefined; ;) {
    const page = await read({ limit: PAGE_LIMIT, ...(before === undefined ? {} : { before }) });
    items.push(...page.items);
    if (!page.next) return { items };
    before = page.next;
  }
}
