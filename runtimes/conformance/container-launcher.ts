import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-fs';
import { writeBuildContext } from './build-context.ts';
import type { Environment, Instance, Launcher } from './launcher.ts';

const LABEL = 'plat.conformance';
const PORT = 8080;
/** Where a generic instance gets its code. */
const GENERIC_APP = 'rw,exec,nosuid,nodev,size=4m,mode=0755,uid=65532,gid=65532';

/** Builds images with BuildKit and runs them as hardened as the platform does. */
export function createContainerLauncher(docker: Docker): Launcher {
  const images: string[] = [];

  return {
    async prepare(runtime, sourceFolder) {
      const context = await mkdtemp(path.join(tmpdir(), 'plat-conformance-'));
      const image = `plat-conformance-${runtime.manifest.id}:${process.pid}-${images.length}`;
      try {
        await writeBuildContext(runtime, sourceFolder, context);
        await buildImage(docker, context, image);
      } finally {
        await rm(context, { recursive: true, force: true });
      }
      images.push(image);
      return {
        start: (environment) => startContainer(docker, image, environment),
        startGeneric: () => startContainer(docker, image, { PLAT_GENERIC: '1' }, { '/app': GENERIC_APP }),
        remove: () => removeImage(docker, image),
      };
    },
    async close() {
      for (const image of images) await removeImage(docker, image);
    },
  };
}

type BuildMessage = { error?: string; stream?: string };

async function buildImage(docker: Docker, context: string, image: string): Promise<void> {
  const options = { version: '2' as const, t: image, labels: { [LABEL]: 'true' } };
  const stream = await docker.buildImage(pack(context) as unknown as NodeJS.ReadableStream, options);
  const messages = await new Promise<BuildMessage[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output: BuildMessage[]) => {
      if (error) reject(error);
      else resolve(output);
    });
  });
  const failed = messages.find((message) => message.error !== undefined);
  if (failed) throw new Error(`The image ${image} could not be built: ${failed.error}`);
}

async function removeImage(docker: Docker, image: string): Promise<void> {
  await docker
    .getImage(image)
    .remove({ force: true })
    .catch(() => {});
}

async function startContainer(
  docker: Docker,
  image: string,
  environment: Environment,
  tmpfs: Record<string, string> = {},
): Promise<Instance> {
  const container = await docker.createContainer({
    Image: image,
    User: '65532:65532',
    Env: Object.entries({ PORT: String(PORT), ...environment }).map(([name, value]) => `${name}=${value}`),
    Labels: { [LABEL]: 'true' },
    HostConfig: {
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m', ...tmpfs },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      Memory: 256 * 1024 * 1024,
      PidsLimit: 256,
    },
  });
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  const output = new PassThrough();
  const printed: Buffer[] = [];
  output.on('data', (chunk: Buffer) => printed.push(chunk));
  docker.modem.demuxStream(stream, output, output);
  const ended = container
    .wait({ condition: 'next-exit' })
    .then((result: { StatusCode: number }) => result.StatusCode)
    .catch(() => -1);
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const host = Object.values(NetworkSettings.Networks)[0]?.IPAddress;
  if (!host) throw new Error(`The container ${container.id} has no address.`);
  return {
    host,
    port: PORT,
    logs: () => Buffer.concat(printed).toString('utf8'),
    terminate: () => container.kill({ signal: 'SIGTERM' }),
    ended,
    remove: () => container.remove({ force: true }).catch(() => {}),
  };
}
