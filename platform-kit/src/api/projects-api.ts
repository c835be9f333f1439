import { z } from 'zod';
import { Project } from '../domain.ts';
import { PageQuery, ProjectName, ProjectParams, page } from './inputs.ts';
import { defineRoute } from './route.ts';

export const projectsApi = {
  listProjects: defineRoute({
    method: 'get',
    path: '/projects',
    tag: 'Projects',
    summary: 'List the projects that the token sees, by name',
    action: 'project.list',
    query: PageQuery,
    answer: { status: 200, json: page(Project) },
    problems: [],
  }),
  createProject: defineRoute({
    method: 'post',
    path: '/projects',
    tag: 'Projects',
    summary: 'Make a project',
    action: 'project.create',
    body: { json: z.strictObject({ name: ProjectName }) },
    idempotent: true,
    answer: { status: 201, json: Project, headers: ['location'] },
    problems: ['conflict'],
  }),
  deleteProject: defineRoute({
    method: 'delete',
    path: '/projects/:project',
    tag: 'Projects',
    summary: 'Delete a project without functions; its tokens go with it',
    action: 'project.delete',
    params: ProjectParams,
    answer: { status: 204 },
    problems: ['not_found', 'conflict'],
  }),
};
