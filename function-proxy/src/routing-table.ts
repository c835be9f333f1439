import { hostLabel } from '@plat/platform-kit/names.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { AliasRecord, Change, FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Replica } from '@plat/platform-kit/change-feed.ts';
import { toVersionRoute, type VersionRoute } from './version-route.ts';

export type FunctionRoute = {
  record: FunctionRecord;
  aliases: ReadonlyMap<string, AliasRecord>;
  versions: ReadonlyMap<number, { state: VersionRecord['state']; route: VersionRoute }>;
};

/** Functions by the names under which requests ask for them; follows the change feed. */
export class RoutingTable {
  readonly #byId = new Map<string, FunctionRoute>();
  readonly #byName = new Map<string, FunctionRoute>();
  readonly #byLabel = new Map<string, FunctionRoute>();
  readonly #byDomain = new Map<string, FunctionRoute>();

  reset(replica: Pick<Replica, 'functions'>): void {
    this.#byId.clear();
    this.#byName.clear();
    this.#byLabel.clear();
    this.#byDomain.clear();
    for (const record of replica.functions.values()) this.#put(record);
  }

  apply(change: Change): void {
    if (change.kind !== 'function') return;
    this.#remove(change.key);
    if (change.value) this.#put(change.value);
  }

  byId(id: string): FunctionRoute | undefined {
    return this.#byId.get(id);
  }

  /** Throws `not_found`. */
  byName(project: string, name: string): FunctionRoute {
    const found = this.#byName.get(`${project}/${name}`);
    if (found) return found;
    throw new PlatformError('not_found', `There is no function "${name}" in project "${project}".`, {
      details: { project, function: name },
    });
  }

  byLabel(label: string): FunctionRoute | undefined {
    return this.#byLabel.get(label);
  }

  /** `domain` in the form in which domains are kept. */
  byDomain(domain: string): FunctionRoute | undefined {
    return this.#byDomain.get(domain);
  }

  #put(record: FunctionRecord): void {
    const route: FunctionRoute = {
      record,
      aliases: new Map(record.aliases.map((alias) => [alias.name, alias])),
      versions: new Map(
        record.versions.map((version) => [
          version.number,
          { state: version.state, route: toVersionRoute(version) },
        ]),
      ),
    };
    this.#byId.set(record.id, route);
    this.#byName.set(`${record.project}/${record.name}`, route);
    this.#byLabel.set(hostLabel(record.project, record.name), route);
    for (const domain of record.domains) this.#byDomain.set(domain, route);
  }

  /** What another function took over meanwhile (names, by being made anew; domains) is that one's. */
  #remove(id: string): void {
    const route = this.#byId.get(id);
    if (!route) return;
    const { project, name } = route.record;
    this.#byId.delete(id);
    if (this.#byName.get(`${project}/${name}`) === route) this.#byName.delete(`${project}/${name}`);
    if (this.#byLabel.get(hostLabel(project, name)) === route) this.#byLabel.delete(hostLabel(project, name));
    for (const domain of route.record.domains)
      if (this.#byDomain.get(domain) === route) this.#byDomain.delete(domain);
  }
}
