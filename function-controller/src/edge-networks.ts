import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { isDirect } from './edge-labels.ts';

/** The edge router's container (Traefik's): puts it on the networks of these projects, and takes it off all others of ours. */
export type EdgeRouter = { join: (projects: ReadonlySet<string>) => Promise<void> };

/** Projects with a function whose instances the edge router asks itself. */
export function directProjects(records: Iterable<FunctionRecord>): Set<string> {
  const projects = new Set<string>();
  for (const record of records)
    if (record.versions.some((version) => isDirect(record, version))) projects.add(record.project);
  return projects;
}

/**
 * INVARIANTS: one `join` at a time; what is asked for meanwhile is done once, after it, with what is true then. A
 * failure is logged when it begins, and the next look tries again.
 */
export class EdgeNetworks {
  readonly #router: EdgeRouter | undefined;
  readonly #projects: () => Set<string>;
  readonly #logger: Logger;
  #running: Promise<void> | undefined;
  #again = false;
  #isFailing = false;

  constructor(options: { router: EdgeRouter | undefined; projects: () => Set<string>; logger: Logger }) {
    this.#router = options.router;
    this.#projects = options.projects;
    this.#logger = options.logger;
  }

  /** Resolves once the networks are as they should be, or that was tried. */
  sync(): Promise<void> {
    if (!this.#router) return Promise.resolve();
    this.#again = true;
    return (this.#running ??= this.#run(this.#router).finally(() => (this.#running = undefined)));
  }

  async #run(router: EdgeRouter): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await router.join(this.#projects());
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing)
          this.#logger.warn({ err: error }, 'the edge router could not be put on the functions’ networks');
        this.#isFailing = true;
      }
    }
  }
}

/** Whether the edge router may have to join the function's network, or to leave it. */
export function isEverDirect(record: FunctionRecord): boolean {
  return record.versions.some((version) => version.config.edge === 'direct');
}
