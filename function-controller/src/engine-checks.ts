import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import { checkDisk } from '@plat/platform-kit/check-disk.ts';
import { engineAwayError, isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { formatBlock } from '@plat/platform-kit/docker/subnets.ts';
import { pingEngine } from '@plat/platform-kit/docker/ping-engine.ts';
import type { EngineOfOurs } from './docker/own-things.ts';
import { countSubnets } from './docker/create-network.ts';
import { probeNetwork } from './docker/probe-network.ts';

/** The parts of `GET /info` that are looked at. */
export type EngineFacts = {
  ServerVersion?: string;
  OperatingSystem?: string;
  KernelVersion?: string;
  Driver?: string;
  CgroupVersion?: string;
  CgroupDriver?: string;
  MemoryLimit?: boolean;
  SwapLimit?: boolean;
  CpuCfsQuota?: boolean;
  PidsLimit?: boolean;
  SecurityOptions?: string[];
  Runtimes?: Record<string, unknown>;
  DefaultRuntime?: string;
  DockerRootDir?: string;
};

/** The oldest API that has all the platform asks for (Engine 20.10). */
const OLDEST_API = 1.41;
const PROBE_MS = 15_000;
/** The Date header counts whole seconds. */
const SKEW_WARN_MS = 3000;
const SKEW_FAIL_MS = 30_000;

/** The engine itself: its version, what it can confine, its clock, its disk, and that containers find each other. */
export function engineChecks(engine: EngineOfOurs, images: readonly string[]): CheckSpec[] {
  const { docker, dockerHost } = engine;
  const facts = () =>
    (docker.info() as Promise<EngineFacts>).catch((error: unknown) => {
      throw isEngineAway(error) ? engineAwayError(dockerHost, error) : error;
    });
  const ping = (signal: AbortSignal) =>
    pingEngine(dockerHost, signal).catch((error: unknown) => {
      throw isEngineAway(error) ? engineAwayError(dockerHost, error) : error;
    });
  return [
    {
      id: 'engine.version',
      title: 'The engine answers',
      run: async (signal) => judgeVersion(await facts(), (await ping(signal)).apiVersion),
    },
    {
      id: 'engine.limits',
      title: 'The engine limits memory, CPU and processes',
      run: async () => judgeLimits(await facts()),
    },
    {
      id: 'engine.isolation',
      title: 'The engine confines system calls',
      run: async () => judgeIsolation(await facts()),
    },
    {
      id: 'engine.clock',
      title: 'The clocks of engine and platform agree',
      run: async (signal) => {
        const before = Date.now();
        const { clockMs } = await ping(signal);
        return judgeClock(clockMs, (before + Date.now()) / 2);
      },
    },
    {
      id: 'engine.disk',
      title: 'There is room for images and containers',
      run: async () => {
        const { DockerRootDir: folder } = await facts();
        const isLocal = !dockerHost || dockerHost.startsWith('unix:');
        return folder && isLocal
          ? checkDisk(folder)
          : { verdict: 'skip', evidence: 'The engine runs on another machine.' };
      },
    },
    {
      id: 'network.addresses',
      title: 'There are addresses for more projects',
      run: async () => {
        const { networkPool } = engine;
        if (!networkPool)
          return {
            verdict: 'skip',
            evidence: "The engine's own pools are used (FUNCTIONS_NETWORK_POOL=engine).",
          };
        return judgeAddresses(formatBlock(networkPool), await countSubnets(docker, networkPool));
      },
    },
    {
      id: 'network.containers',
      title: 'Containers find and reach each other',
      timeoutMs: PROBE_MS,
      run: (signal) => probeNetwork(engine, images, signal),
    },
  ];
}

export function judgeVersion(facts: EngineFacts, apiVersion: string | null): Finding {
  const evidence = `Docker ${facts.ServerVersion} (API ${apiVersion}) on ${facts.OperatingSystem}, kernel ${facts.KernelVersion}, storage ${facts.Driver}, runtimes ${Object.keys(facts.Runtimes ?? {}).join(', ')} (default ${facts.DefaultRuntime}).`;
  if (apiVersion === null || Number(apiVersion) < OLDEST_API)
    return { verdict: 'fail', evidence, remedy: 'install Docker Engine 20.10 or newer' };
  if (facts.Driver === 'vfs')
    return {
      verdict: 'warn',
      evidence,
      remedy: 'set "storage-driver": "overlay2" in /etc/docker/daemon.json: vfs copies every image whole',
    };
  return { verdict: 'ok', evidence };
}

export function judgeLimits(facts: EngineFacts): Finding {
  const states: [string, boolean | undefined][] = [
    ['memory', facts.MemoryLimit],
    ['swap', facts.SwapLimit],
    ['CPU', facts.CpuCfsQuota],
    ['processes', facts.PidsLimit],
  ];
  const missing = states.filter(([, isThere]) => !isThere).map(([name]) => name);
  const evidence = `cgroup v${facts.CgroupVersion} (${facts.CgroupDriver}); ${missing.length === 0 ? 'all limits hold' : `not limited: ${missing.join(', ')}`}.`;
  if (missing.length === 0) return { verdict: 'ok', evidence };
  if (missing.length === 1 && missing[0] === 'swap')
    return {
      verdict: 'warn',
      evidence: `${evidence} Instances may use swap beyond their memory.`,
      remedy: 'boot the kernel with swapaccount=1 (cgroup v1), or turn swap off',
    };
  return { verdict: 'fail', evidence, remedy: 'enable these cgroup controllers for the engine' };
}

export function judgeIsolation(facts: EngineFacts): Finding {
  const options = (facts.SecurityOptions ?? []).map((option) => /^name=([^,]+)/.exec(option)?.[1] ?? option);
  const evidence = `Security options: ${options.join(', ') || 'none'}.`;
  if (options.includes('seccomp')) return { verdict: 'ok', evidence };
  return {
    verdict: 'warn',
    evidence,
    remedy: 'use a kernel and an engine with seccomp; until then functions may make any system call',
  };
}

export function judgeAddresses(pool: string, { free, all }: { free: number; all: number }): Finding {
  const evidence = `${free} of ${all} subnets of ${pool} are free.`;
  if (free > Math.min(5, all / 10)) return { verdict: 'ok', evidence };
  return {
    verdict: free === 0 ? 'fail' : 'warn',
    evidence,
    remedy: 'set FUNCTIONS_NETWORK_POOL to a larger private network, or delete projects that are not used',
  };
}

export function judgeClock(engineMs: number | null, ownMs: number): Finding {
  if (engineMs === null) return { verdict: 'skip', evidence: 'The engine does not say what time it is.' };
  // The header is cut down to whole seconds: on average half a second is missing.
  const skewMs = Math.abs(engineMs + 500 - ownMs);
  const evidence = `They differ by ${skewMs < 1000 ? 'less than a second' : `${Math.round(skewMs / 1000)} s`}.`;
  if (skewMs <= SKEW_WARN_MS) return { verdict: 'ok', evidence };
  return {
    verdict: skewMs > SKEW_FAIL_MS ? 'fail' : 'warn',
    evidence,
    remedy: 'set the clock by NTP on both machines (timedatectl set-ntp true)',
  };
}
