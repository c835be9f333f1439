import type { Logger } from '@plat/platform-kit/logging.ts';

/** How long a version counts as crowded after it was last found so. */
const CROWDED_MS = 2000;

/** Why there is no room for a version. `isFirst`: it has no instance at all. */
export type Crowding = { reason: string; isFirst: boolean };

/** Versions for which there is no room, as far as anybody should go on waiting for it. */
export class CrowdedVersions {
  readonly #found = new Map<string, Crowding & { untilMs: number }>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  of(key: string): Crowding | undefined {
    const found = this.#found.get(key);
    if (!found || found.untilMs >= Date.now()) return found;
    this.#found.delete(key);
    return undefined;
  }

  add(key: string, crowding: Crowding): void {
    if (!this.of(key))
      this.#logger.warn({ version: key, reason: crowding.reason }, 'no room for an instance');
    this.#found.set(key, { ...crowding, untilMs: Date.now() + CROWDED_MS });
  }

  delete(key: string): void {
    this.#found.delete(key);
  }
}
