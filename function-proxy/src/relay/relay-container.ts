import { readFile } from 'node:fs/promises';
import type { Duplex, Readable } from 'node:stream';
import type Docker from 'dockerode';
import { LABELS, RELAY_PURPOSE } from '@plat/platform-kit/docker/labels.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { createDockerNetworkMember } from '../docker-network-member.ts';
import { AttachedStream } from './attached-stream.ts';
import { RelaySession } from './relay-session.ts';

const MEMORY_BYTES = 256 * 1024 ** 2;
const ANSWER_MS = 15_000;

/** A relay that runs, with a session to it. `closed` resolves when it is of no use any more. */
export type RelayLink = {
  name: string;
  session: Pick<RelaySession, 'dial' | 'roundTrip'>;
  closed: Promise<void>;
  join: (networks: ReadonlySet<string>, signal: AbortSignal) => Promise<void>;
  /** Ends it; nothing is left on the engine. */
  close: () => Promise<void>;
};

/**
 * Starts a relay container on these networks (one at least), reached through the engine's API alone: it publishes no port
 * and listens on nothing. Its standard input is our connection to the engine, with which it ends and is removed, also when
 * this process is killed. Rejects when the engine refuses or the relay does not answer in time.
 */
export async function openRelay(
  engine: { docker: Docker; namespace: string; image: string; logger: Logger },
  networks: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<RelayLink> {
  const { docker, namespace, image, logger } = engine;
  const name = `${namespace}-relay-${newId().slice(-8)}`;
  const [first] = networks;
  // By its name: it may be there although the answer to its creation never came.
  const container = docker.getContainer(name);
  const remove = () => container.remove({ force: true, v: true }).catch(ignoreGone);
  try {
    const options = { ...(await relayOptions(engine, first!)), name, abortSignal: signal };
    await docker.createContainer(options).catch(async (error: { statusCode?: number; message?: string }) => {
      if (error.statusCode !== 404 || !/no such image/i.test(error.message ?? '')) throw error;
      await pullImage(docker, image, signal);
      await docker.createContainer(options);
    });
    const member = createDockerNetworkMember({ docker, container: name, logger });
    await member.join(networks, signal);
    const socket = (await container.attach({ hijack: true, stream: true, stdin: true, stdout: true, stderr: true })) as Duplex; // prettier-ignore
    try {
      await container.start({ abortSignal: signal });
      const transport = new AttachedStream(socket, (line) =>
        logger.warn({ relay: name, line }, 'the relay says'),
      );
      const session = await RelaySession.open(transport, deadline(ANSWER_MS, signal));
      const close = async () => {
        session.close();
        transport.destroy();
        await remove();
      };
      return { name, session, closed: session.closed, join: member.join, close };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
}

async function relayOptions(
  { namespace, image }: { namespace: string; image: string },
  network: string,
): Promise<Docker.ContainerCreateOptions> {
  const source = await readFile(new URL('./relay-server.ts', import.meta.url), 'utf8');
  return {
    Image: image,
    Entrypoint: [
      'node',
      '--disable-warning=ExperimentalWarning',
      '--max-old-space-size=128',
      '--input-type=module-typescript',
      '--eval',
      `${source}\nrunRelay();`,
    ],
    Cmd: [],
    User: '65532:65532',
    WorkingDir: '/',
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Labels: {
      [LABELS.managed]: 'true',
      [LABELS.namespace]: namespace,
      [LABELS.purpose]: RELAY_PURPOSE,
      [LABELS.member]: namespace,
    },
    HostConfig: {
      NetworkMode: network,
      AutoRemove: true,
      Memory: MEMORY_BYTES,
      MemorySwap: MEMORY_BYTES,
      PidsLimit: 64,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Init: true,
      // What it carries is the functions' data: the engine must not write it to a log.
      LogConfig: { Type: 'none', Config: {} },
      PublishAllPorts: false,
    },
  };
}

async function pullImage(docker: Docker, image: string, signal: AbortSignal): Promise<void> {
  try {
    const progress = (await docker.createImage({
      fromImage: image,
      abortSignal: signal,
    })) as unknown as Readable;
    let last = '';
    for await (const chunk of progress) last = String(chunk);
    const error = /"error":\s*"((?:[^"\\]|\\.)*)"/.exec(last)?.[1];
    if (error) throw new Error(error);
  } catch (cause) {
    signal.throwIfAborted();
    throw new PlatformError(
      'unavailable',
      `The relay's image ${image} is not in the engine and cannot be pulled: ${(cause as Error).message.trim()}. Load it (docker load), or set RELAY_IMAGE to an image with Node.js 24 that is there.`,
      { cause },
    );
  }
}

/** 404: it removed itself; 409: it is about to. */
function ignoreGone(error: Error & { statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
