import type { Target } from '../load/closed-loop.ts';

/** A function that a stage serves: by path with a token, at its own host, and its instance without the platform. */
export type Deployed = {
  byPath: Target;
  byHost: Target;
  direct: Target;
  address: string;
  containerId: string;
};

/** A running platform. */
export type Stage = {
  name: 'embedded' | 'compose';
  /** On the labels of everything that it has on the engine. */
  namespace: string;
  url: string;
  /** Where people call it, if that is not what the targets say. */
  publishedUrl?: string;
  deploy: (name: string, files: Record<string, string>) => Promise<Deployed>;
  /** Processes that stand in the way of a call, by the service's name. */
  dataPlane: () => Promise<Record<string, number[]>>;
  /** How many containers it has on the engine. */
  containers: () => Promise<number>;
  close: () => Promise<void>;
};

/** More than any stream of the benchmark. */
export const SETTINGS = { RATE_LIMIT_PER_SECOND: '0', BODY_LIMIT_BYTES: String(2 * 1024 ** 3) };
