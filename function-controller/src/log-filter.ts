import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';

/** Whether a line is one that the query asks for; `tail` and `follow` are not about single lines. */
export function matchesQuery(line: LogLine, query: LogQuery): boolean {
  if (query.since !== undefined && line.at < query.since) return false;
  if (query.until !== undefined && line.at > query.until) return false;
  if (query.requestId !== undefined && line.requestId !== query.requestId) return false;
  if (query.version !== undefined && line.version !== query.version) return false;
  if (query.stream !== undefined && line.stream !== query.stream) return false;
  return query.q === undefined || line.text.toLowerCase().includes(query.q.toLowerCase());
}

/** Whether lines are left out that only their text or stamp tells: the last lines asked for are then not the last printed. */
export function isSearch({ q, stream, requestId, until }: LogQuery): boolean {
  return [q, stream, requestId, until].some((part) => part !== undefined);
}

/** What of the query the place that holds an instance's log is asked for: of a search all that may match. */
export function sourceQuery(query: LogQuery): LogQuery {
  if (!isSearch(query)) return query;
  return { ...query, tail: undefined, since: query.since ?? EPOCH };
}

/** Whether an instance's lines are wanted, by its name or the beginning of its id. */
export function matchesInstance(instance: { id: string; name: string }, query: LogQuery): boolean {
  return query.instance === undefined || instance.name === query.instance || instance.id.startsWith(query.instance);
} // prettier-ignore

const EPOCH = new Date(0).toISOString();
