import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { CONFIG } from './function-view.ts';

/** A version that is ready. */
export function versionRecord(change: Partial<VersionRecord> = {}): VersionRecord {
  return {
    functionId: 'id-hello',
    project: 'default',
    function: 'hello',
    number: 1,
    state: 'ready',
    config: CONFIG,
    sourceDigest: `sha256:${'a'.repeat(64)}`,
    sourceBytes: 500,
    imageId: `sha256:${'b'.repeat(64)}`,
    imageReused: false,
    imageRef: null,
    promote: true,
    error: null,
    createdBy: 'Ada',
    createdAt: '2026-01-02T03:04:05.000Z',
    buildStartedAt: '2026-01-02T03:04:06.000Z',
    builtAt: '2026-01-02T03:04:08.500Z',
    finishedAt: '2026-01-02T03:04:09.000Z',
    ...change,
  };
}
