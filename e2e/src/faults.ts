import path from 'node:path';
import type { ComposeStack } from './compose-stack.ts';
import { docker } from './engine.ts';
import { REPOSITORY } from './platform.ts';
import { runProcess } from './run-process.ts';

export type Fault = {
  name: string;
  /** What the design lets fail while it lasts: warm calls need the gateway, the proxy and the instance, nothing else. */
  warmCalls: 'go on' | 'may fail';
  inflict: (stack: ComposeStack) => Promise<void>;
  /** Takes the fault back, where it does not heal by itself. */
  undo?: (stack: ComposeStack) => Promise<void>;
  lastsMs: number;
};

/** SIGKILL to the container's first process, as a crash is: the engine restarts it by its policy. */
async function crash(stack: ComposeStack, ...services: string[]): Promise<void> {
  const containers = await stack.containers();
  for (const service of services) process.kill(containers.get(service)!.State.Pid, 'SIGKILL');
}

async function withContainer(stack: ComposeStack, service: string) {
  return docker.getContainer((await stack.containers()).get(service)!.Id);
}

export function killed(services: string[], warmCalls: Fault['warmCalls']): Fault {
  return {
    name: `SIGKILL: ${services.join(' and ')}`,
    warmCalls,
    inflict: (stack) => crash(stack, ...services),
    lastsMs: 0,
  };
}

/** SIGTERM, and a new start once the service has ended by itself. */
function restarted(services: string[], warmCalls: Fault['warmCalls']): Fault {
  return {
    name: `restart: ${services.join(', then ')}`,
    warmCalls,
    inflict: async (stack) => {
      for (const service of services) await (await withContainer(stack, service)).restart({ t: 35 });
    },
    lastsMs: 0,
  };
}

export function hung(service: string, warmCalls: Fault['warmCalls'], lastsMs: number): Fault {
  return {
    name: `hung for ${lastsMs / 1000} s: ${service}`,
    warmCalls,
    lastsMs,
    inflict: async (stack) => void (await (await withContainer(stack, service)).pause()),
    undo: async (stack) => void (await (await withContainer(stack, service)).unpause()),
  };
}

export function cutOff(service: string, warmCalls: Fault['warmCalls'], lastsMs: number): Fault {
  const network = (stack: ComposeStack) => docker.getNetwork(`${stack.name}-platform`);
  return {
    name: `network cut for ${lastsMs / 1000} s: ${service}`,
    warmCalls,
    lastsMs,
    inflict: async (stack) => {
      await network(stack).disconnect({
        Container: (await stack.containers()).get(service)!.Id,
        Force: true,
      });
    },
    undo: async (stack) => {
      const Container = (await stack.containers()).get(service)!.Id;
      await network(stack).connect({ Container, EndpointConfig: { Aliases: [service] } });
    },
  };
}

/** Packets between two services are lost, both ways; the rest of the network goes on. */
function separated(service: string, other: string, warmCalls: Fault['warmCalls'], lastsMs: number): Fault {
  const rule = async (stack: ComposeStack, action: '-I' | '-D') => {
    const containers = await stack.containers();
    const { Pid } = containers.get(service)!.State;
    const address = containers.get(other)!.NetworkSettings.Networks[`${stack.name}-platform`]!.IPAddress;
    const ways = [
      ['INPUT', '-s'],
      ['OUTPUT', '-d'],
    ] as const;
    for (const [chain, way] of ways) {
      const rule = ['iptables', '-w', '5', action, chain, way, address, '-j', 'DROP'];
      const { code, stderr } = await runProcess('nsenter', [`--net=/proc/${Pid}/ns/net`, ...rule]);
      if (code !== 0) throw new Error(`iptables: ${stderr}`);
    }
  };
  return {
    name: `network cut for ${lastsMs / 1000} s: between ${service} and ${other}`,
    warmCalls,
    lastsMs,
    inflict: (stack) => rule(stack, '-I'),
    undo: (stack) => rule(stack, '-D'),
  };
}

