import { spawn } from 'node:child_process';
import { chown, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLabels } from '@plat/platform-kit/docker/labels.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import {
  baseEnvironment,
  confine,
  describeConfinement,
  freeUid,
  placeOf,
  workRoot,
  type Confinement,
} from '@plat/platform-kit/process/confinement.ts';
import { linkTree } from '@plat/platform-kit/process/link-tree.ts';
import {
  getProcess,
  imageFolder,
  listProcesses,
  processPaths,
  readProcessImage,
  watchProcesses,
  writeJson,
  type ProcessInstance,
  type ProcessSpec,
} from '@plat/platform-kit/process/process-state.ts';
import {
  INSTANCE_MARKER,
  isAlive,
  killMembers,
  membersOf,
  ownMemoryBytes,
  readProcess,
  signalAll,
  type InstanceProcesses,
} from '@plat/platform-kit/process/process-tree.mjs';
import { deadline, poll, sleep } from '@plat/platform-kit/waiting.ts';
import type { InstanceHost, InstanceSpec } from '../instance-host.ts';
import { specHash } from '../instance-spec.ts';
import { processLogs } from './process-logs.ts';

const SUPERVISOR = fileURLToPath(new URL('supervisor.mjs', import.meta.url));
const MIB = 1024 * 1024;
const START_MS = 20_000;
/** How much longer than the grace a supervisor may take; then it is done without it. */
const STOP_MARGIN_MS = 10_000;
/** Below the ports that the kernel gives to outgoing connections, which could take one between two runs. */
const PORTS = { first: 21_000, count: 11_000 };
/** Address space for what is reserved and not used: threads' stacks, V8's heap. Memory itself is watched. */
const DATA_MARGIN_BYTES = 1024 * MIB;
const CPU_SAMPLE_MS = 250;
/** sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export type ProcessHostOptions = { folder: string; namespace: string; confinement: Confinement };

/**
 * Runs instances as processes of this host, each below a supervisor of its own that outlives the platform.
 *
 * INVARIANTS
 * 1. The files in the state folder and /proc are the truth; nothing is remembered but what a start under way has taken.
 * 2. A process is only signalled when its start time is the one that was written down: numbers are used again.
 * 3. The spec file is there before the first process is, and goes last: nothing runs that no list shows.
 */
