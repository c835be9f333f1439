import type { FunctionStatus, FunctionView } from '@plat/platform-kit/api/views.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { hostLabel } from '@plat/platform-kit/names.ts';
import { isTerminal, type VersionState } from '@plat/platform-kit/version-states.ts';
import { isLoopback } from './client-address.ts';

export type ViewOptions = {
  publicUrl: string;
  domain: string;
  showEnvironment: boolean;
  /** State of the newest version, where the record does not hold it; see {@link needsLatestState}. */
  latestState?: VersionState;
};

export function functionView(record: FunctionRecord, options: ViewOptions): FunctionView {
  const live = liveVersion(record);
  const newest = live ?? record.versions.reduce(newer, undefined);
  const hasHost = newest?.config.edge !== 'off';
  const show = (version: VersionRecord) => versionView(version, options.showEnvironment);
  return {
    ...record,
    versions: record.versions.map(show),
    url: functionUrl(record, options.publicUrl),
    host: hasHost ? `${hostLabel(record.project, record.name)}.${options.domain}` : null,
    hostUrl: hasHost ? hostUrl(record, options) : null,
    live: live ? show(live).config : null,
    status: status(record, live, options.latestState),
  };
}

/** A version as the API shows it: values of environment variables only to those who may see them. */
export function versionView(version: VersionRecord, showEnvironment: boolean): VersionRecord {
  if (showEnvironment) return version;
  const env = Object.fromEntries(Object.keys(version.config.env).map((name) => [name, '***']));
  return { ...version, config: { ...version.config, env } };
}

/** The version that alias `live` names with the greatest weight; of equals the newest. */
export function liveVersion(record: FunctionRecord): VersionRecord | undefined {
  const weights = record.aliases.find((alias) => alias.name === 'live')?.weights ?? [];
  const [most] = [...weights].sort((a, b) => b.weight - a.weight || b.version - a.version);
  return most && record.versions.find((version) => version.number === most.version);
}

/** Whether the record alone does not tell how the last deploy ended: nothing is live and nothing is under way. */
export function needsLatestState(record: FunctionRecord): boolean {
  return !liveVersion(record) && !record.versions.some((version) => !isTerminal(version.state));
}

function status(
  record: FunctionRecord,
  live: VersionRecord | undefined,
  latestState: VersionState | undefined,
): FunctionStatus {
  if (record.state === 'stopped') return 'stopped';
  if (live) return 'active';
  return latestState === 'failed' || latestState === 'cancelled' ? 'failed' : 'deploying';
}

function functionUrl({ project, name }: FunctionRecord, publicUrl: string): string {
  return `${publicUrl}/function/${project === 'default' ? name : `${project}.${name}`}`;
}

/** `*.localhost` needs no DNS, so it is what works where the gateway itself is reached by a loopback name. */
function hostUrl({ project, name }: FunctionRecord, options: ViewOptions): string {
  const url = new URL(options.publicUrl);
  const suffix = isLoopback(url.hostname.replace(/^\[|\]$/g, '')) ? 'localhost' : options.domain;
  return `${url.protocol}//${hostLabel(project, name)}.${suffix}${url.port && `:${url.port}`}`;
}

function newer(best: VersionRecord | undefined, version: VersionRecord): VersionRecord {
  return best && best.number > version.number ? best : version;
}
