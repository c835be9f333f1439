import { watch } from 'node:fs';
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { poll } from '@plat/platform-kit/waiting.ts';

/** Where the engine's BuildKit makes a cgroup for each step that runs, and the files that limit one, in this order. */
export type StepGroups = { folder: string; settings: (bytes: number) => [file: string, value: string][] };

/** The engine makes a step's cgroup, then starts the process in it, then sets the process's limits. */
const START_TIMEOUT_MS = 5000;
const LOOK_EVERY_MS = 15;

/** Undefined when there are none here that this process may write to. Knows the engine's cgroupfs driver, v1 and v2. */
export async function findStepGroups(root = '/sys/fs/cgroup'): Promise<StepGroups | undefined> {
  const candidates: (StepGroups & { controller: string })[] = [
    {
      controller: path.join(root, 'memory', 'memory.limit_in_bytes'),
      folder: path.join(root, 'memory', 'docker', 'buildkit'),
      settings: (bytes) => [
        ['memory.limit_in_bytes', String(bytes)],
        ['memory.memsw.limit_in_bytes', String(bytes)],
      ],
    },
    {
      controller: path.join(root, 'cgroup.controllers'),
      folder: path.join(root, 'docker', 'buildkit'),
      settings: (bytes) => [
        ['memory.max', String(bytes)],
        ['memory.swap.max', '0'],
        ['memory.oom.group', '1'],
      ],
    },
  ];
  for (const { controller, folder, settings } of candidates) {
    try {
      await access(controller);
      // The engine would make it before its first build.
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
      return { folder, settings };
    } catch {
      continue;
    }
  }
  return undefined;
}

/**
 * Limits the steps that start while `build` runs. Which of them are ours shows in their RLIMIT_DATA: it is the limit
 * that our builds ask for, so a step of somebody else is left alone.
 */
export async function limitSteps<T>(
  groups: StepGroups,
  options: { bytes: number; logger: Logger },
  build: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const watcher = watch(groups.folder);
  watcher.on('change', (_event, name) => {
    limitStep(groups, path.join(groups.folder, String(name)), options.bytes, over.signal).catch(
      (error: unknown) => options.logger.debug({ err: error }, 'a build step was not limited as a whole'),
    );
  });
  watcher.on('error', (error) =>
    options.logger.warn({ err: error }, 'build steps are not limited as a whole'),
  );
  try {
    return await build();
  } finally {
    over.abort();
    watcher.close();
  }
}

async function limitStep(
  groups: StepGroups,
  group: string,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  const isOurs = await poll(() => asksFor(group, bytes), {
    intervalMs: LOOK_EVERY_MS,
    timeoutMs: START_TIMEOUT_MS,
    signal,
  });
  if (!isOurs) return;
  for (const [index, [file, value]] of groups.settings(bytes).entries()) {
    const written = writeFile(path.join(group, file), value);
    // Only the first matters everywhere; the others are about swap, which a kernel need not account for.
    await (index === 0 ? written : written.catch(() => undefined));
  }
}

/** True when a process of the group has this RLIMIT_DATA, false when the group is gone, undefined while it starts. */
async function asksFor(group: string, bytes: number): Promise<boolean | undefined> {
  const pids = await readFile(path.join(group, 'cgroup.procs'), 'utf8').catch(() => undefined);
  if (pids === undefined) return false;
  for (const pid of pids.split('\n').filter(Boolean)) {
    const limits = await readFile(`/proc/${pid}/limits`, 'utf8').catch(() => '');
    if (new RegExp(`^Max data size +${bytes} `, 'm').test(limits)) return true;
  }
  return undefined;
}
