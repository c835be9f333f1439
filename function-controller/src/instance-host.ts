import type { EngineInfo, LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { InstanceLabels } from '@plat/platform-kit/docker/labels.ts';
import type { InstanceInfo, LogLine } from '@plat/platform-kit/domain.ts';
import type { PoolHost } from './pools/pool-host.ts';

/** Everything that decides how an instance runs. Two instances with equal specs are interchangeable. */
export type InstanceSpec = {
  functionId: string;
  project: string;
  function: string;
  version: number;
  imageId: string;
  /** Where the image comes from when the engine does not have it. */
  imageRef?: string;
  /** The port the in-container server listens on; never bound on the host. */
  port: number;
  env: Record<string, string>;
  memoryMb: number;
  cpus: number;
  pids: number;
  tmpMb: number;
  /** Labels for an edge router that asks the instance itself; adapters without containers leave them out. */
  edgeLabels?: Record<string, string>;
};

/** An instance as the engine sees it. `address` is set while it runs. */
export type HostInstance = {
  id: string;
  name: string;
  labels: InstanceLabels;
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  address: string | null;
  createdAtMs: number;
  /** It was started without its function: once it has ended there is nothing to start again. */
  fromPool?: boolean;
};

/** How an instance ended, or last ended before the engine started it again. `status`: what it is now; a list may be a moment behind. */
export type InstanceExits = {
  status: HostInstance['status'];
  restarts: number;
  exitCode: number | null;
  outOfMemory: boolean;
  startedAt: string | null;
};

/** In `details.reason` of `unavailable`: there is no image to start from; the builder can make it again. */
export const IMAGE_MISSING = 'image_missing';

/**
 * A place that runs instances. Every adapter passes `instance-host.contract.ts`.
 *
 * Every method that takes an id throws `not_found` for an instance that is not of this installation, whatever it is.
 * When the engine does not answer they throw `unavailable`. Nothing is remembered between calls.
 */
export type InstanceHost = {
  readonly engine: string;
  /**
   * Creates and starts an instance on its project's network; resolves with its id once it runs, not once it is ready. A
   * failed start leaves nothing. `instance`: the name it gets in its labels; made up when left out.
   */
  start: (spec: InstanceSpec, signal?: AbortSignal, instance?: string) => Promise<string>;
  /** SIGTERM, after `graceMs` SIGKILL, then removes it. Does nothing when it is gone already. */
  remove: (id: string, options: { graceMs: number }) => Promise<void>;
  /** Freezes it: it keeps its memory and its address. */
  pause: (id: string) => Promise<void>;
  /** SIGTERM, after `graceMs` SIGKILL; it stays, without memory, and nothing but `resume` starts it again. */
  stop: (id: string, options: { graceMs: number }) => Promise<void>;
  /**
   * Lets one that was paused go on, and starts one that was stopped. Does nothing to one that runs. `only`: `not_found`
   * unless it is an instance of this version.
   */
  resume: (id: string, only?: { functionId: string; version: number }) => Promise<void>;
  list: (filter?: { functionId?: string }, signal?: AbortSignal) => Promise<HostInstance[]>;
  /** Calls back for what happens to instances until `signal` aborts or the connection breaks; `onOpen` once nothing can be missed any more. */
  watch: (options: {
    signal: AbortSignal;
    onOpen: () => void;
    onEvent: (functionId: string, action: string) => void;
  }) => Promise<void>;
  exits: (id: string) => Promise<InstanceExits>;
  stats: (id: string) => Promise<NonNullable<InstanceInfo['stats']>>;
  /** What the instance used since it started (CPU), and uses now (memory), from counters; quick. An adapter that has none leaves it out. */
  usage?: (id: string) => Promise<{ cpuMs: number; memoryBytes: number }>;
  /** Lines in order; ends at the log's end, or with `follow` when the instance ends. */
  logs: (id: string, query: LogQuery, signal: AbortSignal) => AsyncIterable<LogLine>;
  /** Removes what a project needed on the engine (its network), unless an instance still uses it. */
  forgetProject: (project: string) => Promise<void>;
  /** Projects for which something is kept on the engine. */
  listProjects: () => Promise<string[]>;
  /** What the engine's host has. Left out: it is this machine. */
  resources?: () => Promise<{ memoryMb: number; cpus: number }>;
  /** Instances that start without a function; left out where there is no such thing. */
  readonly pool?: PoolHost | undefined;
  /** Never throws: an engine that does not answer is `available: false` with what to do. */
  info: () => Promise<Omit<EngineInfo, 'instances'>>;
};
