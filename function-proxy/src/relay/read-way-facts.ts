import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type Docker from 'dockerode';
import { isManaged } from '@plat/platform-kit/docker/labels.ts';
import type { WayFacts } from './decide-way.ts';

type EngineInfo = { Name?: string; OperatingSystem?: string; SecurityOptions?: string[] };
/** Its types leave the option out. */
type AbortableInfo = { info: (options: { abortSignal: AbortSignal }) => Promise<EngineInfo> };

/** Asks the engine and this host for what {@link decideWay} looks at. */
export async function readWayFacts(options: {
  docker: Docker;
  namespace: string;
  mode: WayFacts['mode'];
  dockerHost: string | undefined;
  signal: AbortSignal;
}): Promise<WayFacts> {
  const { docker, namespace, mode, dockerHost, signal } = options;
  const [info, networks] = await Promise.all([
    (docker as unknown as AbortableInfo).info({ abortSignal: signal }),
    docker.listNetworks({ filters: { driver: ['bridge'] }, abortSignal: signal }),
  ]);
  const addresses = await ownAddresses();
  return {
    mode,
    dockerHost,
    engine: {
      name: info.Name,
      operatingSystem: info.OperatingSystem,
      securityOptions: info.SecurityOptions,
    },
    networks: networks
      .filter(({ Name, Labels }) => Name === 'bridge' || isManaged(Labels, namespace))
      .map(({ Name, IPAM }) => {
        // The address of an instance is its IPv4 address.
        const range = IPAM?.Config?.find(({ Subnet }) => Subnet?.includes('.'));
        return { name: Name, gateway: range?.Gateway || undefined, subnet: range?.Subnet };
      }),
    own: { name: os.hostname(), addresses },
  };
}

/**
 * All addresses of this host. Node leaves out those of interfaces without a carrier, as a bridge is without containers;
 * on Linux the kernel's table has them too.
 */
async function ownAddresses(): Promise<string[]> {
  const running = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
  const table = await readFile('/proc/net/fib_trie', 'utf8').catch(() => '');
  return [...new Set([...running.map(({ address }) => address), ...localAddresses(table)])];
}

/** The local addresses in the text of `/proc/net/fib_trie`, which says `/32 host LOCAL` in the line after each. */
export function localAddresses(table: string): string[] {
  return [...table.matchAll(/\|-- ([0-9.]+)\n\s*\/32 host LOCAL/g)].map((match) => match[1]!);
}
