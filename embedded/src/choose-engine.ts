import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';

export type Engine = 'docker' | 'process';

const ANSWER_MS = 3000;

/**
 * Which engine runs functions for as long as this process lives. `auto` stays with the one this data folder has been used
 * with: what is built for one does not run on the other, and an engine that is only late must not lose its functions.
 */
export async function chooseEngine(options: {
  dataDir: string;
  wanted: 'auto' | Engine;
  dockerHost: string | undefined;
  logger: Logger;
}): Promise<Engine> {
  const { dataDir, wanted, dockerHost, logger } = options;
  const file = path.join(dataDir, 'engine');
  const sources = await readdir(path.join(dataDir, 'builder/sources')).catch(() => []);
  // Only once something was deployed does it matter; folders of before there was a choice were Docker's.
  const before = sources.length > 0 ? (await readFile(file, 'utf8').catch(() => 'docker')).trim() : '';
  const isAnswering = wanted === 'auto' && (await answers(dockerHost));
  const engine = wanted === 'auto' ? decideEngine(before, isAnswering) : wanted;
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${engine}\n`);
  if (engine === 'process') {
    // Functions run on this host: what the platform knows is not for them.
    await chmod(dataDir, 0o700);
    const why =
      wanted === 'process'
        ? 'ENGINE=process'
        : isAnswering
          ? 'this data folder was used with it before; Docker answers now: set ENGINE=docker and deploy the functions again to move them'
          : 'no Docker engine answers';
    logger.warn(
      { why },
      'functions run as processes of this host, which isolates less than containers (docs/process-engine.md)',
    );
  }
  return engine;
}

/** What `auto` means. Pure. */
export function decideEngine(before: string, isDockerAnswering: boolean): Engine {
  if (before === 'docker' || before === 'process') return before;
  return isDockerAnswering ? 'docker' : 'process';
}

async function answers(dockerHost: string | undefined): Promise<boolean> {
  const docker = connectDocker(dockerHost) as unknown as { ping: (options: object) => Promise<unknown> };
  return docker.ping({ abortSignal: deadline(ANSWER_MS) }).then(
    () => true,
    () => false,
  );
}
