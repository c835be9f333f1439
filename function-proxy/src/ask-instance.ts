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
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

/** True when an error means that no connection to the instance could be made, so nothing was sent. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has((error as { code?: string }).code ?? '');
}

/** Asks one of the reserved paths of an instance; never rejects. The signal is the deadline. */
export async function askInstance(
  instance: Pick<Instance, 'pool'>,
  path: '/_plat/ready' | '/_plat/health',
  signal: AbortSignal,
): Promise<ProbeResult> {
  // Registered before the request's own listener, which closes the connection.
  let connected = false;
  const look = () => (connected = (instance.pool.stats.connected ?? 0) > 0);
  signal.addEventListener('abort', look, { once: true });
  try {
    const response = await instance.pool.request({ method: 'GET', path, signal });
    const { statusCode: status, body } = response;
    const length = Number(response.headers['content-length'] ?? 0);
    if (status < 400 || length > BODY_LIMIT_BYTES) {
      body.on('error', () => undefined).destroy();
      return { kind: 'answer', status, body: undefined };
    }
    const parsed: unknown = await body.json().catch(() => undefined);
    return { kind: 'answer', status, body: parsed };
  } catch (error) {
    if (signal.aborted) return { kind: connected ? 'accepted' : 'refused' };
    return { kind: isRefusal(error) ? 'refused' : 'accepted' };
  } finally {
    signal.removeEventListener('abort', look);
  }
}
