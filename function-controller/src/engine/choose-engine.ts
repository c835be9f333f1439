import { chmod, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { pingEngine } from '@plat/platform-kit/docker/ping-engine.ts';
import { storedPhase, writePhase } from '@plat/platform-kit/engine-phase.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { processPaths } from '@plat/platform-kit/process/process-state.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { firstPhase } from './next-phase.ts';

/** The setting ENGINE of the services. `auto`: both engines are followed, as the phase says. */
export type EngineSetting = 'auto' | 'docker' | 'process';

const ANSWER_MS = 3000;

/**
 * Chooses what runs functions, before any service starts, and writes the phase down. Only where functions run as
 * processes and may move to Docker later is the answer `auto`.
 */
export async function chooseEngine(options: {
  dataDir: string;
  /** The setting PROCESS_DIR. */
  folder: string;
  wanted: EngineSetting;
  dockerHost: string | undefined;
  logger: Logger;
}): Promise<EngineSetting> {
  const { dataDir, folder, wanted, dockerHost, logger } = options;
  const names = async (of: string) => readdir(of).catch(() => []);
  const isDockerAnswering =
    wanted !== 'process' && (await pingEngine(dockerHost, deadline(ANSWER_MS)).then(() => true, () => false)); // prettier-ignore
  const phase = firstPhase({
    wanted,
    // Folders of this engine say it as well, should the file be lost.
    stored:
      storedPhase(folder) ?? ((await names(processPaths(folder).images)).length > 0 ? 'process' : undefined),
    hasSources: (await names(path.join(dataDir, 'builder/sources'))).length > 0,
    hasProcesses: (await names(processPaths(folder).states)).some((name) => name.endsWith('.spec.json')),
    isDockerAnswering,
  });
  await mkdir(dataDir, { recursive: true });
  writePhase(folder, phase);
  if (phase === 'docker') return 'docker';
  // Functions run on this host: what the platform knows is not for them.
  await chmod(dataDir, 0o700);
  const why = wanted === 'process' ? 'ENGINE=process' : isDockerAnswering ? 'Docker answers now, and functions move over' : 'no Docker engine answers'; // prettier-ignore
  logger.warn(
    { why },
    'functions run as processes of this host, which isolates less than containers (docs/process-engine.md)',
  );
  return wanted === 'process' ? 'process' : 'auto';
}
