import type { VersionError, VersionRecord } from '@plat/platform-kit/domain.ts';
import { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import type { Selectable } from 'kysely';
import type { Database } from './schema.ts';

/** What a query that joins `functions` and `versions` selects for `toVersionRecord`. */
export const versionColumns = [
  'functions.project',
  'functions.name as function',
  'versions.function_id',
  'versions.number',
  'versions.state',
  'versions.config',
  'versions.source_digest',
  'versions.source_bytes',
  'versions.image_id',
  'versions.image_reused',
  'versions.image_ref',
  'versions.promote',
  'versions.error',
  'versions.created_by',
  'versions.created_at',
  'versions.build_started_at',
  'versions.built_at',
  'versions.finished_at',
] as const;

export type VersionRow = Selectable<Database['versions']> & { project: string; function: string };

export function toVersionRecord(row: VersionRow): VersionRecord {
  return {
    functionId: row.function_id,
    project: row.project,
    function: row.function,
    number: row.number,
    state: row.state,
    // Versions from before a setting existed have its default.
    config: FunctionConfig.parse(JSON.parse(row.config)),
    sourceDigest: row.source_digest,
    sourceBytes: Number(row.source_bytes),
    imageId: row.image_id,
    imageReused: row.image_reused === 1,
    imageRef: row.image_ref,
    promote: row.promote === 1,
    error: row.error === null ? null : (JSON.parse(row.error) as VersionError),
    createdBy: row.created_by,
    createdAt: row.created_at,
    buildStartedAt: row.build_started_at,
    builtAt: row.built_at,
    finishedAt: row.finished_at,
  };
}
