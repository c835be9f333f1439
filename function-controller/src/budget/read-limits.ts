import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { Claim } from '@plat/platform-kit/claim.ts';
import type { InstanceHost } from '../instance-host.ts';

const MIB = 1024 * 1024;
/** What is left to the platform, the engine and everything else on the host. */
const MEMORY_SHARE = 0.8;
const PIDS_SHARE = 0.9;
/** Linux' own default. */
const USUAL_PIDS = 32_768;

export type LimitSettings = {
  /** Undefined: a share of the host's. */
  memoryMb: number | undefined;
  cpuOvercommit: number;
  /** Undefined: a share of the host's. */
  pids: number | undefined;
};

/** What all instances together may take. Rejects while the engine, which knows its host, does not answer. */
export async function readLimits(settings: LimitSettings, host: Pick<InstanceHost, 'resources'>): Promise<Claim> {
  const [{ memoryMb, cpus }, pids] = await Promise.all([host.resources?.() ?? ownResources(), readPidMax()]);
  return limitsOf(settings, { memoryMb, cpus, pids });
} // prettier-ignore

/** Pure. */
export function limitsOf(settings: LimitSettings, host: Claim): Claim {
  return {
    memoryMb: settings.memoryMb ?? Math.floor(host.memoryMb * MEMORY_SHARE),
    cpus: host.cpus * settings.cpuOvercommit,
    pids: settings.pids ?? Math.floor(host.pids * PIDS_SHARE),
  };
}

/** This machine's. */
export function ownResources(): { memoryMb: number; cpus: number } {
  return { memoryMb: Math.floor(os.totalmem() / MIB), cpus: os.cpus().length };
}

async function readPidMax(): Promise<number> {
  const text = await readFile('/proc/sys/kernel/pid_max', 'utf8').catch(() => '');
  return Number(text.trim()) || USUAL_PIDS;
}
