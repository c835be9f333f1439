import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { HostInstance, InstanceExits, InstanceHost, InstanceSpec } from '../instance-host.ts';
import { FakePool } from './fake-pool.ts';
import { claimOf, specHash } from '../instance-spec.ts';

/** What becomes of an instance: `ready` soon, `silent` for ever, a crash loop, or a load failure with a reason. */
export type Behaviour =
  | { is: 'ready' }
  | { is: 'silent' }
  | { is: 'crashing'; exitCode: number }
  | { is: 'failed'; reason: string };

export type FakeInstance = HostInstance & {
  spec: InstanceSpec;
  exits: Omit<InstanceExits, 'status'>;
  lines: LogLine[];
};

/** An engine in memory, for tests: behaviour by version, switches for what goes wrong, and a record of what was asked. */
export class FakeInstanceHost implements InstanceHost {
  readonly engine = 'fake';
  readonly pool = new FakePool(this);
  readonly instances = new Map<string, FakeInstance>();
  readonly networks = new Set<string>();
  readonly started: number[] = [];
  readonly removed: string[] = [];
  readonly resumed: string[] = [];
  resumeError: Error | undefined;
  pauseError: Error | undefined;
  startMs = 0;
  hostHas = { memoryMb: 1_000_000, cpus: 1000 };
  /** The most memory and CPU that instances took at once. */
  readonly peak = { memoryMb: 0, cpus: 0 };
  startsAtOnce = 0;
  #starting = 0;
  behaviour: (version: number) => Behaviour = () => ({ is: 'ready' });
  isAway = false;
  startError: Error | undefined;
  removeError: Error | undefined;
  #next = 0;
  readonly #watchers = new Set<{ onEvent: (functionId: string, action: string) => void; end: () => void }>();

