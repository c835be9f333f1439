import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { writeLabels } from '@plat/platform-kit/docker/labels.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dockerInstanceSource } from './docker-instance-source.ts';
import { fakeFunction } from './testing/fake-records.ts';
import { ProxyHarness, until } from './testing/proxy-harness.ts';

const IMAGE = 'node:24-trixie-slim';
const SERVER = `require('node:http').createServer((q, r) => r.end(q.url === '/_plat/ready' ? '{"status":"ready"}' : 'hello')).listen(8080)`;

const docker = connectDocker(process.env.DOCKER_HOST);
const missing = await docker
  .getImage(IMAGE)
  .inspect()
  .then(
    () => undefined,
    (error: Error) => error,
  );
if (missing && process.env.PLAT_FORBID_SKIPS === '1')
  throw new Error(`These tests need a Docker engine with the image ${IMAGE}.`, { cause: missing });

describe.skipIf(missing)('dockerInstanceSource() on a real engine', () => {
  const namespace = `test-${randomBytes(4).toString('hex')}`;
  const hello = fakeFunction({ name: 'hello' });
  let network: Docker.Network;
  let harness: ProxyHarness;
  const made: Docker.Container[] = [];

  beforeAll(async () => {
    network = await docker.createNetwork({ Name: `${namespace}-net` });
  });
  afterAll(async () => {
    await network.remove();
  });
  beforeEach(async () => {
    const source = dockerInstanceSource(docker, namespace);
    harness = await ProxyHarness.start([hello], {}, source);
  });
  afterEach(async () => {
    await harness.close();
    for (const container of made.splice(0)) await container.remove({ force: true });
  });

  async function run(labels: Record<string, string>): Promise<Docker.Container> {
    const container = await docker.createContainer({
      Image: IMAGE,
      Cmd: ['node', '-e', SERVER],
      Labels: labels,
      HostConfig: { NetworkMode: `${namespace}-net`, Init: true },
    });
    made.push(container);
    await container.start();
    return container;
  }

  const labels = (name: string) =>
    writeLabels(namespace, {
      functionId: hello.id,
      project: hello.project,
      function: hello.name,
      version: 1,
      instance: name,
      port: 8080,
      engine: 'docker',
      spec: 's',
    });
  const readinessOf = (container: Docker.Container, waitMs = 20_000) =>
    harness.client.readiness(container.id, { waitMs });
  const known = async () => (await harness.client.listReadiness()).items.map(({ instanceId }) => instanceId);

  it('finds a container by its labels as soon as it runs, and loses it when it stops', async () => {
    const container = await run(labels('one'));
    expect(await readinessOf(container)).toEqual({ state: 'ready' });
    expect(await harness.call('/hello')).toMatchObject({ status: 200, body: 'hello' });
    await container.stop({ t: 1 });
    await until(async () => (await known()).length === 0);
  });

  it('does not see containers without our labels, nor those of another installation', async () => {
    await run({});
    await run({ ...labels('other'), 'plat.namespace': `${namespace}-other` });
    const ours = await run(labels('one'));
    expect(await readinessOf(ours)).toEqual({ state: 'ready' });
    expect(await known()).toEqual([ours.id]);
  });

  it('follows a container to the address it has after a restart', async () => {
    const container = await run(labels('one'));
    await readinessOf(container);
    const before = await addressOf(container);
    await container.stop({ t: 1 });
    // Takes the address that came free.
    await run({});
    await container.start();
    expect(await addressOf(container)).not.toBe(before);
    expect(await readinessOf(container)).toEqual({ state: 'ready' });
    expect((await harness.call('/hello')).body).toBe('hello');
  });

  it('leaves a paused container alone and takes it back when it goes on', async () => {
    const container = await run(labels('one'));
    await readinessOf(container);
    await container.pause();
    await until(async () => (await harness.client.listReadiness()).items[0]?.readiness.state === 'resting');
    await container.unpause();
    expect(await readinessOf(container)).toEqual({ state: 'ready' });
    expect((await harness.call('/hello')).body).toBe('hello');
  });

  async function addressOf(container: Docker.Container): Promise<string | undefined> {
    const { NetworkSettings } = await container.inspect();
    return NetworkSettings.Networks[`${namespace}-net`]?.IPAddress;
  }
});
