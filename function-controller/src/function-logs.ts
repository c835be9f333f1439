import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { HostInstance, InstanceHost } from './instance-host.ts';
import type { KeptLogs } from './kept-logs.ts';

/** Most lines one answer holds; the newest are kept. */
const LINES_LIMIT = 10_000;
const DEFAULT_TAIL = 1000;
const NEW_INSTANCES_MS = 500;

type Sources = { host: InstanceHost; keptLogs: KeptLogs };

/** What a function printed, of all its instances, those that are gone too, in order of time. */
export async function readFunctionLogs(
  sources: Sources,
  functionId: string,
  query: LogQuery,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const present = await instances(sources.host, functionId, query);
  for await (const line of sources.keptLogs.read(functionId, query)) {
    if (!present.some((instance) => instance.labels.instance === line.instance)) lines.push(line);
  }
  for (const instance of present) {
    try {
      for await (const line of sources.host.logs(instance.id, { ...query, follow: false }, signal))
        lines.push(line);
    } catch (error) {
      if (signal.aborted) throw error;
      // Removed between the list and here: its kept lines are read the next time.
    }
  }
  const tail = query.tail ?? (query.since || query.requestId ? LINES_LIMIT : DEFAULT_TAIL);
  return lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-tail);
}

/**
 * The lines so far, then every new one of every instance, also of those that start later, until `signal` aborts.
 * Lines of one instance are in order; those of several come as they are printed.
 */
export async function followFunctionLogs(
  sources: Sources,
  functionId: string,
  query: LogQuery,
  options: { signal: AbortSignal; onLine: (line: LogLine) => Promise<void> },
): Promise<void> {
  const { signal, onLine } = options;
  const from = new Date().toISOString();
  for (const line of await readFunctionLogs(sources, functionId, query, signal))
    if (line.at < from) await onLine(line);
  const following = new Map<string, Promise<void>>();
  const seenUntil = new Map<string, string>();
  while (!signal.aborted) {
    for (const instance of await instances(sources.host, functionId, query).catch(() => [])) {
      if (following.has(instance.id) || instance.status !== 'running') continue;
      const after = seenUntil.get(instance.id);
      const task = (async () => {
        const lines = sources.host.logs(
          instance.id,
          { ...query, follow: true, since: after ?? from, tail: undefined },
          signal,
        );
        for await (const line of lines) {
          if (signal.aborted) return;
          if (after !== undefined && line.at <= after) continue;
          seenUntil.set(instance.id, line.at);
          await onLine(line);
        }
      })();
      following.set(
        instance.id,
        task.catch(() => undefined).then(() => void following.delete(instance.id)),
      );
    }
    await pause(NEW_INSTANCES_MS, signal);
  }
  await Promise.allSettled(following.values());
}

async function instances(host: InstanceHost, functionId: string, query: LogQuery): Promise<HostInstance[]> {
  const all = await host.list({ functionId });
  return all.filter((instance) => query.version === undefined || instance.labels.version === query.version);
}
