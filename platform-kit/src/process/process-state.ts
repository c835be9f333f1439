import { existsSync, watch } from 'node:fs';
import { mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readLabels, type InstanceLabels } from '../docker/labels.ts';
import { PlatformError } from '../errors.ts';
import { pause } from '../waiting.ts';
import { isAlive, type ProcessId } from './process-tree.mjs';

/** What an instance of the engine `process` is made of; written once, before its start, by the instance host. */
export type ProcessSpec = {
  id: string;
  name: string;
  labels: Record<string, string>;
  createdAtMs: number;
  imageId: string;
  /** A free port of this host's loopback; the labels carry it too. */
  port: number;
  /** The user id that is this instance's alone; null when the platform does not run as root. */
  uid: number | null;
  memoryBytes: number;
  command: { file: string; args: string[]; cwd: string };
  env: Record<string, string>;
  /** Its private folder, removed with it. */
  workFolder: string;
  logFile: string;
  stateFile: string;
  stopFile: string;
};

/** How an instance is; written by its supervisor alone, each time as a whole. */
export type ProcessState = {
  supervisor: ProcessId;
  child: ProcessId | null;
  status: 'running' | 'restarting' | 'exited';
  restarts: number;
  exitCode: number | null;
  outOfMemory: boolean;
  startedAt: string | null;
};

/** An instance as its files and /proc show it. `dead`: nobody supervises it any more. */
export type ProcessInstance = {
  id: string;
  name: string;
  labels: InstanceLabels;
  status: 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead';
  address: string | null;
  createdAtMs: number;
  spec: ProcessSpec;
  state: ProcessState | undefined;
};

export type ProcessEvent = { id: string; action: string; labels: InstanceLabels };

/** Where the engine `process` keeps what; `folder` is the setting PROCESS_DIR. */
export function processPaths(folder: string) {
  const states = path.join(folder, 'state');
  const of = (id: string) => ({
    spec: path.join(states, `${id}.spec.json`),
    state: path.join(states, `${id}.state.json`),
    paused: path.join(states, `${id}.paused`),
    stop: path.join(states, `${id}.stop`),
    log: path.join(folder, 'logs', `${id}.log`),
  });
  return { states, logs: path.join(folder, 'logs'), images: path.join(folder, 'images'), of };
}

/** The folder of an image. Throws `not_found` for what is no id. */
export function imageFolder(folder: string, imageId: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(imageId)?.[1];
  if (!hex) throw new PlatformError('not_found', `There is no image "${imageId}".`);
  return path.join(processPaths(folder).images, hex);
}

/** `image.json` in an image's folder: how it is started. `{runtime}`, `{source}`, `{deps}` and `{root}` stand for its folders. */
export type ProcessImage = {
  functionId: string;
  buildKey: string;
  command: string[];
  env: Record<string, string>;
};

export async function readProcessImage(folder: string, imageId: string): Promise<ProcessImage | undefined> {
  return readJson<ProcessImage>(path.join(imageFolder(folder, imageId), 'image.json'));
}

/** Whether the engine `process` has this image. */
export function isProcessImage(folder: string, imageId: string): boolean {
  return existsSync(path.join(imageFolder(folder, imageId), 'image.json'));
}

/** Every instance of this installation; with `functionId`, of that function only. */
export async function listProcesses(
  folder: string,
  namespace: string,
  filter: { functionId?: string } = {},
): Promise<ProcessInstance[]> {
  const names = await readdir(processPaths(folder).states).catch(ignoreMissing);
  const found = await Promise.all(
    (names ?? [])
      .filter((name) => name.endsWith('.spec.json'))
      .map((name) => readInstance(folder, namespace, name.slice(0, -'.spec.json'.length))),
  );
  return found.filter(
    (instance) =>
      instance !== undefined && (!filter.functionId || instance.labels.functionId === filter.functionId),
  ) as ProcessInstance[];
}

/** The one way to an instance by its id; one that is not of this installation is `not_found`. */
export async function getProcess(folder: string, namespace: string, id: string): Promise<ProcessInstance> {
  const found = /^[\w-]{1,64}$/.test(id) ? await readInstance(folder, namespace, id) : undefined;
  if (!found) throw new PlatformError('not_found', `There is no instance "${id}".`);
  return found;
}

