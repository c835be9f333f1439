import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../testing/proxy-harness.ts';
import { openRelay } from './relay-container.ts';

const IMAGE = 'node:24-trixie-slim';
const SERVER = `require('node:http').createServer((q, r) => r.end('hello')).listen(8080)`;
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

describe.skipIf(missing)('openRelay() on a real engine', () => {
  const namespace = `test-${randomBytes(4).toString('hex')}`;
  const engine = { docker, namespace, image: IMAGE, logger: silentLogger() };
  const soon = () => deadline(30_000);
  const names = ['one', 'two', 'three'].map((name) => `${namespace}-${name}`);
  const networks: Docker.Network[] = [];
  const servers: Docker.Container[] = [];

  const addressOn = async (network: string) => {
    const container = servers[names.indexOf(network)]!;
    return (await container.inspect()).NetworkSettings.Networks[network]!.IPAddress;
  };
  const relays = async () => {
    const label = [`${LABELS.namespace}=${namespace}`];
    return docker.listContainers({ all: true, filters: { label } });
  };

  beforeAll(async () => {
    for (const Name of names) {
      networks.push(await docker.createNetwork({ Name }));
      const server = await docker.createContainer({
        Image: IMAGE,
        Cmd: ['node', '-e', SERVER],
        HostConfig: { NetworkMode: Name, Init: true },
      });
      servers.push(server);
      await server.start();
    }
  });
  afterAll(async () => {
    for (const server of servers) await server.remove({ force: true });
    for (const { Id } of await relays())
      await docker
        .getContainer(Id)
        .remove({ force: true })
        .catch(() => undefined);
    for (const network of networks) await network.remove();
  });

  it('reaches containers on its networks, those it joins later too, and nobody else', async () => {
    const [one, two, three] = names as [string, string, string];
    const link = await openRelay(engine, new Set([one, two]), soon());
    const ask = async (network: string) => {
      const host = await addressOn(network);
      await until(async () => {
        try {
          (await link.session.dial({ host, port: 8080 }, soon())).destroy();
          return true;
        } catch (error) {
          if ((error as { code?: string }).code === 'ECONNREFUSED') return false;
          throw error;
        }
      }, 20_000);
      const connection = await link.session.dial({ host, port: 8080 }, soon());
      connection.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      return text(connection);
    };
    expect(await ask(one)).toContain('hello');
    expect(await ask(two)).toContain('hello');
    await expect(ask(three)).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    await link.join(new Set([one, two, three]), soon());
    expect(await ask(three)).toContain('hello');
    const host = await addressOn(one);
    for (const other of [host.replace(/\d+$/, '1'), '127.0.0.1', '1.1.1.1'])
      await expect(link.session.dial({ host: other, port: 80 }, soon())).rejects.toMatchObject({
        code: 'EHOSTUNREACH',
      });

    // Far more callers that leave than HTTP/2 lets a stranger have.
    for (let round = 0; round < 20; round++) {
      const left = await Promise.all(
        Array.from({ length: 100 }, () => link.session.dial({ host, port: 8080 }, soon())),
      );
      for (const connection of left) connection.destroy();
    }
    expect(await ask(one)).toContain('hello');
    await link.close();
    await until(async () => (await relays()).length === 0, 20_000);
  });

  it('says what to do about an image that cannot be had, and leaves nothing', async () => {
    const image = `127.0.0.1:9/${namespace}:none`;
    await expect(openRelay({ ...engine, image }, new Set([names[0]!]), soon())).rejects.toThrow(
      /set RELAY_IMAGE to an image/,
    );
    await expect(openRelay(engine, new Set([`${namespace}-gone`]), soon())).rejects.toThrow(/not found/);
    expect(await relays()).toEqual([]);
  });
});