export function createProcessInstanceHost(options: ProcessHostOptions): InstanceHost {
  const { folder, namespace, confinement } = options;
  const paths = processPaths(folder);
  const instancesFolder = workRoot(confinement, folder);
  const reserved = { ports: new Set<number>(), uids: new Set<number>() };

  async function start(spec: InstanceSpec, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const image = await readProcessImage(folder, spec.imageId).catch(() => undefined);
    if (!image)
      throw new PlatformError(
        'unavailable',
        `Version ${spec.version} was not built for the engine "process", or its files are gone; deploy the function again.`,
      );
    const id = newId();
    const place = await reserve();
    const workFolder = path.join(instancesFolder, id);
    const files = paths.of(id);
    try {
      for (const parent of [paths.states, paths.logs]) await mkdir(parent, { recursive: true, mode: 0o700 });
      const written = await prepare(spec, { id, image, workFolder, ...place });
      await writeJson(files.spec, written);
      await superviseFrom(files.spec, deadline(START_MS, signal));
      return id;
    } catch (error) {
      await removeAll(id, { id, leader: null, uid: place.uid ?? null }, workFolder);
      throw error;
    } finally {
      reserved.ports.delete(place.port);
      if (place.uid !== undefined) reserved.uids.delete(place.uid);
    }
  }

  async function reserve(): Promise<{ port: number; uid: number | undefined }> {
    const present = await listProcesses(folder, namespace);
    const takenUids = new Set(present.flatMap(({ spec }) => spec.uid ?? []));
    const takenPorts = new Set(present.map(({ spec }) => spec.port));
    const offset = Math.floor(Math.random() * PORTS.count);
    for (let n = 0; n < PORTS.count; n++) {
      const port = PORTS.first + ((offset + n) % PORTS.count);
      if (takenPorts.has(port) || reserved.ports.has(port)) continue;
      reserved.ports.add(port);
      if (await isFree(port)) {
        const uid = freeUid(confinement, new Set([...takenUids, ...reserved.uids]));
        if (uid !== undefined) reserved.uids.add(uid);
        return { port, uid };
      }
      reserved.ports.delete(port);
    }
    throw new PlatformError('unavailable', 'This host has no free port for an instance.');
  }

  async function prepare(
    spec: InstanceSpec,
    made: {
      id: string;
      image: { command: string[]; env: Record<string, string> };
      workFolder: string;
      port: number;
      uid: number | undefined;
    },
  ): Promise<ProcessSpec> {
    const { id, image, workFolder, port, uid } = made;
    const app = { from: path.join(workFolder, 'app'), to: '/app' };
    const root = placeOf(confinement, app);
    const tmp = path.join(workFolder, 'tmp');
    await mkdir(instancesFolder, { recursive: true, mode: 0o711 });
    for (const own of [workFolder, tmp]) {
      await mkdir(own, { mode: 0o700 });
      if (uid !== undefined) await chown(own, uid, uid);
    }
    await linkTree(imageFolder(folder, spec.imageId), app.from, { hard: uid !== undefined });
    const fill = (text: string) =>
      text
        .replaceAll('{root}', root)
        .replaceAll(/\{(runtime|source|deps)\}/g, (_all, name: string) => path.join(root, name));
    const files = paths.of(id);
    const name = `${namespace}-${spec.project}-${spec.function}-v${spec.version}-${id.slice(-8)}`;
    const env = Object.fromEntries(Object.entries(image.env).map(([key, value]) => [key, fill(value)]));
    return {
      id,
      name,
      labels: writeLabels(namespace, {
        functionId: spec.functionId,
        project: spec.project,
        function: spec.function,
        version: spec.version,
        instance: id,
        port,
        engine: 'process',
        spec: specHash(spec),
      }),
      createdAtMs: Date.now(),
      imageId: spec.imageId,
      port,
      uid: uid ?? null,
      memoryBytes: spec.memoryMb * MIB,
      command: confine(confinement, {
        command: image.command.map(fill),
        cwd: path.join(root, 'source'),
        mounts: [app],
        uid,
        limits: {
          dataBytes: spec.memoryMb * MIB + DATA_MARGIN_BYTES,
          fileBytes: spec.tmpMb * MIB,
          processes: spec.pids,
          tmpBytes: spec.tmpMb * MIB,
        },
      }),
      env: {
        ...baseEnvironment(confinement, tmp),
        ...env,
        ...spec.env,
        PORT: String(port),
        PLAT_LISTEN_HOST: '127.0.0.1',
        [INSTANCE_MARKER]: id,
      },
      workFolder,
      logFile: files.log,
      stateFile: files.state,
      stopFile: files.stop,
    };
  }

  async function remove(id: string, graceMs: number): Promise<void> {
    const found = await getProcess(folder, namespace, id).catch(() => undefined);
    if (!found) return;
    const { spec, state } = found;
    if (state && isAlive(state.supervisor)) {
      await writeFile(spec.stopFile, String(graceMs), { mode: 0o600 });
      signalAll([state.supervisor.pid], 'SIGTERM');
      const isGone = async () => (isAlive(state.supervisor) ? undefined : true);
      await poll(isGone, { intervalMs: 10, timeoutMs: graceMs + STOP_MARGIN_MS });
      if (isAlive(state.supervisor)) signalAll([state.supervisor.pid], 'SIGKILL');
    }
    await removeAll(id, processesOf(found), spec.workFolder);
  }

  async function removeAll(id: string, processes: InstanceProcesses, workFolder: string): Promise<void> {
    await killMembers(processes);
    const files = paths.of(id);
    await rm(workFolder, { recursive: true, force: true });
    // Goes with the last one; until then it is not empty.
    await rmdir(instancesFolder).catch(() => undefined);
    for (const file of [files.log, `${files.log}.1`, `${files.log}.2`, files.stop, files.paused, files.state, `${files.state}.new`, files.spec, `${files.spec}.new`])
      await rm(file, { force: true }); // prettier-ignore
  }

  const find = (id: string) => getProcess(folder, namespace, id);

  return {
    engine: 'process',
    start: (spec, signal) => start(spec, signal ?? new AbortController().signal),
    remove: (id, { graceMs }) => remove(id, graceMs),
    pause: async (id) => {
      const found = await find(id);
      if (found.status !== 'running') return;
      await writeFile(paths.of(id).paused, '', { mode: 0o600 });
      signalAll(membersOf(processesOf(found)), 'SIGSTOP');
    },
    resume: async (id) => {
      const found = await find(id);
      if (found.status !== 'paused') return;
      signalAll(membersOf(processesOf(found)), 'SIGCONT');
      await rm(paths.of(id).paused, { force: true });
    },
    list: (filter) => listProcesses(folder, namespace, filter),
    watch: ({ signal, onOpen, onEvent }) =>
      watchProcesses(folder, {
        namespace,
        signal,
        onOpen,
        onEvent: ({ labels, action }) => onEvent(labels.functionId, action),
      }),
    exits: async (id) => {
      const { status, state } = await find(id);
      return {
        restarts: state?.restarts ?? 0,
        exitCode: state?.exitCode ?? null,
        outOfMemory: state?.outOfMemory ?? false,
        startedAt: status === 'running' || status === 'paused' ? (state?.startedAt ?? null) : null,
      };
    },
    stats: async (id) => stats(await find(id)),
    logs: async function* (id, query, signal) {
      const { spec, labels } = await find(id);
      const isOver = async () => {
        const now = await find(id).catch(() => undefined);
        return now === undefined || now.status === 'exited' || now.status === 'dead';
      };
      const from = { instance: labels.instance, version: labels.version };
      yield* processLogs(spec.logFile, from, query, { signal, isOver });
    },
    // A project needs nothing of its own here; what its instances used goes with the last of them.
    forgetProject: async () => undefined,
    listProjects: async () => [
      ...new Set((await listProcesses(folder, namespace)).map(({ labels }) => labels.project)),
    ],
    info: async () => ({
      engine: 'process',
      available: true,
      version: process.version,
      problem: null,
      isolation: describeConfinement(confinement),
    }),
  };
}

