import { pause } from '@plat/platform-kit/waiting.ts';
import { CliError } from './cli-error.ts';

const PAUSES_MS = [300, 1000];
/** The connection was there and broke: the request may or may not have been carried out. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ERR_SOCKET_CLOSED']);

/** Carries out a request that may be repeated; up to twice more when its connection breaks. */
export async function retryNetwork<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await request();
    } catch (error) {
      if (signal.aborted || !isBroken(error)) throw error;
    }
    await pause(ms, signal);
  }
  return request();
}

function isBroken(error: unknown): boolean {
  if (!(error instanceof CliError) || error.exit !== 'network') return false;
  const { code } = (error.cause ?? {}) as { code?: string };
  return code !== undefined && BROKEN.has(code);
}
