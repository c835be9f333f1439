import type Docker from 'dockerode';
import type { NetworkPool } from '@plat/platform-kit/docker/network-pool.ts';
import { SUBNET_ADDRESSES } from '@plat/platform-kit/docker/network-pool.ts';
import { formatBlock, freeSubnets, parseBlock, type Block } from '@plat/platform-kit/docker/subnets.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';

/** Subnets that somebody else may take first, in the time between looking and making. */
const TRIES = 32;

/**
 * Makes a bridge network with a subnet of the pool that no network of the engine has. Throws `unavailable` when there is
 * none left, and the engine's 409 for a name that is taken.
 */
export async function createNetwork(
  docker: Docker,
  pool: NetworkPool,
  { name, labels }: { name: string; labels: Record<string, string> },
): Promise<Docker.Network> {
  const options = { Name: name, Driver: 'bridge', Labels: labels };
  if (!pool) return docker.createNetwork(options).catch(explainExhausted);
  let tries = 0;
  for (const subnet of freeSubnets(pool, SUBNET_ADDRESSES, await takenSubnets(docker))) {
    if (++tries > TRIES) break;
    try {
      return await docker.createNetwork({ ...options, IPAM: { Config: [{ Subnet: formatBlock(subnet) }] } });
    } catch (error) {
      if (!isOverlap(error)) throw error;
    }
  }
  throw new PlatformError(
    'unavailable',
    `No subnet is free in FUNCTIONS_NETWORK_POOL (${formatBlock(pool)}), so the project gets no network. Delete projects that are not used, or name a larger pool.`,
  );
}

/** How many of a pool's subnets no network of the engine touches, and how many there are. */
export async function countSubnets(docker: Docker, pool: Block): Promise<{ free: number; all: number }> {
  const free = [...freeSubnets(pool, SUBNET_ADDRESSES, await takenSubnets(docker))].length;
  return { free, all: pool.size / SUBNET_ADDRESSES };
}

async function takenSubnets(docker: Docker): Promise<Block[]> {
  const networks = await docker.listNetworks();
  return networks.flatMap(({ IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet && parseBlock(Subnet)) || []),
  );
}

/** The engine says 403 or 400, depending on its version. */
function isOverlap(error: unknown): boolean {
  return /overlap|invalid pool request/i.test(String((error as { message?: string }).message));
}

function explainExhausted(error: unknown): never {
  if (!/address pool/i.test(String((error as { message?: string }).message))) throw error;
  throw new PlatformError(
    'unavailable',
    'The engine has no addresses left for another network. Set FUNCTIONS_NETWORK_POOL to a network of your own, or add default-address-pools to /etc/docker/daemon.json.',
    { cause: error },
  );
}
