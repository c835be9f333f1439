import { z } from 'zod';
import { AliasName } from '../names.ts';
import { FunctionParams, VersionNumber } from './inputs.ts';
import { defineRoute } from './route.ts';

const PROBLEMS = [
  'not_found',
  'conflict',
  'too_large',
  'function_failed',
  'cold_start_timeout',
  'function_timeout',
] as const;

const Ref = z.object({
  ref: z
    .string()
    .meta({ description: '`[project.]name[:alias|@version]`; without a project the token’s own, else `default`.' }),
}); // prettier-ignore

const DESCRIPTION =
  'Any method, and any path and query behind the name, which the function gets as they are. The answer is the function’s own, ' +
  'of any status; the errors of the platform are `application/problem+json` with `component` and `requestId`.';

export const invocationsApi = {
  callFunction: defineRoute({
    method: 'get',
    path: '/function/:ref',
    at: 'listener',
    tag: 'Invocation',
    summary: 'Call a function',
    description: DESCRIPTION,
    action: 'function.invoke',
    params: Ref,
    answer: 'function',
    problems: PROBLEMS,
  }),
  callFunctionWithBody: defineRoute({
    method: 'post',
    path: '/function/:ref',
    at: 'listener',
    tag: 'Invocation',
    summary: 'Call a function with a body',
    description: DESCRIPTION,
    action: 'function.invoke',
    params: Ref,
    body: 'any',
    answer: 'function',
    problems: PROBLEMS,
  }),
  invoke: defineRoute({
    method: 'post',
    path: '/projects/:project/functions/:name/invoke',
    tag: 'Invocation',
    summary: 'Hand an event to a handler',
    description:
      'The JSON body is the event itself; the answer is the function’s own. Contract `handler` only.',
    action: 'function.invoke',
    params: FunctionParams,
    query: z
      .strictObject({ alias: AliasName.optional(), version: VersionNumber.optional() })
      .refine(
        (query) => query.alias === undefined || query.version === undefined,
        'expected either "alias" or "version"',
      ),
    body: 'any',
    answer: 'function',
    problems: PROBLEMS,
  }),
};
