import type { VersionRoute } from './version-route.ts';

export type Contract = VersionRoute['contract'];

/** What came of asking an instance something: an answer, a connection that was accepted but gave none, or no connection. */
export type ProbeResult =
  { kind: 'answer'; status: number; body: unknown } | { kind: 'accepted' } | { kind: 'refused' };

export type Verdict = { state: 'ready' } | { state: 'failed'; reason: string } | { state: 'again' };

/**
 * Judges an answer to `GET /_plat/ready`. The runtime's own server, which handlers and scripts have, speaks the runtime
 * contract: 200 is ready, 503 with `{"status":"failed","reason"}` is final. Contract `http` runs the user's server, which
 * need not know the path: that it answers at all (below 500), or takes a connection, is all that can be asked of it; one
 * that says it failed is believed.
 */
export function judgeProbe(contract: Contract, result: ProbeResult): Verdict {
  if (result.kind === 'refused') return { state: 'again' };
  if (result.kind === 'accepted') return { state: contract === 'http' ? 'ready' : 'again' };
  if (result.status === 200 || (contract === 'http' && result.status < 500)) return { state: 'ready' };
  const { status, reason } = (result.body ?? {}) as { status?: unknown; reason?: unknown };
  if (result.status !== 503 || status !== 'failed') return { state: 'again' };
  return { state: 'failed', reason: typeof reason === 'string' ? reason : 'it did not say why' };
}

/** Judges an answer to `GET /_plat/health` after a call timed out: a runtime's server must say 200, a user's anything but that it is stuck. */
export function isHealthy(contract: Contract, result: ProbeResult): boolean {
  if (result.kind !== 'answer') return false;
  if (contract !== 'http') return result.status === 200;
  return !(result.status === 503 && (result.body as { status?: unknown } | undefined)?.status === 'stuck');
}
