import type { Readable } from 'node:stream';
import type {
  AliasRecord,
  AliasWeight,
  BuildLogLine,
  Execution,
  FunctionState,
  InstanceInfo,
  LogLine,
  Principal,
  Project,
  Role,
  VersionRecord,
} from '@plat/platform-kit/domain.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import type { FunctionView, Page, SystemView, TokenView } from './api-types.ts';
import { route } from './route.ts';
import type { Query, Transport } from './transport.ts';

export type FunctionKey = { project: string; name: string };
type PageQuery = { limit?: number | undefined; before?: string | undefined };

/** The gateway says something at least every 15 s on an open event stream. */
const EVENTS_SILENCE_MS = 45_000;

/** The public API as `docs/api.md` writes it down, one method a route. Errors are those of {@link Transport}. */
export class ApiClient {
  readonly http: Transport;

  constructor(http: Transport) {
    this.http = http;
  }

  whoami = () => this.http.json<Principal>('GET', '/api/whoami');
  system = () => this.http.json<SystemView>('GET', '/api/system');
  runtimes = () => this.http.json<Page<RuntimeManifest>>('GET', '/api/runtimes');

  listProjects = () => this.http.json<Page<Project>>('GET', '/api/projects');
  createProject = (name: string) => this.http.json<Project>('POST', '/api/projects', { body: { name } });
  deleteProject = (name: string) => this.http.json<void>('DELETE', route`/api/projects/${name}`);

  listTokens = () => this.http.json<Page<TokenView>>('GET', '/api/tokens');
  createToken = (body: { name: string; role: Role; project?: string; expiresIn?: string }) =>
    this.http.json<TokenView & { token: string }>('POST', '/api/tokens', { body });
  deleteToken = (id: string) => this.http.json<void>('DELETE', route`/api/tokens/${id}`);

  listFunctions = (query: PageQuery & { project?: string }) =>
    this.http.json<Page<FunctionView>>('GET', '/api/functions', { query });
  getFunction = (key: FunctionKey) => this.http.json<FunctionView>('GET', functionPath(key));
  setFunctionState = (key: FunctionKey, state: FunctionState) =>
    this.http.json<FunctionView>('PATCH', functionPath(key), { body: { state }, timeoutMs: 60_000 });
  deleteFunction = (key: FunctionKey) =>
    this.http.json<void>('DELETE', functionPath(key), { timeoutMs: 120_000 });

  listVersions = (key: FunctionKey, query: PageQuery = {}) =>
    this.http.json<Page<VersionRecord>>('GET', `${functionPath(key)}/versions`, { query });
  getVersion = (key: FunctionKey, version: number) =>
    this.http.json<VersionRecord>('GET', versionPath(key, version));
  cancelVersion = (key: FunctionKey, version: number, signal?: AbortSignal) =>
    this.http.json<VersionRecord>('POST', `${versionPath(key, version)}/cancel`, signal ? { signal } : {});
  rollback = (key: FunctionKey, version: number | undefined) =>
    this.http.json<{ from: number; to: number }>('POST', `${functionPath(key)}/rollback`, {
      body: { version },
    });

  /** `body` is multipart, as `docs/api.md` says; its own headers carry the boundary and the length. */
  deploy = (
    key: FunctionKey,
    upload: { body: Readable; headers: Record<string, string>; onProgress: (sentBytes: number) => void },
  ) =>
    this.http.json<VersionRecord>('POST', `${functionPath(key)}/versions`, {
      body: upload.body,
      headers: upload.headers,
      onUpload: upload.onProgress,
      timeoutMs: 600_000,
    });

  buildLog = (key: FunctionKey, version: number) =>
    this.http.json<{ items: BuildLogLine[] }>('GET', `${versionPath(key, version)}/log`);
  source = async (key: FunctionKey, version: number): Promise<AsyncIterable<Buffer>> =>
    this.http.chunks(await this.http.open('GET', `${versionPath(key, version)}/source`));

  listAliases = (key: FunctionKey) =>
    this.http.json<{ items: AliasRecord[] }>('GET', `${functionPath(key)}/aliases`);
  putAlias = (key: FunctionKey, alias: string, body: { version: number } | { weights: AliasWeight[] }) =>
    this.http.json<AliasRecord>('PUT', `${functionPath(key)}${route`/aliases/${alias}`}`, { body });
  deleteAlias = (key: FunctionKey, alias: string) =>
    this.http.json<void>('DELETE', `${functionPath(key)}${route`/aliases/${alias}`}`);

  listInstances = (key: FunctionKey, query: { stats?: boolean }) =>
    this.http.json<{ items: InstanceInfo[] }>('GET', `${functionPath(key)}/instances`, { query });
  logs = (key: FunctionKey, query: Query) =>
    this.http.json<{ items: LogLine[] }>('GET', `${functionPath(key)}/logs`, { query });

  listExecutions = (query: Query) => this.http.json<Page<Execution>>('GET', '/api/executions', { query });
  getExecution = (id: string) => this.http.json<Execution>('GET', route`/api/executions/${id}`);

  /** `state`, `log` and `end` of a version's deploy. */
  versionEvents = (key: FunctionKey, version: number, signal: AbortSignal) =>
    this.#events(`${versionPath(key, version)}/events`, {}, signal);
  followBuildLog = (key: FunctionKey, version: number, signal: AbortSignal) =>
    this.#events(`${versionPath(key, version)}/log`, { follow: true }, signal);
  followLogs = (key: FunctionKey, query: Query, signal: AbortSignal) =>
    this.#events(`${functionPath(key)}/logs`, { ...query, follow: true }, signal);

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

function functionPath({ project, name }: FunctionKey): string {
  return route`/api/projects/${project}/functions/${name}`;
}

function versionPath(key: FunctionKey, version: number): string {
  return `${functionPath(key)}${route`/versions/${version}`}`;
}
