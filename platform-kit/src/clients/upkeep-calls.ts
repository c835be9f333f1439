import type { Check } from '../checks.ts';
import type { GarbageItem } from '../garbage.ts';
import type { InternalClient } from '../http-client.ts';

const CHECKS_MS = 25_000;
const FIX_MS = 60_000;
const GARBAGE_MS = 120_000;

/** What every service can be asked about its own things: its checks, mending them, collecting its garbage. */
export type UpkeepCalls = {
  checks: (hints?: { images?: string[] }) => Promise<{ items: Check[] }>;
  fixChecks: (hints?: { images?: string[] }) => Promise<{ items: Check[] }>;
  collectGarbage: (options: { dryRun: boolean }) => Promise<{ items: GarbageItem[] }>;
};

export function upkeepCalls(http: InternalClient): UpkeepCalls {
  const query = (hints: { images?: string[] } = {}) => ({ images: hints.images?.join(',') });
  return {
    checks: (hints) => http.json('GET', '/checks', { query: query(hints), timeoutMs: CHECKS_MS }),
    fixChecks: (hints) => http.json('POST', '/checks/fix', { query: query(hints), timeoutMs: FIX_MS }),
    collectGarbage: (body) => http.json('POST', '/gc', { body, timeoutMs: GARBAGE_MS }),
  };
}
