import type { FunctionConfig, FunctionConfigInput } from '@plat/platform-kit/function-config.ts';

/** A version's configuration as a deploy takes it: everything said, in numbers. */
export function configInput(config: FunctionConfig): FunctionConfigInput {
  return {
    runtime: config.runtime,
    ...(config.handler === null ? {} : { handler: config.handler }),
    memory: config.memoryMb,
    cpu: config.cpus,
    timeout: config.timeoutMs / 1000,
    concurrency: config.concurrency,
    env: config.env,
    scale: {
      min: config.scale.min,
      max: config.scale.max,
      target: config.scale.target,
      pauseAfter: config.scale.pauseAfterMs / 1000,
      stopAfter: config.scale.stopAfterMs / 1000,
      idle: config.scale.idleMs / 1000,
    },
    edge: config.edge,
    keepBodies: config.keepBodies,
  };
}
