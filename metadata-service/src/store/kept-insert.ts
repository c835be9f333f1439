import { setImmediate as otherRequests } from 'node:timers/promises';
import { CompiledQuery, type Compilable } from 'kysely';
import type { Db } from './write.ts';

/** Rows of one INSERT, the most that fit first: few texts, so that the database has each of them prepared. */
const SIZES = [100, 25, 5, 3, 1] as const;

/**
 * An INSERT whose text is put together once for each number of rows: to do it anew takes Kysely longer than it takes
 * SQLite to carry it out. One for each database, whose dialect the texts have.
 */
export class KeptInsert<Row extends object, Out = never> {
  readonly #build: (trx: Db, rows: Row[]) => Compilable<Out>;
  readonly #texts = new Map<number, string>();

  /** `build` puts the statement together. All rows have the same columns in the same order, below 300 of them. */
  constructor(build: (trx: Db, rows: Row[]) => Compilable<Out>) {
    this.#build = build;
  }

  /** Inserts all, in their order, and resolves with what the statements returned. */
  async run(trx: Db, rows: readonly Row[]): Promise<Out[]> {
    const returned: Out[] = [];
    for (let from = 0; from < rows.length;) {
      const size = SIZES.find((count) => count <= rows.length - from)!;
      const part = rows.slice(from, from + size);
      from += size;
      const parameters: unknown[] = [];
      for (const row of part) for (const column in row) parameters.push(row[column]);
      const result = await trx.executeQuery<Out>(CompiledQuery.raw(this.#text(trx, part), parameters));
      returned.push(...result.rows);
      // SQLite works on this thread: a full batch at once would hold up everything else in the process for tens of ms.
      await otherRequests();
    }
    return returned;
  }

  #text(trx: Db, rows: Row[]): string {
    let text = this.#texts.get(rows.length);
    if (text === undefined) {
      text = this.#build(trx, rows).compile().sql;
      this.#texts.set(rows.length, text);
    }
    return text;
  }
}
