import { askUpstream } from '@plat/platform-kit/upstream/ask-upstream.ts';
import type { Instance } from './instance.ts';
import type { ProbeResult } from './judge-probe.ts';

const BODY_LIMIT_BYTES = 16 * 1024;
/** No connection came about; everything else happened on one. */
const REFUSALS = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'pool_closed',
]);

/** True when an error means that no connection to the instance could be made, so nothing was sent. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has((error as { code?: string }).code ?? '');
}

/** Asks one of the reserved paths of an instance; never rejects. The signal is the deadline. */
export async function askInstance(
  { pool }: Pick<Instance, 'pool'>,
  path: '/_plat/ready' | '/_plat/health',
  signal: AbortSignal,
): Promise<ProbeResult> {
  // Registered before the request's own listener, which closes the connection.
  let connected = false;
  const look = () => (connected = pool.connected > 0);
  signal.addEventListener('abort', look, { once: true });
  try {
    const asked = { method: 'GET', path };
    const { status, body } = await askUpstream(pool, asked, { limitBytes: BODY_LIMIT_BYTES, signal });
    return { kind: 'answer', status, body: status < 400 ? undefined : parsed(body) };
  } catch (error) {
    if (signal.aborted) return { kind: connected ? 'accepted' : 'refused' };
    return { kind: isRefusal(error) ? 'refused' : 'accepted' };
  } finally {
    signal.removeEventListener('abort', look);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
