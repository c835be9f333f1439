/** Docker reports an event some milliseconds before its list shows it (seen with pause): look again for a second. */
const SETTLE_MS = 1000;

/** Functions of which the engine may not show yet what it said. */
export class Settling {
  readonly #untilMs = new Map<string, number>();

  begin(functionId: string): void {
    this.#untilMs.set(functionId, Date.now() + SETTLE_MS);
  }

  has(functionId: string): boolean {
    const untilMs = this.#untilMs.get(functionId);
    if (untilMs === undefined) return false;
    if (Date.now() < untilMs) return true;
    this.#untilMs.delete(functionId);
    return false;
  }
}