  async start(spec: InstanceSpec, _signal?: AbortSignal, instance?: string): Promise<string> {
    this.#answer();
    this.startsAtOnce = Math.max(this.startsAtOnce, ++this.#starting);
    if (this.startMs > 0) await pause(this.startMs, new AbortController().signal);
    this.#starting--;
    if (this.startError) throw this.startError;
    this.networks.add(spec.project);
    const id = `c${this.#next++}`;
    this.#add(id, spec, instance ?? `${id}-name`);
    this.started.push(spec.version);
    this.emit(spec.functionId, 'start');
    return id;
  }

  /** A container of a pool becomes an instance. */
  adopt(id: string, spec: InstanceSpec, instance: string): void {
    this.#add(id, spec, instance);
    this.instances.get(id)!.fromPool = true;
    this.emit(spec.functionId, 'rename');
  }

  #add(id: string, spec: InstanceSpec, instance: string): void {
    const behaviour = this.behaviour(spec.version);
    const crashes = behaviour.is === 'crashing';
    const { functionId, project, version, port } = spec;
    this.instances.set(id, {
      id,
      name: id,
      spec,
      status: crashes ? 'restarting' : 'running',
      address: crashes ? null : '10.0.0.1',
      createdAtMs: Date.now(),
      labels: { functionId, project, function: spec.function, version, instance, port, engine: 'fake', spec: specHash(spec), claim: claimOf(spec) }, // prettier-ignore
      exits: {
        restarts: crashes ? 1 : 0,
        exitCode: crashes ? behaviour.exitCode : null,
        outOfMemory: false,
        startedAt: new Date().toISOString(),
      },
      lines: [this.#line(id, version, `hello from v${version}`)],
    });
    this.#notePeak();
  }

  async remove(id: string): Promise<void> {
    this.#answer();
    if (this.removeError) throw this.removeError;
    const instance = this.instances.get(id);
    if (!instance) return;
    this.instances.delete(id);
    this.removed.push(id);
    this.emit(instance.labels.functionId, 'destroy');
  }

  async pause(id: string): Promise<void> {
    if (this.pauseError) throw this.pauseError;
    this.#find(id).status = 'paused';
  }

  async stop(id: string): Promise<void> {
    this.#find(id).status = 'exited';
  }

  async resume(id: string, only?: { functionId: string; version: number }): Promise<void> {
    const { labels } = this.#find(id);
    if (only && (labels.functionId !== only.functionId || labels.version !== only.version))
      throw new PlatformError('not_found', `There is no instance "${id}" of this version.`);
    if (this.resumeError) throw this.resumeError;
    this.resumed.push(id);
    this.#find(id).status = 'running';
    this.#notePeak();
  }

  async list({ functionId }: { functionId?: string } = {}): Promise<HostInstance[]> {
    this.#answer();
    return [...this.instances.values()].filter(
      (instance) => functionId === undefined || instance.labels.functionId === functionId,
    );
  }

  async watch(options: Parameters<InstanceHost['watch']>[0]): Promise<void> {
    this.#answer();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const watcher = { onEvent: options.onEvent, end };
    this.#watchers.add(watcher);
    options.signal.addEventListener('abort', end, { once: true });
    options.onOpen();
    await ended;
    this.#watchers.delete(watcher);
  }

  async exits(id: string): Promise<InstanceExits> {
    const { exits, status } = this.#find(id);
    return { ...exits, status };
  }

  async stats(id: string) {
    this.#find(id);
    return { cpuPercent: 1, memoryBytes: 2, memoryLimitBytes: 3, pids: 4 };
  }

  async *logs(id: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine> {
    const instance = this.#find(id);
    const isWanted = (line: LogLine) =>
      (!query.since || line.at >= query.since) && (!query.requestId || line.requestId === query.requestId);
    const kept = instance.lines.filter(isWanted);
    const tail = query.tail === undefined ? kept : query.tail === 0 ? [] : kept.slice(-query.tail);
    let read = instance.lines.length;
    yield* tail;
    while (query.follow && !signal.aborted && this.instances.get(id)?.status === 'running') {
      for (; read < instance.lines.length; read++)
        if (isWanted(instance.lines[read]!)) yield instance.lines[read]!;
      await pause(5, signal);
    }
  }

  async forgetProject(project: string): Promise<void> {
    this.#answer();
    if (![...this.instances.values()].some((instance) => instance.labels.project === project))
      this.networks.delete(project);
  }

  async listProjects(): Promise<string[]> {
    this.#answer();
    return [...this.networks];
  }

  async resources() {
    this.#answer();
    return this.hostHas;
  }

  async info() {
    return this.isAway
      ? { engine: 'fake', available: false, version: null, problem: 'It is away.' }
      : { engine: 'fake', available: true, version: '1', problem: null };
  }

  /** What the proxy's probe would find out. */
  readiness(instance: FakeInstance) {
    const behaviour = this.behaviour(instance.labels.version);
    if (instance.status !== 'running') return { state: 'unknown' as const };
    if (behaviour.is === 'ready') return { state: 'ready' as const };
    if (behaviour.is === 'failed') return { state: 'failed' as const, reason: behaviour.reason };
    return { state: 'probing' as const };
  }

  running(version?: number): FakeInstance[] {
    return [...this.instances.values()].filter(
      (instance) =>
        instance.status === 'running' && (version === undefined || instance.labels.version === version),
    );
  }

  emit(functionId: string, action: string): void {
    for (const watcher of this.#watchers) watcher.onEvent(functionId, action);
  }

  /** The engine goes away: its event streams end, and no call is answered until `comeBack`. */
  goAway(): void {
    this.isAway = true;
    for (const watcher of this.#watchers) watcher.end();
  }

  comeBack(): void {
    this.isAway = false;
  }

  print(id: string, text: string, over: Partial<LogLine> = {}): void {
    const instance = this.#find(id);
    instance.lines.push({ ...this.#line(id, instance.labels.version, text), ...over });
  }

  #line(id: string, version: number, text: string): LogLine {
    return {
      at: new Date().toISOString(),
      instance: `${id}-name`,
      version,
      stream: 'stdout',
      requestId: null,
      text,
    };
  }

  #notePeak(): void {
    const all = [...this.instances.values()];
    const holding = all.filter(({ status }) => status !== 'exited');
    const running = all.filter(({ status }) => status === 'running');
    this.peak.memoryMb = Math.max(this.peak.memoryMb, total(holding.map(({ spec }) => spec.memoryMb)));
    this.peak.cpus = Math.max(this.peak.cpus, total(running.map(({ spec }) => spec.cpus)));
  }

  #find(id: string): FakeInstance {
    this.#answer();
    const instance = this.instances.get(id);
    if (!instance) throw new PlatformError('not_found', `There is no instance "${id}".`);
    return instance;
  }

  #answer(): void {
    if (this.isAway)
      throw new PlatformError('unavailable', 'It is away.', { details: { reason: 'engine_unavailable' } });
  }
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
