import type { ExecutionFilter } from '@plat/platform-kit/clients/metadata-client.ts';
import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import { containsText } from './contains-text.ts';
import type { Database } from './schema.ts';

/** Where `q` looks. */
const TEXT_COLUMNS = ['path', 'method', 'error_message', 'error_code', 'request_id', 'id'];

type Builder = ExpressionBuilder<Database, 'executions'>;
type Conditions = Expression<SqlBool>[];

/** `path` decides which rows are read, through one index; `rest` which of those are shown. */
export type ExecutionConditions = {
  path: (eb: Builder) => Conditions;
  rest: (eb: Builder) => Conditions;
};

/** Takes the index that leaves the fewest rows; all the other conditions are looked up in the rows that were read. */
export function executionConditions(filter: ExecutionFilter): ExecutionConditions {
  const { project, function: name, requestId, ...others } = filter;
  const rare = rareCondition(filter);
  const time = (eb: Builder): Conditions => [
    ...(filter.since === undefined ? [] : [eb('started_at', '>=', Date.parse(filter.since))]),
    ...(filter.until === undefined ? [] : [eb('started_at', '<=', Date.parse(filter.until))]),
  ];
  const of = (eb: Builder): Conditions => [
    ...(project === undefined ? [] : [eb('project', '=', project)]),
    ...(name === undefined ? [] : [eb('function', '=', name)]),
  ];
  const rest = (eb: Builder) => otherConditions(eb, others);
  if (requestId !== undefined)
    return {
      path: (eb) => [eb('request_id', '=', requestId)],
      rest: (eb) => [...of(eb), ...time(eb), ...rest(eb)],
    };
  if (rare !== undefined)
    return { path: (eb) => [rare, ...time(eb)], rest: (eb) => [...of(eb), ...rest(eb)] };
  if (project === undefined) return { path: time, rest: (eb) => [...of(eb), ...rest(eb)] };
  return { path: (eb) => [...of(eb), ...time(eb)], rest };
}

/** As the migration has them, word for word: else the database does not see that its index fits. */
function rareCondition({ outcome, failed, status, cold, rung }: ExecutionFilter): Expression<SqlBool> | undefined {
  if (failed === true || (outcome !== undefined && outcome !== 'ok')) return sql<SqlBool>`outcome <> 'ok'`;
  if (status === '4xx' || status === '5xx') return sql<SqlBool>`status >= 400`;
  if (cold === true || (rung !== undefined && rung !== 'hot')) return sql<SqlBool>`cold = 1`;
  return undefined;
} // prettier-ignore

function otherConditions(eb: Builder, filter: ExecutionFilter): Conditions {
  const { status, q } = filter;
  const hundreds = status === undefined ? 0 : Number(status[0]) * 100;
  return [
    ...(filter.version === undefined ? [] : [eb('version', '=', filter.version)]),
    ...(filter.alias === undefined ? [] : [eb('alias', '=', filter.alias)]),
    ...(filter.trigger === undefined ? [] : [eb('trigger', '=', filter.trigger)]),
    ...(filter.instance === undefined ? [] : [eb('instance', '=', filter.instance)]),
    ...(filter.outcome === undefined ? [] : [eb('outcome', '=', filter.outcome)]),
    ...(filter.failed === false ? [eb('outcome', '=', 'ok')] : []),
    ...(filter.cold === undefined ? [] : [eb('cold', '=', filter.cold ? 1 : 0)]),
    ...(filter.rung === undefined ? [] : [eb('rung', '=', filter.rung)]),
    ...(status === undefined ? [] : [eb('status', '>=', hundreds), eb('status', '<', hundreds + 100)]),
    ...(q === undefined ? [] : [containsText(TEXT_COLUMNS, q)]),
  ];
}
