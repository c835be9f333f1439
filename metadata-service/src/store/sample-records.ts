import type { By, NewVersion, Transition } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Execution, VersionRecord } from '@plat/platform-kit/domain.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { Store } from './store.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';

/** Records that tests begin with. */
export const BY: By = { actor: 'tester' };

/** The function that tests deploy. */
export const HELLO = { project: 'default', name: 'hello' };

export const digest = (hexDigit: string): string => `sha256:${hexDigit.repeat(64)}`;

export function sampleVersion(changes: Partial<NewVersion> = {}): NewVersion & By {
  return {
    config: {
      runtime: 'node',
      contract: 'handler',
      handler: 'index.handler',
      memoryMb: 128,
      cpus: 0.5,
      timeoutMs: 30_000,
      concurrency: 10,
      env: { GREETING: 'hello' },
      scale: { ...SCALE_DEFAULTS },
      edge: 'proxy',
      keepBodies: 'off',
    },
    sourceDigest: digest('a'),
    sourceBytes: 6_000_000_000,
    promote: true,
    ...changes,
    ...BY,
  };
}

export function sampleExecution(changes: Partial<Execution> = {}): Execution {
  return {
    id: newId(),
    requestId: newId(),
    traceId: null,
    functionId: 'f1',
    project: 'default',
    function: 'hello',
    version: 1,
    alias: 'live',
    trigger: 'api',
    method: 'GET',
    path: '/',
    status: 200,
    outcome: 'ok',
    errorCode: null,
    errorMessage: null,
    errorComponent: null,
    cold: false,
    rung: 'hot',
    queueMs: 0.25,
    wakeMs: 0,
    durationMs: 12.5,
    phases: {
      received: 0,
      authorised: 0.2,
      queued: null,
      woken: null,
      connected: 0.5,
      firstByte: 12,
      lastByte: 12.7,
    },
    cpuMs: 3.5,
    memoryBytes: 5_000_000_000,
    usage: 'runtime',
    bytesIn: 0,
    bytesOut: 5_000_000_001,
    instance: 'i1',
    hasBodies: false,
    startedAt: '2026-01-02T03:04:05.678Z',
    ...changes,
  };
}

/** Takes a pending version through its life until it is ready; `versions` is the store or its client. */
export async function makeReady(
  versions: {
    transitionVersion: (functionId: string, number: number, move: Transition & By) => Promise<VersionRecord>;
  },
  { functionId, number }: VersionRecord,
): Promise<VersionRecord> {
  const move = (transition: Transition) =>
    versions.transitionVersion(functionId, number, { ...transition, ...BY });
  await move({ from: 'pending', to: 'building' });
  const imageRef = `localhost:5000/plat/f1@${digest('c')}`;
  await move({ from: 'building', to: 'starting', imageId: digest('b'), imageRef });
  return move({ from: 'starting', to: 'ready' });
}

export function sampleToken(changes: { project?: string; expiresAt?: string } = {}) {
  return {
    name: 'ci',
    role: 'developer' as const,
    project: null,
    hash: 'c'.repeat(64),
    expiresAt: null,
    ...changes,
    ...BY,
  };
}

/** `count` more versions of {@link HELLO}, one after the other until it is ready. */
export async function deployReady(
  store: Parameters<typeof makeReady>[0] & Pick<Store, 'createVersion'>,
  count: number,
  changes: Partial<NewVersion> = {},
): Promise<void> {
  for (let i = 0; i < count; i++)
    await makeReady(store, await store.createVersion(HELLO, sampleVersion(changes)));
}