/** What belongs to an instance. Its first process counts only while it is still the same one. */
function processesOf({ id, spec, state }: ProcessInstance): InstanceProcesses {
  return { id, leader: isAlive(state?.child) ? state!.child!.pid : null, uid: spec.uid };
}

/** Starts the supervisor and waits until it says that the instance runs. */
async function superviseFrom(specFile: string, signal: AbortSignal): Promise<void> {
  // Little memory of its own: there is one for each instance.
  const flags = ['--max-old-space-size=32', '--max-semi-space-size=1'];
  const child = spawn(process.execPath, [...flags, SUPERVISOR, specFile], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve('failed the supervisor ended'));
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  }).catch((error: unknown) => {
    if (child.pid !== undefined) signalAll([child.pid], 'SIGKILL');
    throw error;
  });
  child.stdout.destroy();
  child.unref();
  if (!answer.startsWith('started'))
    throw new PlatformError(
      'unavailable',
      `The process did not start: ${answer.replace(/^failed /, '').trim()}`,
    );
}

async function stats(found: ProcessInstance) {
  const before = sample(found);
  await sleep(CPU_SAMPLE_MS);
  const after = sample(found);
  const ticks = Math.max(0, after.cpuTicks - before.cpuTicks);
  return {
    cpuPercent: Math.round((ticks / TICKS_PER_SECOND / (CPU_SAMPLE_MS / 1000)) * 1000) / 10,
    memoryBytes: after.memoryBytes,
    memoryLimitBytes: found.spec.memoryBytes,
    pids: after.pids,
  };
}

function sample(found: ProcessInstance): { cpuTicks: number; memoryBytes: number; pids: number } {
  const total = { cpuTicks: 0, memoryBytes: 0, pids: 0 };
  for (const pid of membersOf(processesOf(found))) {
    const facts = readProcess(pid);
    total.cpuTicks += facts?.cpuTicks ?? 0;
    total.pids += facts?.threads ?? 0;
    total.memoryBytes += ownMemoryBytes(pid);
  }
  return total;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
