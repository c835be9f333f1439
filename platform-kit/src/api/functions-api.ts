import { z } from 'zod';
import { FunctionState } from '../domain.ts';
import { FunctionParams, PageQuery, ProjectName, ProjectParams, page, queryInt } from './inputs.ts';
import { defineRoute } from './route.ts';
import { FunctionView } from './views.ts';

const PATH = '/projects/:project/functions/:name';

/** The platform looks at the names of all functions for each page: few pages are better. */
const LONG_PAGE_MAX = 1000;

export const functionsApi = {
  listFunctions: defineRoute({
    method: 'get',
    path: '/functions',
    tag: 'Functions',
    summary: 'List functions of all projects that the token sees, by project and name',
    action: 'function.list',
    query: PageQuery.extend({
      limit: queryInt({ min: 1, max: LONG_PAGE_MAX }).default(50),
      project: ProjectName.optional(),
    }),
    answer: { status: 200, json: page(FunctionView) },
    problems: ['not_found'],
  }),
  listFunctionsOfProject: defineRoute({
    method: 'get',
    path: '/projects/:project/functions',
    tag: 'Functions',
    summary: 'List functions of one project, by name',
    action: 'function.list',
    params: ProjectParams,
    query: PageQuery,
    answer: { status: 200, json: page(FunctionView) },
    problems: ['not_found'],
  }),
  getFunction: defineRoute({
    method: 'get',
    path: PATH,
    tag: 'Functions',
    summary: 'Describe a function',
    description: 'Values of environment variables are `***` to tokens that may not deploy it.',
    action: 'function.describe',
    params: FunctionParams,
    answer: { status: 200, json: FunctionView, headers: ['etag'] },
    problems: ['not_found'],
  }),
  updateFunction: defineRoute({
    method: 'patch',
    path: PATH,
    tag: 'Functions',
    summary: 'Start or stop a function',
    action: 'function.start-stop',
    params: FunctionParams,
    body: { json: z.strictObject({ state: FunctionState }) },
    ifMatch: true,
    answer: { status: 200, json: FunctionView, headers: ['etag'] },
    problems: ['not_found', 'conflict'],
  }),
  deleteFunction: defineRoute({
    method: 'delete',
    path: PATH,
    tag: 'Functions',
    summary: 'Delete a function; its instances, images, routes and logs go with it',
    action: 'function.delete',
    params: FunctionParams,
    ifMatch: true,
    answer: { status: 204 },
    problems: ['not_found'],
  }),
};
