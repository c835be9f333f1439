import type { Fixture } from './fixture.ts';
import type { Environment, Instance } from './launcher.ts';

/** What a case is given. */
export type Bench = {
  /** The instance that most cases share; PLAT_CONCURRENCY is 10. */
  shared: Instance;
  fixture: Fixture;
  /** Starts an instance for one case alone; it is removed after the case. Waits until it has loaded, unless told not to. */
  start: (environment: Environment, options?: { wait?: boolean }) => Promise<Instance>;
};

export type Case = {
  /** A sentence: what a runtime does. */
  name: string;
  /** The fixture's case that it needs; a language that lacks it says so, and why, in its `fixture.json`. */
  needs?: string;
  check: (bench: Bench) => Promise<void>;
};

/** Values that the shared instance is started with. */
export const IDENTITY = {
  PLAT_PROJECT: 'conformance',
  PLAT_FUNCTION: 'fixture',
  PLAT_VERSION: '7',
  PLAT_MEMORY_MB: '256',
  PLAT_TIMEOUT_MS: '30000',
} as const;
