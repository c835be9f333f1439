import { isManaged } from '@plat/platform-kit/docker/labels.ts';
import type { NetworkPool } from '@plat/platform-kit/docker/network-pool.ts';
import { contains, parseBlock } from '@plat/platform-kit/docker/subnets.ts';
import { z } from 'zod';
import type { GateRequest, RuleContext } from './rules.ts';

type HostConfig = Record<string, unknown>;

/** What an instance's container may ask of the host. Everything else that HostConfig can say is refused. */
const HOST_CONFIG: Record<string, (value: unknown, namespace: string) => boolean> = {
  NetworkMode: (value, namespace) => typeof value === 'string' && value.startsWith(`${namespace}-functions-`),
  Memory: isPositive,
  MemorySwap: isPositive,
  MemoryReservation: isPositive,
  NanoCpus: isPositive,
  CpuShares: isPositive,
  PidsLimit: isPositive,
  ShmSize: isPositive,
  CapDrop: (value) => Array.isArray(value) && value.includes('ALL'),
  SecurityOpt: (value) =>
    Array.isArray(value) && value.every((option) => /^no-new-privileges(:true)?$/.test(String(option))),
  ReadonlyRootfs: (value) => typeof value === 'boolean',
  Tmpfs: () => true,
  Ulimits: () => true,
  Init: () => true,
  AutoRemove: () => true,
  RestartPolicy: () => true,
  OomScoreAdj: (value) => typeof value === 'number' && value >= 0,
  LogConfig: (value) => ['json-file', 'local'].includes((value as { Type?: string } | null)?.Type ?? ''),
  PublishAllPorts: (value) => value === false,
  Runtime: (value) => typeof value === 'string',
};
const NEEDED = ['NetworkMode', 'Memory', 'PidsLimit', 'CapDrop', 'SecurityOpt'];

/** Why a container may not be made: it is not one of our instances, or it is confined less than they are. */
export function checkNewContainer({ body }: GateRequest, { namespace }: RuleContext): string | undefined {
  const { Labels, HostConfig, NetworkingConfig } = (body ?? {}) as {
    Labels?: Record<string, string>;
    HostConfig?: HostConfig;
    NetworkingConfig?: { EndpointsConfig?: object } | null;
  };
  if (!isManaged(Labels, namespace)) return `the labels are not of the installation "${namespace}"`;
  const networks = Object.keys(NetworkingConfig?.EndpointsConfig ?? {});
  if (networks.some((name) => !name.startsWith(`${namespace}-functions-`)))
    return "only functions' networks may be joined";
  const given = HostConfig ?? {};
  for (const name of NEEDED) if (given[name] === undefined) return `HostConfig.${name} is missing`;
  for (const [name, value] of Object.entries(given)) {
    const isAllowed = Object.hasOwn(HOST_CONFIG, name) ? HOST_CONFIG[name]! : undefined;
    if (!isAllowed) return `HostConfig.${name} may not be set`;
    if (!isAllowed(value, namespace)) return `HostConfig.${name} may not be ${JSON.stringify(value)}`;
  }
  return undefined;
}

/** A bridge with our labels, a subnet of our pool, and without options of the host. */
export function checkNewNetwork(
  { body }: GateRequest,
  { namespace, networkPool }: RuleContext,
): string | undefined {
  const { Name, Driver, Labels, IPAM, ...rest } = (body ?? {}) as {
    Name?: string;
    Driver?: string;
    IPAM?: unknown;
    Labels?: Record<string, string>;
  } & Record<string, unknown>;
  if (!isManaged(Labels, namespace)) return `the labels are not of the installation "${namespace}"`;
  if (!Name?.startsWith(`${namespace}-functions-`))
    return `the name does not start with "${namespace}-functions-"`;
  if (Driver !== undefined && Driver !== 'bridge') return `the driver may not be "${Driver}"`;
  const other = Object.keys(rest).find(
    (name) => !['CheckDuplicate', 'Internal', 'EnableIPv6'].includes(name),
  );
  if (other !== undefined) return `${other} may not be set`;
  return IPAM === undefined || isSubnetOf(networkPool, IPAM)
    ? undefined
    : 'IPAM may only name one subnet of FUNCTIONS_NETWORK_POOL';
}

function isSubnetOf(pool: NetworkPool, ipam: unknown): boolean {
  const config = z
    .strictObject({ Config: z.tuple([z.strictObject({ Subnet: z.string() })]) })
    .safeParse(ipam);
  const block = config.success ? parseBlock(config.data.Config[0].Subnet) : undefined;
  return pool !== undefined && block !== undefined && contains(pool, block);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}
