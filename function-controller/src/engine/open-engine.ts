import path from 'node:path';
import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { pingEngine } from '@plat/platform-kit/docker/ping-engine.ts';
import { readPhase } from '@plat/platform-kit/engine-phase.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { findConfinement } from '@plat/platform-kit/process/confinement.ts';
import { isProcessImage } from '@plat/platform-kit/process/process-state.ts';
import type { ControllerConfig } from '../config.ts';
import type { Controller } from '../controller.ts';
import { createDockerInstanceHost } from '../docker/docker-instance-host.ts';
import type { EngineOfOurs } from '../docker/own-things.ts';
import type { InstanceHost } from '../instance-host.ts';
import { createProcessInstanceHost } from '../process/process-instance-host.ts';
import { EngineKeeper } from './engine-keeper.ts';
import { EngineState } from './engine-state.ts';
import { createTwoEngineHost } from './two-engine-host.ts';

export type OpenEngine = {
  host: InstanceHost;
  /** The Docker engine while instances may be containers. */
  docker: () => EngineOfOurs | undefined;
  /** Who watches for another engine; undefined where there is no choice. */
  keeper: (deps: { controller: Controller; builder: BuilderClient }) => EngineKeeper | undefined;
};

/** Where instances run, by the setting ENGINE. */
export function openEngine(config: ControllerConfig, logger: Logger): OpenEngine {
  const { DOCKER_HOST: dockerHost, PLAT_NAMESPACE: namespace } = config;
  const folder = path.resolve(config.PROCESS_DIR);
  const networkPool = config.FUNCTIONS_NETWORK_POOL;
  const docker = { docker: connectDocker(dockerHost), namespace, dockerHost, networkPool };
  const containers = () => createDockerInstanceHost({ ...docker, registryAuth: registryAuth(config) });
  const processes = () =>
    createProcessInstanceHost({
      folder,
      namespace,
      confinement: findConfinement({ searchPath: config.PATH }),
    });
  if (config.ENGINE === 'docker') {
    return { host: containers(), docker: () => docker, keeper: () => undefined };
  }
  if (config.ENGINE === 'process') {
    return { host: processes(), docker: () => undefined, keeper: () => undefined };
  }
  const state = new EngineState(folder, readPhase(folder), logger);
  const own = processes();
  return {
    host: createTwoEngineHost({ state, processes: own, containers: containers(), folder }),
    docker: () => (state.phase === 'process' ? undefined : docker),
    keeper: ({ controller, builder }) =>
      new EngineKeeper({
        state,
        ping: (signal) => pingEngine(dockerHost, signal),
        processes: async () => (await own.list()).map(({ labels }) => labels),
        isProcessImage: (imageId) => isProcessImage(folder, imageId),
        builder,
        logger,
        record: () => controller.record,
        onPhase: () => controller.lookAgain(),
        onRebuild: (functionId, version) => controller.refreshCalled(functionId, version),
      }),
  };
}

function registryAuth({ REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password }: ControllerConfig) {
  return username && password ? { username, password } : undefined;
}
