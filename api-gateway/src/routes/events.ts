import { Router } from 'express';
import type { Action } from '@plat/platform-kit/api/actions.ts';
import { API } from '@plat/platform-kit/api/api.ts';
import {
  EVENT_KINDS,
  type EventKind,
  type EvictionEvent,
  type ExecutionsEvent,
} from '@plat/platform-kit/api/events-api.ts';
import type { Principal } from '@plat/platform-kit/domain.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { may } from '../authorise.ts';
import { bindRoute } from '../bind-route.ts';
import type { HubEvent } from '../event-hub.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

/** What seeing an event takes. */
const NEEDS: Record<EventKind, Action> = {
  function: 'function.list',
  version: 'version.read',
  instance: 'instance.read',
  eviction: 'instance.read',
  executions: 'execution.read',
};

/** Without an event for so long the loop looks whether it is still wanted. */
const IDLE_MS = 60_000;

type Wanted = {
  project?: string | undefined;
  function?: string | undefined;
  kinds?: EventKind[] | undefined;
};

export function eventRoutes({ events, standing }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.watchEvents, async ({ req, res, query, principal }) => {
    const signal = standing.watch(res, principal);
    const close = events.open();
    const { hub } = events;
    try {
      const stream = openEventStream(res);
      const lastId = req.headers['last-event-id'];
      const resumed = typeof lastId === 'string' ? hub.positionOf(lastId) : hub.last;
      let position = resumed ?? hub.last;
      const tellMissed = (count: number | null) =>
        stream.send({ event: 'missed', data: { events: count }, id: hub.idOf(position) });
      if (resumed === undefined) await tellMissed(null);
      while (!signal.aborted) {
        const { news } = hub;
        const { events: fresh, missed } = hub.after(position);
        if (missed > 0) {
          position += missed;
          await tellMissed(missed);
        }
        for (const event of fresh) {
          if (signal.aborted) break;
          position = event.position;
          const data = shown(event, query, principal);
          if (data) await stream.send({ event: event.kind, data, id: hub.idOf(position) });
        }
        if (fresh.length === 0) await pause(IDLE_MS, AbortSignal.any([signal, news]));
      }
      stream.end();
    } finally {
      close();
    }
  });
  return router;
} // prettier-ignore

/** What of an event the principal may see and wants to; undefined when that is nothing. */
export function shown(event: HubEvent, wanted: Wanted, principal: Principal): object | undefined {
  const { kinds = EVENT_KINDS } = wanted;
  if (!kinds.includes(event.kind)) return undefined;
  const isFor = (of: { project: string; function: string | null }) =>
    (wanted.project === undefined || of.project === wanted.project) &&
    (wanted.function === undefined ? !isDraftName(of.function ?? '') : of.function === wanted.function) &&
    may(principal, NEEDS[event.kind], { project: of.project });
  if (event.kind !== 'executions') {
    if (!isFor({ project: event.project!, function: event.function })) return undefined;
    return event.kind === 'eviction' ? hideTaker(event.data as EvictionEvent, principal) : event.data;
  }
  const { items, skipped } = event.data as ExecutionsEvent;
  const own = items.filter(isFor);
  return own.length > 0 ? { items: own, skipped } : undefined;
}

function hideTaker(event: EvictionEvent, principal: Principal): EvictionEvent {
  const { taker } = event;
  return taker && !may(principal, NEEDS.eviction, { project: taker.project }) ? { ...event, taker: null } : event;
} // prettier-ignore
