import type { Request } from 'express';
import { AliasName, assertName } from '@plat/platform-kit/names.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';

/** The project in the path; throws `invalid` when it cannot be one. */
export function projectParam(req: Request): string {
  const project = text(req, 'project');
  assertName('project', project);
  return project;
}

/** Project and function in the path. */
export function functionParams(req: Request): { project: string; name: string } {
  const project = projectParam(req);
  const name = text(req, 'name');
  assertName('function', name);
  return { project, name };
}

/** The version's number in the path. */
export function versionParam(req: Request): number {
  const received = text(req, 'number');
  if (/^[1-9]\d{0,8}$/.test(received)) return Number(received);
  throw new PlatformError(
    'invalid',
    `version: expected a number from 1 (received ${JSON.stringify(received)}).`,
    {
      details: { field: 'version', received },
    },
  );
}

export function aliasParam(req: Request): string {
  return parseInput(z.object({ alias: AliasName }), { alias: text(req, 'alias') }, 'The path').alias;
}

export function text(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}

/** Query parameters are text: whole numbers and flags in it. */
export function queryInt(limits: { min: number; max: number }) {
  const expected = `expected a whole number from ${limits.min} to ${limits.max}`;
  return z
    .string(expected)
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= limits.min && value <= limits.max, expected);
}

export const QueryFlag = z
  .enum(['true', 'false'], { error: 'expected true or false' })
  .transform((value) => value === 'true');

/** `?before=` and `?limit=` of lists. */
export const PAGE_LIMIT = queryInt({ min: 1, max: 200 }).default(50);
export const VersionNumber = queryInt({ min: 1, max: 999_999_999 });