async function readInstance(
  folder: string,
  namespace: string,
  id: string,
): Promise<ProcessInstance | undefined> {
  const files = processPaths(folder).of(id);
  const [spec, state, isPaused] = await Promise.all([
    readJson<ProcessSpec>(files.spec),
    readJson<ProcessState>(files.state),
    stat(files.paused).then(
      () => true,
      () => false,
    ),
  ]);
  const labels = readLabels(spec?.labels, namespace);
  if (!spec || !labels) return undefined;
  const status = statusOf(state, isPaused);
  const isUp = status === 'running' || status === 'paused';
  return {
    id, name: spec.name, labels, status, address: isUp ? '127.0.0.1' : null, createdAtMs: spec.createdAtMs, spec, state,
  }; // prettier-ignore
}

function statusOf(state: ProcessState | undefined, isPaused: boolean): ProcessInstance['status'] {
  if (!state) return 'created';
  if (state.status === 'exited') return 'exited';
  if (!isAlive(state.supervisor)) return 'dead';
  return isPaused && state.status === 'running' ? 'paused' : state.status;
}

/** Beside the notifications of the file system: a supervisor that is killed changes no file. */
const LOOK_EVERY_MS = 1000;
const SETTLE_MS = 5;

/** Reports what happens to instances until `signal` aborts; `onOpen` once nothing can be missed any more. */
export async function watchProcesses(
  folder: string,
  options: {
    namespace: string;
    signal: AbortSignal;
    onOpen: () => void;
    onEvent: (event: ProcessEvent) => void;
  },
): Promise<void> {
  const { namespace, signal, onOpen, onEvent } = options;
  const { states } = processPaths(folder);
  await mkdir(states, { recursive: true, mode: 0o700 });
  let wake = new AbortController();
  let failure: Error | undefined;
  const watcher = watch(states, () => wake.abort());
  watcher.on('error', (error) => {
    failure = error;
    wake.abort();
  });
  const stop = () => wake.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let before = byId(await listProcesses(folder, namespace));
    onOpen();
    while (!signal.aborted) {
      await pause(LOOK_EVERY_MS, wake.signal);
      if (signal.aborted) return;
      if (failure) throw failure;
      if (wake.signal.aborted) await pause(SETTLE_MS, signal);
      wake = new AbortController();
      const now = byId(await listProcesses(folder, namespace));
      for (const event of eventsBetween(before, now)) onEvent(event);
      before = now;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    watcher.close();
  }
}

type Known = ReadonlyMap<string, ProcessInstance>;

function byId(list: ProcessInstance[]): Known {
  return new Map(list.map((instance) => [instance.id, instance]));
}

/** What must have happened between two lists, in the words of Docker's events. Pure. */
export function eventsBetween(before: Known, now: Known): ProcessEvent[] {
  const events: ProcessEvent[] = [];
  const add = ({ id, labels }: ProcessInstance, ...actions: string[]) => {
    for (const action of actions) events.push({ id, action, labels });
  };
  for (const [id, instance] of now) {
    const old = before.get(id);
    const wasUp = old?.status === 'running' || old?.status === 'paused';
    const isUp = instance.status === 'running' || instance.status === 'paused';
    const isNewRun = isUp && old?.state?.startedAt !== instance.state?.startedAt;
    if (wasUp && (!isUp || isNewRun)) add(instance, 'die');
    if (isUp && (!wasUp || isNewRun)) add(instance, 'start');
    if (wasUp && !isNewRun && old?.status === 'running' && instance.status === 'paused')
      add(instance, 'pause');
    if (wasUp && !isNewRun && old?.status === 'paused' && instance.status === 'running')
      add(instance, 'unpause');
  }
  for (const [id, instance] of before) {
    if (now.has(id)) continue;
    if (instance.status === 'running' || instance.status === 'paused') add(instance, 'die');
    add(instance, 'destroy');
  }
  return events;
}

/** Writes a file as a whole: a reader sees the old or the new one. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
