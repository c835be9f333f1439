import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { signalAll } from '@plat/platform-kit/process/process-tree.mjs';

const SUPERVISOR = fileURLToPath(new URL('supervisor.mjs', import.meta.url));

/**
 * Starts the supervisor of an instance and waits until it says that the instance runs. Throws `unavailable` with what it
 * says otherwise; a supervisor that says nothing until `signal` aborts is killed.
 */
export async function startSupervisor(specFile: string, signal: AbortSignal): Promise<void> {
  // Little memory of its own: there is one for each instance.
  const flags = ['--max-old-space-size=32', '--max-semi-space-size=1'];
  const child = spawn(process.execPath, [...flags, SUPERVISOR, specFile], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve('failed the supervisor ended'));
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  }).catch((error: unknown) => {
    if (child.pid !== undefined) signalAll([child.pid], 'SIGKILL');
    throw error;
  });
  child.stdout.destroy();
  child.unref();
  if (!answer.startsWith('started'))
    throw new PlatformError(
      'unavailable',
      `The process did not start: ${answer.replace(/^failed /, '').trim()}`,
    );
}
