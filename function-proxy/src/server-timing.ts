import type { IncomingMessage } from 'node:http';
import type { CallFacts } from './execution.ts';

/** Who sends this header with a call, and holds a token, gets `Server-Timing` with the answer. */
export const TIMING_HEADER = 'plat-timing';

/**
 * Where the time until the head of the answer went, as `Server-Timing` has it (https://www.w3.org/TR/server-timing/);
 * undefined when nobody asked. Strangers at a function's own host are not told.
 */
export function serverTiming(req: IncomingMessage, call: CallFacts): string | undefined {
  if (req.headers[TIMING_HEADER] === undefined || call.target.trigger === 'edge') return undefined;
  const now = performance.now();
  const { target, queuedAt, leasedAt, connectedAt } = call;
  const spans: [name: string, ms: number | undefined][] = [
    ['plat-authorise', target.authorisedMs],
    [`plat-${call.cold ? 'wake' : 'queue'}`, queuedAt && (leasedAt ?? now) - queuedAt],
    ['plat-connect', connectedAt && leasedAt && connectedAt - leasedAt],
    ['function', connectedAt && now - connectedAt],
    ['total', now - call.receivedAt],
  ];
  const parts = spans.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name};dur=${Math.max(0, ms).toFixed(2)}`]));
  return [...parts, `plat-rung;desc="${call.rung}"`].join(', ');
} // prettier-ignore
