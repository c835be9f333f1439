import { randomBytes } from 'node:crypto';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instanceSpec } from '../instance-spec.ts';
import { alias, functionRecord, versionRecord } from '../testing/test-records.ts';
import { createDockerEdgeRouter } from './docker-edge-router.ts';
import { createDockerInstanceHost } from './docker-instance-host.ts';
import { ensureProjectNetwork, networkName, removeProjectNetwork } from './project-network.ts';

const BASE = 'node:24-trixie-slim';
const docker = connectDocker(process.env['DOCKER_HOST']);
const image = await docker
  .getImage(BASE)
  .inspect()
  .then(
    ({ Id }) => Id,
    () => undefined,
  );
if (!image && process.env['PLAT_FORBID_SKIPS'] === '1')
  throw new Error(`These tests need a Docker engine with the image ${BASE}.`);

describe.skipIf(!image)('Traefik on Docker', () => {
  const namespace = `plat-test-${randomBytes(4).toString('hex')}`;
  const other = `${namespace}-other`;
  /** Stands in for Traefik's container. */
  let id: string;
  const networks = async () =>
    Object.keys((await docker.getContainer(id).inspect()).NetworkSettings.Networks).sort();
  const router = (container: string) => createDockerEdgeRouter({ docker, namespace, container });

  beforeAll(async () => {
    const container = await docker.createContainer({
      name: `${namespace}-edge`,
      Image: BASE,
      Cmd: ['sleep', 'infinity'],
      Labels: { 'plat.edge': namespace },
    });
    id = container.id;
    await container.start();
    for (const project of ['shop', 'blog'])
      await ensureProjectNetwork(docker, { namespace, project, pool: undefined });
    await ensureProjectNetwork(docker, { namespace: other, project: 'shop', pool: undefined });
    await docker.getNetwork(networkName(other, 'shop')).connect({ Container: id });
  });
  afterAll(async () => {
    await docker.getContainer(id).remove({ force: true });
    for (const project of ['shop', 'blog']) await removeProjectNetwork(docker, namespace, project);
    await removeProjectNetwork(docker, other, 'shop');
  });

  test.each([
    ['its label', `plat.edge=${namespace}`],
    ['its name', `${namespace}-edge`],
  ])('found by %s, it joins the networks it is told to, and leaves only ours', async (_how, container) => {
    const own = (project: string) => networkName(namespace, project);
    const foreign = ['bridge', networkName(other, 'shop')];
    await router(container).join(new Set(['shop', 'nobody']));
    expect(await networks()).toEqual([...foreign, own('shop')].sort());
    await router(container).join(new Set(['shop', 'blog']));
    await router(container).join(new Set(['shop', 'blog']));
    expect(await networks()).toEqual([...foreign, own('shop'), own('blog')].sort());
    await router(container).join(new Set(['blog']));
    expect(await networks()).toEqual([...foreign, own('blog')].sort());
    await router(container).join(new Set());
    expect(await networks()).toEqual(foreign.sort());
  });

  test('a container that does not exist is no failure', async () => {
    await router(`${namespace}-nobody`).join(new Set(['shop']));
    await router('plat.edge=nobody').join(new Set(['shop']));
  });

  test('an instance of a direct function carries what Traefik reads, and the platform’s own labels beside it', async () => {
    const host = createDockerInstanceHost({ docker, namespace, dockerHost: undefined });
    const version = versionRecord({
      imageId: image!,
      config: { edge: 'direct', scale: { min: 1, idleMs: 1000 } },
    });
    const record = functionRecord({
      versions: [version],
      aliases: [alias('live', [1, 100])],
      domains: ['www.example.org'],
    });
    const settings = { namespace, domain: 'platform.test' };
    const spec = instanceSpec(version, { pids: 64, tmpMb: 16 }, { record, settings });
    const instance = await host.start(spec);
    try {
      const { Labels } = (await docker.getContainer(instance).inspect()).Config;
      expect(Labels).toMatchObject({
        ...spec.edgeLabels,
        'plat.namespace': namespace,
        'plat.project': 'shop',
      });
      expect(Labels).toMatchObject({
        'traefik.enable': 'true',
        'traefik.docker.network': networkName(namespace, 'shop'),
      });
      const routers = Object.entries(Labels).filter(([key]) => key.endsWith('.rule'));
      expect(routers).toHaveLength(2);
      for (const [, rule] of routers) expect(rule).toContain('Host(`www.example.org`)');
    } finally {
      await host.remove(instance, { graceMs: 0 });
    }
    const plain = instanceSpec(
      version,
      { pids: 64, tmpMb: 16 },
      { record: { ...record, aliases: [] }, settings },
    );
    const second = await host.start(plain);
    try {
      const { Labels } = (await docker.getContainer(second).inspect()).Config;
      expect(Object.keys(Labels).filter((key) => key.startsWith('traefik.'))).toEqual([]);
    } finally {
      await host.remove(second, { graceMs: 0 });
    }
  });
});
