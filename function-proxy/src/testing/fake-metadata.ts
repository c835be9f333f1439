import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { ChangesPage, FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

/** A metadata service in memory: a feed of functions, past versions, and what was recorded. Counts every call. */
export class FakeMetadata {
  readonly functions = new Map<string, FunctionRecord>();
  readonly past = new Map<string, VersionRecord>();
  readonly executions: RecordedExecution[] = [];
  readonly calls = { changes: 0, getVersion: 0, recordTexts: 0 };
  isAway = false;
  #seq = 1;
  #log: { seq: number; record: FunctionRecord | null; key: string }[] = [];
  #news = new AbortController();

  get seq(): number {
    return this.#seq;
  }

  put(record: FunctionRecord): void {
    this.functions.set(record.id, record);
    this.#tell(record.id, record);
  }

  remove(id: string): void {
    this.functions.delete(id);
    this.#tell(id, null);
  }

  async changes(query: { since: number; waitMs: number }, signal?: AbortSignal): Promise<ChangesPage> {
    this.calls.changes++;
    this.#refuseWhenAway();
    if (query.since === 0) {
      const changes = [...this.functions.values()].map((value) => ({
        seq: this.#seq,
        kind: 'function' as const,
        key: value.id,
        value,
      }));
      return { seq: this.#seq, reset: true, changes };
    }
    if (this.#seq <= query.since)
      await pause(query.waitMs, AbortSignal.any([this.#news.signal, ...(signal ? [signal] : [])]));
    this.#refuseWhenAway();
    const changes = this.#log
      .filter(({ seq }) => seq > query.since)
      .map(({ seq, record, key }) => ({ seq, kind: 'function' as const, key, value: record }));
    return { seq: this.#seq, reset: false, changes };
  }

  async getVersion(project: string, name: string, number: number): Promise<VersionRecord> {
    this.calls.getVersion++;
    this.#refuseWhenAway();
    const found = this.past.get(`${project}/${name}/${number}`);
    if (!found) throw new PlatformError('not_found', `There is no version ${number} of "${name}".`);
    return found;
  }

  async recordTexts(texts: readonly string[]): Promise<void> {
    this.calls.recordTexts++;
    this.#refuseWhenAway();
    this.executions.push(...texts.map((text) => JSON.parse(text) as RecordedExecution));
  }

  /** Ends the long poll that is under way, as a restart would. */
  goAway(): void {
    this.isAway = true;
    this.#ring();
  }

  #tell(key: string, record: FunctionRecord | null): void {
    this.#log.push({ seq: ++this.#seq, record, key });
    this.#ring();
  }

  #ring(): void {
    this.#news.abort();
    this.#news = new AbortController();
  }

  #refuseWhenAway(): void {
    if (this.isAway) throw new PlatformError('unreachable', 'The metadata service cannot be reached.');
  }
}
