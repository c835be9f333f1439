import type { Execution } from '@plat/platform-kit/domain.ts';
import { CallPhases } from '@plat/platform-kit/execution.ts';
import type { Insertable, Selectable } from 'kysely';
import type { Database } from './schema.ts';

export function toExecutionRow(execution: Execution): Insertable<Database['executions']> {
  return {
    id: execution.id,
    request_id: execution.requestId,
    trace_id: execution.traceId,
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
    error_message: execution.errorMessage,
    error_component: execution.errorComponent,
    cold: execution.cold ? 1 : 0,
    rung: execution.rung,
    queue_ms: execution.queueMs,
    wake_ms: execution.wakeMs,
    duration_ms: execution.durationMs,
    phases: JSON.stringify(execution.phases),
    cpu_ms: execution.cpuMs,
    memory_bytes: execution.memoryBytes,
    usage: execution.usage,
    bytes_in: execution.bytesIn,
    bytes_out: execution.bytesOut,
    instance: execution.instance,
    has_bodies: execution.hasBodies ? 1 : 0,
    started_at: Date.parse(execution.startedAt),
  };
}

export function toExecution(row: Selectable<Database['executions']>): Execution {
  return {
    id: row.id,
    requestId: row.request_id,
    traceId: row.trace_id,
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
    errorMessage: row.error_message,
    errorComponent: row.error_component,
    cold: row.cold === 1,
    rung: row.rung,
    queueMs: row.queue_ms,
    wakeMs: row.wake_ms,
    durationMs: row.duration_ms,
    phases: CallPhases.parse(JSON.parse(row.phases)),
    cpuMs: row.cpu_ms,
    memoryBytes: row.memory_bytes === null ? null : Number(row.memory_bytes),
    usage: row.usage,
    bytesIn: Number(row.bytes_in),
    bytesOut: Number(row.bytes_out),
    instance: row.instance,
    hasBodies: row.has_bodies === 1,
    startedAt: new Date(Number(row.started_at)).toISOString(),
  };
}
