import { createHash } from 'node:crypto';

/** What tells two states of a record apart; the same for all who hold the record as JSON. Letters, digits, `-` and `_`. */
export function stateTag(record: object): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('base64url').slice(0, 22);
}

/** Whether `ifMatch` (tags with commas between them, or `*` for any state) names the state of `record`; none has none. */
export function namesState(ifMatch: string, record: object | undefined): boolean {
  if (record === undefined) return false;
  return ifMatch === '*' || ifMatch.split(',').includes(stateTag(record));
}
