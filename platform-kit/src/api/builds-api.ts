import { z } from 'zod';
import { VersionRecord } from '../domain.ts';
import { VERSION_STATES, type VersionState } from '../version-states.ts';
import { FunctionName, Moment, PageQuery, ProjectName, page } from './inputs.ts';
import { defineRoute } from './route.ts';

/** `active`: not over yet. */
export const BUILD_STATES = ['active', ...(VERSION_STATES as [VersionState, ...VersionState[]])] as const;

/** What builds can be filtered by; all that is given has to hold. */
export const BuildQuery = z.strictObject({
  project: ProjectName.optional(),
  function: FunctionName.optional(),
  state: z
    .enum(BUILD_STATES)
    .optional()
    .meta({ description: 'State of the version; `active`: of those whose deploy is not over.' }),
  since: Moment.optional(),
  q: z.string().min(1).max(200).optional().meta({
    description:
      'Text in the function’s name, in who deployed or in the error; upper and lower case are the same.',
  }),
});

export const buildsApi = {
  listBuilds: defineRoute({
    method: 'get',
    path: '/builds',
    tag: 'Versions',
    summary: 'List builds of all functions that the token sees, newest first',
    description:
      'A build is what a deploy does to its source; each has one version, which is what it is shown as. Its log is at ' +
      '`…/versions/{number}/log`, live at `…/versions/{number}/events`.',
    action: 'version.read',
    query: BuildQuery.extend(PageQuery.shape),
    answer: { status: 200, json: page(VersionRecord) },
    problems: ['not_found'],
  }),
};
