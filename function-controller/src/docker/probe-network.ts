import type Docker from 'dockerode';
import type { Finding } from '@plat/platform-kit/checks.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { DOCTOR } from '../plan-strays.ts';
import { createNetwork } from './create-network.ts';
import type { EngineOfOurs } from './own-things.ts';

const ALIAS = 'plat-doctor-server';
const PORT = 8080;
/** Perl is in every image that builds on Debian, as those of all runtimes do. */
const SERVER = `my $s = IO::Socket::INET->new(Listen => 5, LocalPort => ${PORT}, ReuseAddr => 1) or exit 1; while (my $c = $s->accept) { close $c }`;
const CLIENT = `my $ip; for (1 .. 20) { $ip = gethostbyname("${ALIAS}"); if ($ip) { exit 0 if IO::Socket::INET->new(PeerAddr => Socket::inet_ntoa($ip), PeerPort => ${PORT}, Timeout => 1) } select(undef, undef, undef, 0.2) } exit($ip ? 3 : 2)`;
const EXIT_NO_NAME = 2;

/**
 * Two containers on a network of their own: does one find the other by its name, and can it connect? `images`: names
 * or ids, of which the first that is at hand is used. Leaves nothing behind.
 */
export async function probeNetwork(
  engine: EngineOfOurs,
  images: readonly string[],
  signal: AbortSignal,
): Promise<Finding> {
  const image = await firstAtHand(engine.docker, images);
  if (image === undefined)
    return {
      verdict: 'skip',
      evidence: 'No image is at hand to make containers of; there is one after the first deploy.',
    };
  const { docker, namespace } = engine;
  const name = `${namespace}-functions-doctor-${newId().slice(-8)}`;
  const labels = { [LABELS.managed]: 'true', [LABELS.namespace]: namespace, [LABELS.purpose]: DOCTOR };
  const made: Docker.Container[] = [];
  let network: Docker.Network | undefined;
  const run = async (role: string, script: string): Promise<Docker.Container> => {
    signal.throwIfAborted();
    const container = await docker.createContainer({
      name: `${name}-${role}`,
      Image: image,
      Entrypoint: ['perl', '-MIO::Socket::INET', '-e', script],
      Cmd: [],
      User: '65532:65532',
      Labels: labels,
      HostConfig: {
        NetworkMode: name,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        ReadonlyRootfs: true,
        Memory: 64 * 1024 ** 2,
        PidsLimit: 16,
      },
      ...(role === 'server'
        ? { NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: [ALIAS] } } } }
        : {}),
    });
    made.push(container);
    await container.start();
    return container;
  };
  const startedAt = performance.now();
  try {
    network = await createNetwork(docker, engine.networkPool, { name, labels });
    await run('server', SERVER);
    const client = await run('client', CLIENT);
    const { StatusCode: code } = (await client.wait({ abortSignal: signal })) as { StatusCode: number };
    const ms = Math.round(performance.now() - startedAt);
    if (code === 0)
      return {
        verdict: 'ok',
        evidence: `One container found another by its name and connected (${ms} ms in all).`,
      };
    return {
      verdict: 'fail',
      evidence:
        code === EXIT_NO_NAME
          ? 'A container cannot find another one on its network by its name.'
          : `A container cannot connect to another one on its network (code ${code}).`,
      remedy:
        'look at the firewall of the host (iptables -L DOCKER-USER, net.bridge.bridge-nf-call-iptables) and restart the engine',
    };
  } finally {
    for (const container of made) await container.remove({ force: true, v: true }).catch(() => undefined);
    await network?.remove().catch(() => undefined);
  }
}

async function firstAtHand(docker: Docker, images: readonly string[]): Promise<string | undefined> {
  for (const image of images) {
    const found = await docker
      .getImage(image)
      .inspect()
      .catch((error: { statusCode?: number }) => {
        if (error.statusCode === 404) return undefined;
        throw error;
      });
    if (found) return found.Id;
  }
  return undefined;
}
