import type { Database } from '../store/schema.ts';

export type TableName = keyof Database;

/**
 * Every table with its primary key, in an order in which rows can be inserted: what others refer to comes first. A table
 * that is missing here does not compile.
 */
export const TABLES: { [T in TableName]: readonly (keyof Database[T] & string)[] } = {
  projects: ['name'],
  functions: ['id'],
  versions: ['function_id', 'number'],
  aliases: ['function_id', 'name'],
  alias_weights: ['function_id', 'alias', 'version'],
  rollouts: ['id'],
  domains: ['domain'],
  tokens: ['id'],
  executions: ['id'],
  execution_bodies: ['execution_id'],
  metrics: ['function_id', 'resolution_s', 'at', 'version'],
  audit: ['seq'],
  changes: ['kind', 'key'],
  counters: ['name'],
  idempotency: ['key'],
};

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];
