import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { describeRest } from '@plat/platform-kit/scale-policy.ts';
import { formatMemory } from '../format/numbers.ts';

const CONTRACT: Record<FunctionConfig['contract'], string> = {
  handler: 'handler: event in, result out',
  http: 'web server on $PORT',
  script: 'script: arguments in, output out',
};

const EDGE: Record<FunctionConfig['edge'], string> = {
  proxy: 'own host, through the proxy',
  direct: 'own host, from Traefik directly',
  off: 'off: only with a token',
};

const BODIES: Record<FunctionConfig['keepBodies'], string> = {
  off: 'none',
  errors: 'of calls that fail',
  all: 'of all calls',
};

/** A configuration as names and values, without its environment. */
export function configFacts(config: FunctionConfig): [label: string, value: string][] {
  return [
    ['Runtime', config.runtime],
    ['Contract', CONTRACT[config.contract]],
    ['Handler', config.handler ?? 'none'],
    ['Memory', formatMemory(config.memoryMb)],
    ['CPU', `${config.cpus} ${config.cpus === 1 ? 'core' : 'cores'}`],
    ['Timeout', formatDuration(config.timeoutMs)],
    ['Concurrency', `${config.concurrency} ${config.concurrency === 1 ? 'call' : 'calls'} an instance`],
    ['Instances', `${config.scale.min} to ${config.scale.max}`],
    ['Rest', describeRest(config.scale)],
    ['Edge', EDGE[config.edge]],
    ['Bodies kept', BODIES[config.keepBodies] ?? BODIES.off],
  ];
}
