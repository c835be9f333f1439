import { createHash } from 'node:crypto';
import type { Claim } from '@plat/platform-kit/claim.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { edgeLabels, type EdgeSettings } from './edge-labels.ts';
import type { InstanceSpec } from './instance-host.ts';

/** Where the in-container server of every runtime listens. */
const INSTANCE_PORT = 8080;

export type InstanceLimits = { pids: number; tmpMb: number };

/** The function as it is now, and how its instances are found by the edge. */
export type InstanceEdge = { record: FunctionRecord | undefined; settings: EdgeSettings };

/** What an instance of `version` is made of. Throws `conflict` for a version that has no image. */
export function instanceSpec(
  version: VersionRecord,
  limits: InstanceLimits,
  edge?: InstanceEdge,
): InstanceSpec {
  if (!version.imageId) {
    throw new PlatformError(
      'conflict',
      `Version ${version.number} of ${version.project}/${version.function} has no image.`,
    );
  }
  const { config } = version;
  const labels = edge
    ? edgeLabels(edge.record, version, { settings: edge.settings, port: INSTANCE_PORT })
    : {};
  return {
    functionId: version.functionId,
    project: version.project,
    function: version.function,
    version: version.number,
    imageId: version.imageId,
    ...(version.imageRef === null ? {} : { imageRef: version.imageRef }),
    port: INSTANCE_PORT,
    env: {
      ...config.env,
      PORT: String(INSTANCE_PORT),
      PLAT_PROJECT: version.project,
      PLAT_FUNCTION: version.function,
      PLAT_VERSION: String(version.number),
      PLAT_TIMEOUT_MS: String(config.timeoutMs),
      PLAT_MEMORY_MB: String(config.memoryMb),
      PLAT_CONCURRENCY: String(config.concurrency),
      ...(config.handler === null ? {} : { PLAT_HANDLER: config.handler }),
    },
    memoryMb: config.memoryMb,
    cpus: config.cpus,
    pids: limits.pids,
    tmpMb: limits.tmpMb,
    ...(Object.keys(labels).length > 0 ? { edgeLabels: labels } : {}),
  };
}

/** What an instance takes of the host; `/tmp` is in its memory. */
export function claimOf({ memoryMb, cpus, pids }: Claim): Claim {
  return { memoryMb, cpus, pids };
}

/** A short hash of the spec without where its image comes from; it stands in the label `plat.spec`, so that any other change shows. */
export function specHash(spec: InstanceSpec): string {
  const { env, edgeLabels, imageRef: _imageRef, ...rest } = spec;
  const parts = [rest, env, ...(edgeLabels ? [edgeLabels] : [])].map((part) =>
    Object.entries(part).sort(byKey),
  );
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Not by locale: the hash must not depend on the machine's language. */
function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
