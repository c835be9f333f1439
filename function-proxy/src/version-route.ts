import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';

/** What the data plane needs to know of one version; immutable, as the version is. */
export type VersionRoute = {
  /** `<functionId>/<number>`: what instances and waiting requests are grouped by. */
  key: string;
  functionId: string;
  project: string;
  function: string;
  number: number;
  /** Calls one instance takes at the same time. */
  concurrency: number;
  timeoutMs: number;
  contract: FunctionConfig['contract'];
  edge: FunctionConfig['edge'];
  keepBodies: FunctionConfig['keepBodies'];
};

export function versionKey(functionId: string, number: number): string {
  return `${functionId}/${number}`;
}

export function toVersionRoute(version: VersionRecord): VersionRoute {
  const { functionId, project, number, config } = version;
  return {
    key: versionKey(functionId, number),
    functionId,
    project,
    function: version.function,
    number,
    concurrency: config.concurrency,
    timeoutMs: config.timeoutMs,
    contract: config.contract,
    edge: config.edge,
    keepBodies: config.keepBodies,
  };
}
