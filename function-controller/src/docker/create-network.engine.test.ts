import { randomBytes } from 'node:crypto';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { contains, parseBlock } from '@plat/platform-kit/docker/subnets.ts';
import { expect, test } from 'vitest';
import { countSubnets } from './create-network.ts';
import { ensureProjectNetwork, networkName, removeProjectNetwork } from './project-network.ts';

const docker = connectDocker(process.env['DOCKER_HOST']);
const missing = await docker.ping().then(
  () => undefined,
  (error: Error) => error,
);
if (missing && process.env['PLAT_FORBID_SKIPS'] === '1')
  throw new Error('These tests need a Docker engine.', { cause: missing });

test.skipIf(missing)('forty projects have a network each, with a subnet of the pool', async () => {
  const namespace = `plat-test-${randomBytes(4).toString('hex')}`;
  const pool = parseBlock('10.212.0.0/14')!;
  const projects = Array.from({ length: 40 }, (_, i) => `p${i}`);
  try {
    // Side by side as reconciling does: whoever finds a subnet taken meanwhile goes on to the next.
    for (let i = 0; i < projects.length; i += 4)
      await Promise.all(projects.slice(i, i + 4).map((project) => ensureProjectNetwork(docker, { namespace, project, pool })));
    const subnets = await Promise.all(
      projects.map(async (project) => {
        const network = await docker.getNetwork(networkName(namespace, project)).inspect();
        return parseBlock((network as { IPAM: { Config: { Subnet: string }[] } }).IPAM.Config[0]!.Subnet)!;
      }),
    );
    expect(new Set(subnets.map(({ first }) => first)).size).toBe(40);
    expect(subnets.every((subnet) => contains(pool, subnet))).toBe(true);

    const used = subnets[0]!;
    const one = ensureProjectNetwork(docker, { namespace, project: 'more', pool: used });
    await expect(one).rejects.toThrow(/No subnet is free in FUNCTIONS_NETWORK_POOL/);
    expect(await countSubnets(docker, used)).toEqual({ free: 0, all: 1 });
  } finally {
    for (const project of projects) await removeProjectNetwork(docker, namespace, project);
  }
}); // prettier-ignore
