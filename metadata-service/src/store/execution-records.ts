import type { Execution } from '@plat/platform-kit/domain.ts';
import type { Insertable, Selectable } from 'kysely';
import type { Database } from './schema.ts';

export function toExecutionRow(execution: Execution): Insertable<Database['executions']> {
  return {
    id: execution.id,
    request_id: execution.requestId,
    function_id: execution.functionId,
    project: execution.project,
    function: execution.function,
    version: execution.version,
    alias: execution.alias,
    trigger: execution.trigger,
    method: execution.method,
    path: execution.path,
    status: execution.status,
    outcome: execution.outcome,
    error_code: execution.errorCode,
    cold: execution.cold ? 1 : 0,
    queue_ms: execution.queueMs,
    duration_ms: execution.durationMs,
    cpu_ms: execution.cpuMs,
    memory_bytes: execution.memoryBytes,
    bytes_in: execution.bytesIn,
    bytes_out: execution.bytesOut,
    instance: execution.instance,
    started_at: Date.parse(execution.startedAt),
  };
}

export function toExecution(row: Selectable<Database['executions']>): Execution {
  return {
    id: row.id,
    requestId: row.request_id,
    functionId: row.function_id,
    project: row.project,
    function: row.function,
    version: row.version,
    alias: row.alias,
    trigger: row.trigger,
    method: row.method,
    path: row.path,
    status: row.status,
    outcome: row.outcome,
    errorCode: row.error_code,
    cold: row.cold === 1,
    queueMs: row.queue_ms,
    durationMs: row.duration_ms,
    cpuMs: row.cpu_ms,
    memoryBytes: row.memory_bytes === null ? null : Number(row.memory_bytes),
    bytesIn: Number(row.bytes_in),
    bytesOut: Number(row.bytes_out),
    instance: row.instance,
    startedAt: new Date(Number(row.started_at)).toISOString(),
  };
}
