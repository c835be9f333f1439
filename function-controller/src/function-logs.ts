import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { isSearch, matchesInstance, matchesQuery, sourceQuery } from './log-filter.ts';
import type { HostInstance, InstanceHost } from './instance-host.ts';
import type { KeptLogs } from './kept-logs.ts';
import { ReplayFilter } from './replay-filter.ts';

/** Most lines one answer holds; the newest are kept. */
const LINES_LIMIT = 10_000;
const DEFAULT_TAIL = 1000;
const NEW_INSTANCES_MS = 500;
const EPOCH = new Date(0).toISOString();

type Sources = { host: InstanceHost; keptLogs: KeptLogs };

/** What a function printed, of all its instances, those that are gone too, in order of time. */
export async function readFunctionLogs(
  sources: Sources,
  functionId: string,
  query: LogQuery,
  signal: AbortSignal,
): Promise<LogLine[]> {
  return (await readNow(sources, functionId, query, signal)).lines;
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
  const { lines, filters } = await readNow(sources, functionId, query, signal);
  for (const line of lines) await onLine(line);
  const following = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    const present = await instances(sources.host, functionId, query).catch(() => []);
    for (const id of filters.keys())
      if (!following.has(id) && !present.some((instance) => instance.id === id)) filters.delete(id);
    for (const instance of present) {
      if (following.has(instance.id) || instance.status === 'created') continue;
      const filter = filters.get(instance.id) ?? new ReplayFilter(query.since ?? from);
      filters.set(instance.id, filter);
      const task = followInstance(sources.host, instance, { query, filter, signal, onLine });
      following.set(
        instance.id,
        task.catch(() => undefined).then(() => void following.delete(instance.id)),
      );
    }
    await pause(NEW_INSTANCES_MS, signal);
  }
  await Promise.allSettled(following.values());
}

/** Until the instance ends: one that is started again is followed again, from where it was. */
async function followInstance(
  host: InstanceHost,
  instance: HostInstance,
  follow: {
    query: LogQuery;
    filter: ReplayFilter;
    signal: AbortSignal;
    onLine: (line: LogLine) => Promise<void>;
  },
): Promise<void> {
  const { filter, signal } = follow;
  filter.restart();
  const query = { ...follow.query, follow: true, since: filter.since, tail: undefined, until: undefined };
  for await (const line of host.logs(instance.id, query, signal)) {
    if (signal.aborted) return;
    if (filter.isNew(line) && matchesQuery(line, follow.query)) await follow.onLine(line);
  }
}

/** `filters`: for each instance that is there, up to where it was read. */
async function readNow(
  sources: Sources,
  functionId: string,
  query: LogQuery,
  signal: AbortSignal,
): Promise<{ lines: LogLine[]; filters: Map<string, ReplayFilter> }> {
  const lines: LogLine[] = [];
  const filters = new Map<string, ReplayFilter>();
  const present = await instances(sources.host, functionId, query);
  const read = new Set<string>();
  for (const instance of present) {
    const filter = new ReplayFilter(query.since ?? EPOCH);
    const own: LogLine[] = [];
    try {
      const asked = { ...sourceQuery(query), follow: false };
      for await (const line of sources.host.logs(instance.id, asked, signal)) {
        if (!filter.isNew(line) || !matchesQuery(line, query)) continue;
        own.push(line);
        if (own.length > 2 * LINES_LIMIT) own.splice(0, LINES_LIMIT);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      // Removed between the list and here: its kept lines are read below.
      continue;
    }
    for (const line of own) lines.push(line);
    if (own.length > 0) filters.set(instance.id, filter);
    read.add(instance.labels.instance);
  }
  for await (const line of sources.keptLogs.read(functionId, query))
    if (!read.has(line.instance) && matchesInstance({ id: line.instance, name: line.instance }, query))
      lines.push(line);
  const tail = query.tail ?? (query.since || isSearch(query) ? LINES_LIMIT : DEFAULT_TAIL);
  lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return { lines: tail === 0 ? [] : lines.slice(-tail), filters };
}

async function instances(host: InstanceHost, functionId: string, query: LogQuery): Promise<HostInstance[]> {
  const all = await host.list({ functionId });
  return all.filter(
    ({ id, labels }) =>
      (query.version === undefined || labels.version === query.version) &&
      matchesInstance({ id, name: labels.instance }, query),
  );
}
