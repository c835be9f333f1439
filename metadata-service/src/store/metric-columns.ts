import { BUCKET_COLUMNS } from './metric-buckets.ts';

/** Columns to which a roll-up adds. */
export const ADDED = [
  'calls',
  'function_errors',
  'timeouts',
  'platform_errors',
  'client_errors',
  'status_2xx',
  'status_3xx',
  'status_4xx',
  'status_5xx',
  'cold_starts',
  'timed_calls',
  'cpu_calls',
  'bytes_in',
  'bytes_out',
  'duration_ms',
  'queue_ms',
  'wake_ms',
  'cpu_ms',
  'instance_cpu_ms',
  'instance_period_ms',
  ...BUCKET_COLUMNS,
] as const;
/** Columns of which the larger value stays. */
export const LARGEST = ['memory_bytes', 'instances', 'instance_memory_bytes'] as const;
