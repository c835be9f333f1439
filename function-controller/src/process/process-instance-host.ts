import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { describeConfinement, workRoot, type Confinement } from '@plat/platform-kit/process/confinement.ts';
import {
  getProcess,
  listProcesses,
  processPaths,
  readProcessImage,
  watchProcesses,
  writeJson,
  type ProcessInstance,
} from '@plat/platform-kit/process/process-state.ts';
import {
  isAlive,
  killMembers,
  membersOf,
  signalAll,
  type InstanceProcesses,
} from '@plat/platform-kit/process/process-tree.mjs';
import { deadline, poll } from '@plat/platform-kit/waiting.ts';
import { IMAGE_MISSING, type InstanceHost, type InstanceSpec } from '../instance-host.ts';
import { PlaceBook } from './place-book.ts';
import { prepareProcess } from './prepare-process.ts';
import { processLogs } from './process-logs.ts';
import { processStats, processUsage } from './process-stats.ts';
import { startSupervisor } from './start-supervisor.ts';

const START_MS = 20_000;
/** How much longer than the grace a supervisor may take; then it is done without it. */
const STOP_MARGIN_MS = 10_000;

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
  const places = new PlaceBook(confinement, () => listProcesses(folder, namespace));

  async function start(spec: InstanceSpec, id: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const image = await readProcessImage(folder, spec.imageId);
    if (!image)
      throw new PlatformError(
        'unavailable',
        `The files of version ${spec.version} are gone, or were built for another engine; deploy the function again.`,
        { details: { reason: IMAGE_MISSING } },
      );
    const place = await places.reserve();
    const workFolder = path.join(instancesFolder, id);
    const files = paths.of(id);
    try {
      for (const parent of [paths.states, paths.logs]) await mkdir(parent, { recursive: true, mode: 0o700 });
      const made = { id, image, workFolder, place, folder, namespace, confinement };
      await writeJson(files.spec, await prepareProcess(spec, made));
      await startSupervisor(files.spec, deadline(START_MS, signal));
      return id;
    } catch (error) {
      await removeAll(id, { id, leader: null, uid: place.uid ?? null }, workFolder);
      throw error;
    } finally {
      places.release(place);
    }
  }

  async function remove(id: string, graceMs: number): Promise<void> {
    const found = await getProcess(folder, namespace, id).catch((error: unknown) => {
      if (error instanceof PlatformError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (!found) return;
    await end(found, graceMs);
    await removeAll(id, processesOf(found), found.spec.workFolder);
  }

  /** Ends an instance with its supervisor; its files stay. */
  async function end({ spec, state }: ProcessInstance, graceMs: number): Promise<void> {
    if (!state || !isAlive(state.supervisor)) return;
    await writeFile(spec.stopFile, String(graceMs), { mode: 0o600 });
    signalAll([state.supervisor.pid], 'SIGTERM');
    const isGone = async () => (isAlive(state.supervisor) ? undefined : true);
    await poll(isGone, { intervalMs: 10, timeoutMs: graceMs + STOP_MARGIN_MS });
    if (isAlive(state.supervisor)) signalAll([state.supervisor.pid], 'SIGKILL');
  }

  async function resume(id: string, only?: { functionId: string; version: number }): Promise<void> {
    const found = await find(id);
    const { labels, status } = found;
    if (only && (labels.functionId !== only.functionId || labels.version !== only.version))
      throw new PlatformError('not_found', `There is no instance "${id}" of this version.`);
    const files = paths.of(id);
    if (status === 'paused') {
      signalAll(membersOf(processesOf(found)), 'SIGCONT');
      await rm(files.paused, { force: true });
    } else if (status === 'exited') {
      await rm(files.stop, { force: true });
      await startSupervisor(files.spec, deadline(START_MS));
    }
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
    start: (spec, signal, instance = newId()) =>
      start(spec, instance, signal ?? new AbortController().signal),
    remove: (id, { graceMs }) => remove(id, graceMs),
    pause: async (id) => {
      const found = await find(id);
      if (found.status !== 'running') return;
      await writeFile(paths.of(id).paused, '', { mode: 0o600 });
      signalAll(membersOf(processesOf(found)), 'SIGSTOP');
    },
    stop: async (id, { graceMs }) => end(await find(id), graceMs),
    resume,
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
        status,
        restarts: state?.restarts ?? 0,
        exitCode: state?.exitCode ?? null,
        outOfMemory: state?.outOfMemory ?? false,
        startedAt: status === 'running' || status === 'paused' ? (state?.startedAt ?? null) : null,
      };
    },
    stats: async (id) => {
      const found = await find(id);
      return processStats(processesOf(found), found.spec.memoryBytes);
    },
    usage: async (id) => processUsage(processesOf(await find(id))),
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
