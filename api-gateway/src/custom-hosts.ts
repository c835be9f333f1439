import type { Replica } from '@plat/platform-kit/change-feed.ts';
import type { Change } from '@plat/platform-kit/domain.ts';

/** The custom domains of all functions, from the change feed: hosts that are a function's and not the gateway's. */
export class CustomHosts {
  readonly #byFunction = new Map<string, readonly string[]>();
  readonly #owners = new Map<string, string>();

  reset(replica: Pick<Replica, 'functions'>): void {
    this.#byFunction.clear();
    this.#owners.clear();
    for (const { id, domains } of replica.functions.values()) this.#put(id, domains);
  }

  apply(change: Change): void {
    if (change.kind === 'function') this.#put(change.key, change.value?.domains ?? []);
  }

  has(host: string): boolean {
    return this.#owners.has(host);
  }

  /** A domain that went from one function to another is the later one's, in whatever order the changes come. */
  #put(id: string, domains: readonly string[]): void {
    for (const domain of this.#byFunction.get(id) ?? [])
      if (this.#owners.get(domain) === id) this.#owners.delete(domain);
    this.#byFunction.delete(id);
    if (domains.length === 0) return;
    this.#byFunction.set(id, domains);
    for (const domain of domains) this.#owners.set(domain, id);
  }
}
