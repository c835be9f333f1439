import type { Runtime } from '@plat/platform-kit/runtime-folder.ts';

/** A running instance, reached as the proxy reaches it. */
export type Instance = {
  host: string;
  port: number;
  /** Everything printed so far, both streams, with its framing. */
  logs(): string;
  terminate(): Promise<void>;
  /** The exit code, once it has ended. */
  ended: Promise<number>;
  remove(): Promise<void>;
};

export type Environment = Record<string, string>;

/** A built function: its instances differ in environment only. */
export type PreparedFunction = {
  start(environment: Environment): Promise<Instance>;
  /** An instance without code, to be given it later. */
  startGeneric(): Promise<Instance>;
  remove(): Promise<void>;
};

export type Launcher = {
  /** Builds the function whose source is in `sourceFolder` with a runtime. */
  prepare(runtime: Runtime, sourceFolder: string): Promise<PreparedFunction>;
  close(): Promise<void>;
};