/** The engine ends and starts again, and with it every container; disks in memory lose what they hold. */
export function engineRestarted(): Fault {
  return {
    name: 'restart: the engine',
    warmCalls: 'may fail',
    lastsMs: 0,
    inflict: async () => {
      const script = path.join(REPOSITORY, 'scripts/engine-restart.sh');
      const { code, stderr } = await runProcess(script, [], { timeoutMs: 120_000 });
      if (code !== 0) throw new Error(`The engine did not restart: ${stderr}`);
    },
  };
}

function gone(service: string, lastsMs: number): Fault {
  return {
    name: `gone for ${lastsMs / 1000} s: ${service}`,
    warmCalls: 'go on',
    lastsMs,
    inflict: async (stack) => void (await stack.composeOk(['kill', service])),
    undo: (stack) => stack.up('--no-deps', service),
  };
}

/** Wants the stack to be laid over with `small-disks.yaml`. */
export function diskFull(disk: 'metadata' | 'builder', lastsMs: number): Fault {
  const file = `/disks/${disk}/fill`;
  return {
    name: `disk full for ${lastsMs / 1000} s: ${disk === 'metadata' ? 'the database' : 'sources and build logs'}`,
    warmCalls: 'go on',
    lastsMs,
    inflict: async (stack) => {
      // It ends with an error, because the disk is full.
      const { stderr } = await stack.exec('keeper', 'dd', 'if=/dev/zero', `of=${file}`, 'bs=4k');
      if (!stderr.includes('No space left')) throw new Error(`The disk could not be filled: ${stderr}`);
    },
    undo: async (stack) => void (await stack.exec('keeper', 'rm', '-f', file)),
  };
}

const ALL = [
  'api-gateway',
  'function-proxy',
  'function-controller',
  'builder',
  'metadata-service',
  'engine-gate',
];

/** Each fault once, seconds long. */
export const SHORT_FAULTS: Fault[] = [
  killed(['metadata-service'], 'go on'),
  killed(['function-controller'], 'go on'),
  killed(['builder'], 'go on'),
  killed(['engine-gate'], 'go on'),
  killed(['function-proxy'], 'go on'),
  restarted(['function-proxy'], 'go on'),
  killed(['api-gateway'], 'may fail'),
  hung('metadata-service', 'go on', 3000),
  cutOff('metadata-service', 'go on', 3000),
  cutOff('function-proxy', 'go on', 3000),
  gone('registry', 1000),
  separated('function-proxy', 'metadata-service', 'go on', 3000),
  {
    name: 'power cut: every service at once',
    warmCalls: 'may fail',
    lastsMs: 0,
    inflict: (stack) => crash(stack, ...ALL),
  },
];

/** The whole: longer, and in pairs. */
export const LONG_FAULTS: Fault[] = [
  ...SHORT_FAULTS,
  killed(['metadata-service', 'function-controller'], 'go on'),
  killed(['builder', 'metadata-service'], 'go on'),
  killed(['function-controller', 'function-proxy'], 'may fail'),
  killed(['api-gateway', 'function-proxy'], 'may fail'),
  killed(['engine-gate', 'function-controller'], 'go on'),
  hung('metadata-service', 'go on', 30_000),
  hung('function-controller', 'go on', 30_000),
  hung('engine-gate', 'go on', 30_000),
  hung('function-proxy', 'go on', 10_000),
  restarted(['metadata-service', 'builder', 'function-controller'], 'go on'),
  cutOff('function-controller', 'go on', 15_000),
  cutOff('builder', 'go on', 15_000),
  cutOff('api-gateway', 'may fail', 15_000),
  cutOff('function-proxy', 'go on', 15_000),
  gone('registry', 30_000),
  killed(['api-gateway', 'metadata-service'], 'may fail'),
  killed(['builder', 'engine-gate'], 'go on'),
  killed(['engine-gate', 'function-proxy'], 'may fail'),
  killed(['registry', 'builder'], 'go on'),
  separated('api-gateway', 'metadata-service', 'go on', 15_000),
  separated('function-proxy', 'metadata-service', 'go on', 15_000),
  separated('function-proxy', 'function-controller', 'go on', 15_000),
  separated('function-controller', 'metadata-service', 'go on', 15_000),
  separated('builder', 'metadata-service', 'go on', 15_000),
];
