import type {
  EvictionEvent,
  FunctionEvent,
  InstanceEvent,
  VersionEvent,
} from '@plat/platform-kit/api/events-api.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { Eviction } from '@plat/platform-kit/eviction.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';

export function functionEvent(record: FunctionRecord, isThere: boolean): FunctionEvent {
  const { id, project, name, state, latest, aliases } = record;
  return { functionId: id, project, function: name, state: isThere ? state : 'deleted', latest, aliases };
}

/** Versions whose state is not what it was. */
export function versionEvents(before: FunctionRecord | undefined, now: FunctionRecord | null): VersionEvent[] {
  const states = new Map(before?.versions.map(({ number, state }) => [number, state]));
  const changed = now?.versions.filter(({ number, state }) => states.get(number) !== state) ?? [];
  return changed.map(({ functionId, project, function: name, number, state, error }) => ({ functionId, project, function: name, version: number, state, error }));
} // prettier-ignore

/** Versions that were under way and that the record does not hold any more: they ended without an alias. */
export function vanishedVersions(before: FunctionRecord | undefined, now: FunctionRecord): number[] {
  const there = new Set(now.versions.map(({ number }) => number));
  const open = before?.versions.filter(({ state }) => !isTerminal(state)) ?? [];
  return open.map(({ number }) => number).filter((number) => !there.has(number));
}

/** Instances that came, went, or are in another state. */
export function instanceEvents(
  before: ReadonlyMap<string, InstanceEvent>,
  now: ReadonlyMap<string, InstanceEvent>,
): InstanceEvent[] {
  const changed = [...now.values()].filter((instance) => {
    const known = before.get(instance.id);
    return known?.status !== instance.status || known.readiness !== instance.readiness;
  });
  const gone = [...before.values()].filter(({ id }) => !now.has(id));
  return [...changed, ...gone.map((instance): InstanceEvent => ({ ...instance, status: 'gone', readiness: 'unknown' }))];
} // prettier-ignore

export function evictionEvent({ at, instance, from, taker }: Eviction): EvictionEvent {
  const told = taker && { project: taker.project, function: taker.function, version: taker.version };
  return { ...from, at, instance, taker: told };
}
