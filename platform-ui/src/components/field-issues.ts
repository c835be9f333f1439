import type { Issue } from '@plat/platform-kit/parse.ts';
import { RequestError } from '../api-client/request-error.ts';

/** What the platform found wrong with an input, as far as it says where: by the fields' names. */
export function fieldIssues(error: unknown): Issue[] {
  const { issues, field } = (error instanceof RequestError && error.details) || {};
  if (typeof field === 'string') return [{ field, message: (error as RequestError).message }];
  return Array.isArray(issues) ? issues.filter(isIssue) : [];
}

function isIssue(value: unknown): value is Issue {
  const { field, message } = (value ?? {}) as Partial<Issue>;
  return typeof field === 'string' && typeof message === 'string';
}
